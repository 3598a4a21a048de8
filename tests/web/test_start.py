"""The first circle: in whose money it counts."""

import pytest

from cercle.page.currencies import codes, suggested
from tests.web.browser import Home


def unit_of(home: Home, accepted: str, **filled: str) -> str:
    browser = home.browser(accepted)
    browser.open(home.door())
    browser.open("/start")
    browser.send("/start", circle="Chez nous", name="Amina", **filled)
    (no,) = home.node.circles_of(home.node.owner())
    return home.node.live(no).circle.roots.unit


@pytest.mark.parametrize(
    ("accepted", "unit"),
    [("fr", "eur"), ("", "eur"), ("de-CH, fr", "chf"), ("en-GB,en;q=0.9", "gbp"), ("en-XX", "eur"), ("-", "eur")],
)
def test_the_region_of_the_browser_suggests_a_currency(home: Home, accepted: str, unit: str) -> None:
    assert suggested(accepted) == unit
    assert unit_of(home, accepted or "en") == unit


def test_another_one_is_chosen(home: Home) -> None:
    assert unit_of(home, "fr-FR", unit="jpy") == "jpy"


def test_what_is_no_currency_of_today_is_not_taken(home: Home) -> None:
    assert {"eur", "chf", "usd"} < codes()
    assert "dem" not in codes()
    assert unit_of(home, "fr-FR", unit="shells") == "eur"

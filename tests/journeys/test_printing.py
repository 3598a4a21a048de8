"""What goes on paper: the week for the table, on one page, in the words of the home; the list for the shop."""

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.journeys.hand import Hand
from tests.screens.camera import Studio, filled_home

WEEK = {
    "en": ("The week", "What we agreed", "What was done", "What comes", "Who is away", "Money", "Mend the gate"),
    "fr": (
        "La semaine",
        "Ce que nous avons décidé",
        "Ce qui a été fait",
        "Ce qui vient",
        "Comptes",
        "Réparer le portail",
    ),
}
ON_SCREEN_ALONE = {"en": ("Let go", "Write it down"), "fr": ("Abandonner", "Noter")}
LIST = {"en": "ripe ones, for the tart", "fr": "bien mûres, pour la tarte"}


def printed(hand: Hand, page: str) -> list[str]:
    """The words on each sheet of A4."""
    hand.goes_to(page)
    sheets = PdfReader(BytesIO(hand.page.pdf(format="A4"))).pages
    return [" ".join(sheet.extract_text().replace("\u202f", " ").split()) for sheet in sheets]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_week_and_the_list_go_on_one_sheet_each(chromium: Browser, tmp_path: Path, language: str) -> None:
    with filled_home(tmp_path / "data", language) as (home, ways):
        studio = Studio(chromium, home, ways, language)
        hand = studio.person("amina")
        (week,) = printed(hand, "week")
        for words in WEEK[language]:
            assert words in week
        for words in ON_SCREEN_ALONE[language]:
            assert words not in week
        (wanted,) = printed(hand, "list")
        assert LIST[language] in wanted
        studio.hands.close()

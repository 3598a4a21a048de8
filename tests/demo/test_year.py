"""A family's year: whole, the same for the same seed, on any day of the calendar; and every page of it opens."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cercle.core.entry import read_words
from cercle.demo.family import PARTS
from cercle.demo.year import live_through
from cercle.modules import load
from cercle.modules.circle.read import parts
from cercle.modules.groceries import read as groceries
from cercle.modules.merit.read import claims, supply
from cercle.modules.tasks import read as tasks
from cercle.page.visit import SESSION
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.store.verify import verify
from tests.web.browser import Browser, Home

SEED = 2026
A_DAY = 86_400_000
MOST_OF_A_KIND = 6
MANY = 25


def today() -> date:
    return datetime.now(UTC).astimezone().date()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, live_through(folder, "fr", SEED, today())


@pytest.fixture
def node(lived: tuple[Path, dict[str, int]]) -> Iterator[Node]:
    node = Node(lived[0], load())
    yield node
    node.close()


def told(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """What was said, entry by entry, without what names or dates it."""
    node = Node(folder, load())
    pairs = raw_entries(node.connection, 1)
    found = [(entry.event, read_words(raw.body)) for entry, raw in pairs if entry.event != "circle.sealed"]
    node.close()
    return found


def test_nothing_in_it_is_wrong_and_one_turn_was_done_twice(node: Node) -> None:
    assert verify(node.connection, node.modules, 1) == []
    live = node.live(1)
    assert live.replica.tree.size > 5000
    assert [verdict for verdict in live.replica.verdicts.values() if verdict] == ["tasks.done_already"]
    assert live.circle.time <= node.clock()


def test_it_has_something_of_everything(node: Node) -> None:
    circle, day = node.live(1).circle, today().isoformat()
    assert {part.code for part, on in parts(circle) if on} >= set(PARTS)
    assert len([one for one in circle.roots.members.values() if not one.gone]) == 5
    assert circle.groceries.items
    assert [low for low in groceries.low(circle) if not low.on_list]
    assert any(place.things for place in groceries.stock(circle, day))
    assert groceries.wastes(circle)
    assert {one.due <= day for one in tasks.chores(circle, day) if one.due} == {True, False}
    assert len(claims(circle)) == 3
    assert supply(circle) > 0
    assert {wish.ended for wish in circle.merit.wishes.values()} == {"", "fulfilled", "released"}
    assert {one.ended for one in circle.week.agreements.values()} == {"", "kept", "dropped"}


def test_the_same_seed_is_the_same_year_and_another_is_not(tmp_path: Path) -> None:
    years = []
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        live_through(tmp_path / name, "en", seed, today())
        years.append(told(tmp_path / name))
    assert years[0] == years[1]
    assert years[0] != years[2]


@pytest.mark.parametrize("day", ["2024-02-29", "2025-01-01", "2025-08-31"])
def test_on_any_day(tmp_path: Path, day: str) -> None:
    live_through(tmp_path, "en", SEED, date.fromisoformat(day))


@pytest.mark.soak
@pytest.mark.parametrize("first", range(12))
def test_on_every_third_day_of_four_years(tmp_path: Path, first: int) -> None:
    for number in range(10):
        day = date(2024, 1, 1) + timedelta(days=120 * first + 12 * number)
        live_through(tmp_path / str(number), "fr", number, day)


# --- its pages ---------------------------------------------------------------------------------------------------


def signed_in(home: Home, person: int) -> Browser:
    browser = home.browser("fr")
    browser.cookies[SESSION] = home.node.make_token("session", person, lasts=A_DAY)
    browser.circle = home.node.live(1).id.hex()[:20]
    return browser


def kind_of(link: str) -> str:
    """An address without what in it names one of many."""
    return re.sub(r"[0-9a-f]{20}|\d+", "*", link.partition("#")[0])


@pytest.mark.parametrize("name", ["amina", "chloe", "dov"])
def test_no_link_of_any_page_leads_nowhere(lived: tuple[Path, dict[str, int]], name: str) -> None:
    """From the first page on, of each kind of address so many."""
    home = Home(lived[0])
    with home.client:
        browser = signed_in(home, lived[1][name])
        waiting, seen, of_kind = [browser.open("/").url], set(), {}
        while waiting:
            link = waiting.pop()
            kind = kind_of(link)
            if link in seen or of_kind.get(kind, 0) >= MOST_OF_A_KIND or not link.startswith(str(home.client.base_url)):
                continue
            seen.add(link)
            of_kind[kind] = of_kind.get(kind, 0) + 1
            page = browser.open(link)
            assert page.status == 200, (link, page.status)
            waiting += page.links
        assert len(of_kind) > MANY
    home.node.close()

"""The page of the backups, and the node that makes one by itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import daily
from cercle.paper import new_words, seed_of
from cercle.web.backups import Daily
from cercle.web.events import Watchers
from tests.web.seated import Table, forms, seated

DAY = 86_400_000


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path / "data") as made:
        yield made


@pytest.fixture
def disk(table: Table, tmp_path: Path) -> Path:
    """Where backups go, which were chosen on the command line."""
    found = tmp_path / "disk"
    found.mkdir()
    daily.keep_words(table.node, seed_of(new_words("en")))
    daily.choose(table.node, found)
    return found


def backups_in(disk: Path) -> list[Path]:
    return list(disk.glob("cercle-*-*.age"))


def test_at_first_the_page_says_what_to_type(table: Table) -> None:
    assert "Backups" in table.amina.open("settings").text
    page = table.amina.open("backups")
    assert "cercle backup --new-words" in page.source
    assert not any("backups" in action for action in forms(page))


def test_it_is_for_whose_machine_it_is(table: Table, disk: Path) -> None:
    for browser in (table.bruno, table.chloe, table.dov):
        assert "/backups" not in browser.open("settings").source
        guard = {"_csrf_token": browser.token()}
        assert browser.open("backups").status == 404
        assert browser.post("backups", guard).status == 404
    assert table.farid.open("backups").status == 401
    assert backups_in(disk) == []


def test_what_went_wrong_and_what_is_too_old_is_said(table: Table, disk: Path) -> None:
    now = table.node.clock()
    assert "None was made yet." in table.amina.open("backups").text
    daily.note(table.node, daily.Said(now, now, str(disk / "one.age"), 4000))
    page = table.amina.open("backups")
    assert "restored on trial" in page.text
    assert "on the same disk as the data" in page.text
    assert "one.age" in page.source
    daily.note(table.node, daily.Said(now, now - 3 * DAY, str(disk / "one.age"), 4000))
    assert "older than it should be" in table.amina.open("backups").text
    daily.note(table.node, daily.Said(now, now - DAY, str(disk / "one.age"), 4000, "backup.not_there"))
    assert "plug it in" in table.amina.open("backups").text


async def made(by_itself: Daily) -> None:
    """Until the page hears that one was made."""
    before, heard = daily.said(by_itself.node).made, by_itself.watchers.listen(1)
    await by_itself.start()
    async with asyncio.timeout(120):
        while daily.said(by_itself.node).made == before:
            await heard.wait()
            heard.clear()
    await by_itself.stop()


def test_the_node_makes_one_by_itself_and_the_page_hears_of_it(table: Table, disk: Path) -> None:
    assert daily.is_due(table.node)
    asyncio.run(made(Daily(table.node, Watchers(table.node))))
    (file,) = backups_in(disk)
    page = table.amina.open("backups")
    assert "restored on trial" in page.text
    assert file.name in page.source
    assert not daily.is_due(table.node)


def test_one_is_made_when_somebody_wants_it(table: Table, disk: Path) -> None:
    now = table.node.clock()
    daily.note(table.node, daily.Said(now, now, "before.age", 4000))
    wanting = Daily(table.node, Watchers(table.node))
    table.home.app.state["daily"] = wanting
    table.amina.open("backups")
    assert "being made" in table.amina.send("/backups").text
    assert wanting.wanted.is_set()
    asyncio.run(made(wanting))
    assert len(backups_in(disk)) == 1

"""What an open page hears: also what was written after it was made, and before it listened."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.modules.groceries.events import ProductAdded
from cercle.web.events import Watchers, said
from tests.web.seated import Table, seated

FIRST, CHANGED = b"retry: 2000\n\n", b"event: changed\ndata: \n\n"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path / "data") as made:
        yield made


def told(source: str) -> int:
    (found,) = re.findall(r' data-told="(\d+)"', source)
    return int(found)


def heard(table: Table, told: int, at_last: bool = False) -> list[bytes]:
    """The first pieces for a page that was told so much; `at_last` something is written once it listens."""
    watchers: Watchers = table.home.app.state["watchers"]

    async def listens() -> list[bytes]:
        pieces = said(watchers, table.live.no, "amina", told)
        found = [await anext(pieces)]
        if at_last:
            assert not any(each.is_set() for each in watchers.listeners[table.live.no])
            table.does(ProductAdded(name="Salt"))
        found.append(await anext(pieces))
        await pieces.aclose()  # type: ignore[attr-defined]
        return found

    return asyncio.run(listens())


def test_what_was_written_before_a_page_listens_is_heard(table: Table) -> None:
    page = table.amina.open("list")
    table.does(ProductAdded(name="Milk"))
    assert told(page.source) < told(table.amina.open("list").source)
    assert heard(table, told(page.source)) == [FIRST, CHANGED]


def test_a_page_that_has_it_all_hears_what_comes(table: Table) -> None:
    assert heard(table, told(table.amina.open("list").source), at_last=True) == [FIRST, CHANGED]

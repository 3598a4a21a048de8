"""Bringing in what another program kept, on its page."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import Browser, Page
from tests.web.conftest import Cast
from tests.web.test_people import written

BILLS = Path(__file__).parents[1] / "data" / "ihatemoney" / "bills.json"


def bring(browser: Browser, name: str, content: bytes, **fields: Any) -> Page:
    browser.open("/import")
    data = {"_csrf_token": browser.token(), "kind": "ihatemoney", **fields}
    return browser.post("/import", data, files={"file": (name, content)})


def test_a_file_becomes_a_circle_once(cast: Cast) -> None:
    before = written(cast)
    page = bring(cast.bruno, "Colocation.json", BILLS.read_bytes())
    assert page.status == 200
    assert "A circle has begun with it." in page.text
    after = written(cast)
    assert after > before
    home = next(link for link in page.links if link.endswith("/list"))
    assert "Colocation" in cast.bruno.open(home).text
    assert any(link.endswith("/money") for link in cast.bruno.page.links)
    page = bring(cast.bruno, "Colocation.json", BILLS.read_bytes())
    assert "All of it was there already." in page.text
    assert written(cast) == after


def test_a_file_goes_into_a_circle_of_ones_own(cast: Cast) -> None:
    page = bring(cast.bruno, "bills.json", BILLS.read_bytes(), circle=cast.circle)
    assert "It is in the circle." in page.text
    assert any(link.endswith("/money") for link in cast.amina.open("list").links)


def test_a_file_never_goes_where_one_is_not(cast: Cast) -> None:
    bring(cast.bruno, "bills.json", BILLS.read_bytes(), circle=cast.circle)
    before = written(cast)
    page = bring(cast.farid, "bills.json", BILLS.read_bytes(), circle=cast.circle)
    assert (page.status, written(cast)) == (422, before)
    assert "Choose one of your circles." in page.text
    page = bring(cast.farid, "bills.json", BILLS.read_bytes())
    assert "A circle has begun with it." in page.text, "though another circle of this node holds the same"


@pytest.mark.parametrize(
    ("name", "content", "fields"),
    [
        ("bills.json", b"", {}),
        ("bills.json", b"{", {}),
        ("bills.json", b"[]", {}),
        ("bills.json", b'[{"what": 1}]', {}),
        ("bills.json", bytes(range(256)) * 40, {}),
        ("../../bills.json", b"[1, 2]", {}),
        ("bills.csv", b"a,b\n1,2\n", {}),
        ("grocy.db", b"SQLite format 3\x00 and no more", {"kind": "grocy"}),
        ("x", b"nothing", {"kind": "grocy"}),
        ("bills.json", b"[]", {"kind": "spreadsheet"}),
        ("", b"", {}),
    ],
)
def test_what_is_no_such_file_is_refused_in_one_sentence(
    cast: Cast, name: str, content: bytes, fields: dict[str, str]
) -> None:
    before = written(cast)
    page = bring(cast.bruno, name, content, founder="Bruno", **fields)
    assert page.status == 422
    assert written(cast) == before
    assert len(page.source.split('id="errors"')[1].split("</ul>")[0].split("<li>")) == 2
    assert page.form("/import").fields["founder"] == ["Bruno"]


def test_strangers_and_tablets_bring_nothing(cast: Cast) -> None:
    stranger = cast.home.browser()
    assert stranger.open("/import").status == 401
    data = {"_csrf_token": stranger.token(), "kind": "ihatemoney"}
    assert stranger.post("/import", data, files={"file": ("bills.json", BILLS.read_bytes())}).status == 401

"""A circle of another machine comes to this one; and the same box at the door takes what was made here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle import beginnings, coming
from cercle.store.codes import new_code, shown
from tests.web.browser import Home
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


def code_of_new(table: Table) -> str:
    key, _ = beginnings.invite(table.node, table.live, table.members["Amina"])
    code = table.node.code_of(key)
    assert code is not None
    return shown(code)


def test_the_page_of_an_invitation_shows_its_code(table: Table) -> None:
    table.amina.open("people")
    page = table.amina.send("/people/invite", kind="adult")
    key = page.url.partition("invitation=")[2].partition("#")[0]
    assert shown(table.node.code_of(key) or b"") in page.source


def test_a_code_that_was_made_here_lets_in_here(table: Table) -> None:
    code = code_of_new(table)
    newcomer = table.home.browser()
    newcomer.open("/door")
    page = newcomer.send("/door", code=code.lower())
    assert page.path.startswith("/join/")
    assert "Join Chez nous" in page.text


def test_a_slip_is_told_at_once(table: Table) -> None:
    code = code_of_new(table)
    newcomer = table.home.browser()
    newcomer.open("/door")
    page = newcomer.send("/door", code=code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert (page.status, page.invalid) == (422, ["code"])
    assert "a slip" in page.text


def test_a_stranger_sends_this_machine_nowhere(table: Table) -> None:
    stranger = table.home.browser()
    stranger.open("/door")
    assert stranger.send("/door", code=shown(new_code())).status == 401
    assert stranger.open("/arrive").status == 401
    stranger.open("/door")
    assert stranger.post("/arrive", {"_csrf_token": stranger.token(), "code": "x", "name": "Farid"}).status == 401


def test_who_has_a_way_in_goes_on_to_the_other_machine_with_what_they_typed(table: Table) -> None:
    code, link = shown(new_code()), "http://192.168.1.20:8642/join/" + "0" * 20 + "A" * 43
    for typed in (code, link):
        table.farid.open("/door")
        page = table.farid.send("/door", code=typed)
        assert page.path == "/arrive"
        assert page.form("/arrive").fields["code"] == [typed]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "neither a whole link nor a whole code"),
        ("GNES-EV85-HWTY", "neither a whole link nor a whole code"),
        ("http://127.0.0.1:1/join/" + "0" * 20 + "A" * 43, "is the link whole"),
        ("0000-0000-0000-0000-0", "a slip in this code"),
    ],
)
def test_what_leads_nowhere_stays_in_its_box(table: Table, typed: str, said: str) -> None:
    table.farid.open("/arrive")
    page = table.farid.send("/arrive", code=typed, name="Farid")
    assert said in page.text
    assert page.invalid == ["code"]
    assert page.form("/arrive").fields["name"] == ["Farid"]


def test_nobody_comes_in_without_a_name(table: Table) -> None:
    table.farid.open("/arrive")
    page = table.farid.send("/arrive", code="x", name=" ")
    assert (page.status, page.invalid) == (422, ["name"])


def test_nobody_at_home_knows_the_code(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coming.nearby, "SEARCH", 0.1)
    table.farid.open("/arrive")
    assert (
        "No machine at home knows this code" in table.farid.send("/arrive", code=shown(new_code()), name="Farid").text
    )


def test_a_code_of_this_very_machine_needs_no_network(table: Table) -> None:
    table.farid.open("/arrive")
    page = table.farid.send("/arrive", code=code_of_new(table), name="Farid")
    assert page.path.endswith("/list")
    assert "Farid" in table.amina.open("people").text


def test_a_new_home_asks_for_it_on_its_first_page(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    with home.client:
        browser = home.browser()
        page = browser.open(home.door())
        assert page.path == "/start"
        assert any(link.endswith("/arrive") for link in page.links)

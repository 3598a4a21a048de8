"""The page of the other machines that hold the circle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cercle.store.peers import invitation_at, keep_peer, note_met, peers_of
from tests.web.seated import Table, forms, seated

HOME = "http://192.168.1.20:8642"


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path) as made:
        yield made


def addresses(table: Table) -> list[str]:
    return [peer.address for peer in peers_of(table.node.connection, table.live.no)]


def test_nobody_else_is_known_at_first(table: Table) -> None:
    assert "Other machines" in table.amina.open("settings").text
    assert "Only here" in table.amina.open("machines").text


def test_an_address_is_gone_to_until_it_is_forgotten(table: Table) -> None:
    table.amina.open("machines")
    page = table.amina.send("/machines", address=f" {HOME}/c/whatever/list?of=1 ")
    assert addresses(table) == [HOME]
    assert "not met yet" in page.text
    note_met(table.node.connection, table.live.no, HOME, 1_772_438_400_000)
    assert "last met" in table.amina.open("machines").text
    table.amina.send("/machines/forget", button="machine")
    assert addresses(table) == []


def test_an_invitation_that_is_still_needed_there_is_not_lost(table: Table) -> None:
    connection, no = table.node.connection, table.live.no
    keep_peer(connection, no, HOME, b"i" * 32)
    table.amina.open("machines")
    table.amina.send("/machines", address=HOME)
    assert invitation_at(connection, no, HOME) == b"i" * 32


@pytest.mark.parametrize(
    "typed", ["", "home", "ftp://home", "http://", "http://a@b", "http://[", "javascript:alert(1)", "http://é.example"]
)
def test_what_is_no_address_stays_in_its_box(table: Table, typed: str) -> None:
    table.amina.open("machines")
    page = table.amina.send("/machines", address=typed)
    assert page.status == 422
    assert page.invalid == ["address"]
    assert page.form("/machines").fields["address"] == [typed]
    assert addresses(table) == []


def test_a_link_for_another_machine_of_my_own_lets_me_in_there(table: Table) -> None:
    table.bruno.open("machines")
    page = table.bruno.send("/machines/own")
    assert page.path.endswith("/people")
    assert "For your other machine" in page.text
    assert "There is a free seat" not in page.text
    assert "/join/" in page.source


def test_a_child_and_a_guest_look_and_send_it_nowhere(table: Table) -> None:
    table.amina.open("machines")
    for browser in (table.chloe, table.dov):
        assert not any("machines" in action for action in forms(browser.open("machines")))
        guard = browser.open("settings") and browser.token()
        for action in ("machines", "machines/forget", "machines/own"):
            assert browser.post(action, {"_csrf_token": guard, "address": HOME}).status == 409
    assert addresses(table) == []

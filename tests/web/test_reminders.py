"""Reminders by e-mail as people choose them, say yes to them, and end them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cercle.mail.server import keep_server
from cercle.page import tablet
from cercle.store import reminders
from tests.mail.postbox import Postbox, postbox, text
from tests.web.browser import Browser
from tests.web.seated import Table, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path / "data", "meetings", "decisions") as made:
        yield made


@pytest.fixture
def box(table: Table) -> Iterator[Postbox]:
    with postbox() as made:
        keep_server(table.node, made.server(address="http://cercle.home"))
        yield made


def choice(table: Table, name: str = "Bruno") -> Any:
    rows = reminders.choices(table.node.connection)
    members = {row.no: table.node.circles_of(row.person)[row.circle] for row in rows}
    return next((row for row in rows if members[row.no] == table.members[name]), None)


def chooses(browser: Browser, address: str, *kinds: str) -> Any:
    browser.open("reminders")
    return browser.send("/reminders", address=address, kinds=list(kinds))


def link_in(mail: Any) -> str:
    """Where the mail leads that asks."""
    return next(line for line in text(mail).splitlines() if "/mail/confirm/" in line)


def says_yes(table: Table, box: Postbox) -> Any:
    """On a phone that is signed in nowhere."""
    phone = table.home.browser()
    link = link_in(box.mail())
    page = phone.open(link)
    assert (page.status, "/c/" in page.source) == (200, False)
    return phone.send(link.partition(".home")[2])


def test_it_is_off_until_somebody_chooses_and_says_yes(table: Table, box: Postbox) -> None:
    assert "Reminders by e-mail" in table.bruno.open("settings").text
    page = table.bruno.open("reminders")
    assert page.form("/reminders").fields.get("kinds") is None
    page = chooses(table.bruno, "bruno@home.example", "day", "votes")
    assert "A mail is on its way to bruno@home.example." in page.text
    assert "Nothing is sent yet" in page.text
    assert (choice(table).confirmed, choice(table).kinds) == (0, "day votes")
    assert "Reminders go to this address now" in says_yes(table, box).text
    assert choice(table).confirmed
    page = table.bruno.open("reminders")
    assert "They go to bruno@home.example." in page.text
    assert page.form("/reminders").fields["kinds"] == ["day", "votes"]
    assert "Kept." in chooses(table.bruno, "bruno@home.example", "week").text
    assert box.mails() == [], "the address is known"
    assert (choice(table).kinds, bool(choice(table).confirmed)) == ("week", True)


def test_the_mail_that_asks_tells_a_stranger_nothing(table: Table, box: Postbox) -> None:
    chooses(table.bruno, "stranger@elsewhere.example", "day")
    mail = box.mail()
    said_there = mail.as_string()
    assert not any(name in said_there for name in ("Chez nous", "Bruno", table.live.id.hex()[:20]))
    stranger = table.home.browser()
    stop = mail["List-Unsubscribe"].strip("<>")
    assert stranger.post(stop, {"List-Unsubscribe": "One-Click"}).status == 200
    assert choice(table) is None, "whoever does not want it ends it"
    assert stranger.open(link_in(mail)).status == 401


def test_a_program_that_opens_links_says_no_yes(table: Table, box: Postbox) -> None:
    chooses(table.bruno, "bruno@home.example", "day")
    mail = box.mail()
    for link in (link_in(mail), mail["List-Unsubscribe"].strip("<>")):
        assert table.home.browser().open(link).status == 200
    assert choice(table).confirmed == 0


def test_the_link_opens_nothing_else_and_once(table: Table, box: Postbox) -> None:
    chooses(table.bruno, "bruno@home.example", "day")
    link = link_in(box.mail())
    token = link.rpartition("/")[2]
    stranger = table.home.browser()
    assert stranger.open(f"/in/{token}").status == 401
    stranger.cookies["cercle"] = token
    assert stranger.open(f"/c/{table.live.id.hex()[:20]}/list").status == 401
    stranger.cookies.clear()
    chooses(table.bruno, "other@home.example", "day")
    stranger.open(link)
    assert "Another address was chosen since" in stranger.send(f"/mail/confirm/{token}").text
    assert choice(table).confirmed == 0
    for wrong in ("0" * 32, "x", token[:-1]):
        assert stranger.open(f"/mail/confirm/{wrong}").status == 401


def test_nobody_makes_the_node_write_to_strangers_again_and_again(table: Table, box: Postbox) -> None:
    for who in (table.bruno, table.chloe, table.dov):
        assert chooses(who, "stranger@elsewhere.example", "day").status == 200
    page = chooses(table.amina, "Stranger@elsewhere.example", "day")
    assert (page.status, page.invalid) == (409, ["address"])
    assert "try again tomorrow" in page.text
    assert page.form("/reminders").fields["kinds"] == ["day"]
    assert choice(table, "Amina") is None
    for number in range(5):
        assert chooses(table.bruno, f"other-{number}@elsewhere.example", "day").status == 200
    assert chooses(table.bruno, "another@elsewhere.example", "day").status == 409
    assert len(box.mails()) == 8
    assert choice(table).address == "other-4@elsewhere.example"


@pytest.mark.parametrize("address", ["bruno", "a@b, c@d", "a@b\r\nBcc: c@d", "=?utf-8?q?=0d=0a?=@b.example", ""])
def test_an_address_that_is_none_stays_in_the_form(table: Table, box: Postbox, address: str) -> None:
    page = chooses(table.bruno, address, "day", "hour")
    assert (page.status, page.invalid) == (422, ["address"])
    assert page.form("/reminders").fields["kinds"] == ["day", "hour"]
    assert (choice(table), box.mails()) == (None, [])


def test_nothing_chosen_is_nothing_kept(table: Table, box: Postbox) -> None:
    page = chooses(table.bruno, "bruno@home.example")
    assert (page.status, "Choose at least one." in page.text) == (422, True)
    assert page.form("/reminders").fields["address"] == ["bruno@home.example"]
    chooses(table.bruno, "bruno@home.example", "day", "no such thing")
    assert choice(table).kinds == "day"
    says_yes(table, box)
    assert "no address is kept" in chooses(table.bruno, "bruno@home.example").text
    assert choice(table) is None


def test_what_the_server_says_stands_at_the_address(table: Table, box: Postbox) -> None:
    box.refusals["bruno@home.example"] = "550 5.1.1 No such user"
    page = chooses(table.bruno, "bruno@home.example", "day")
    assert (page.status, page.invalid) == (409, ["address"])
    assert "(550 5.1.1 No such user)" in page.text
    assert choice(table) is None
    box.refusals.clear()
    assert chooses(table.bruno, "bruno@home.example", "day").status == 200
    says_yes(table, box)
    reminders.note_refused(table.node.connection, choice(table).no, "bruno@home.example", "550 5.2.1 Gone")
    page = table.bruno.open("reminders")
    assert "The mail server refuses your address: 550 5.2.1 Gone." in page.text
    assert chooses(table.bruno, "bruno@home.example", "day").status == 200
    assert (choice(table).confirmed, choice(table).refused) == (0, "")
    assert "Reminders go to this address now" in says_yes(table, box).text


def test_the_link_in_a_mail_ends_them_without_signing_in(table: Table, box: Postbox) -> None:
    for name in ("bruno", "chloe"):
        chooses(getattr(table, name), f"{name}@home.example", "day")
        says_yes(table, box)
    stop = f"/mail/stop/{choice(table).stop.hex()}"
    phone = table.home.browser()
    page = phone.open(stop)
    assert page.status == 200
    assert choice(table) is not None
    assert "No more of these mails are sent" in phone.send(stop).text
    assert choice(table) is None
    assert choice(table, "Chloé") is not None
    assert "What you want" in table.bruno.open("reminders").text


def test_a_mail_program_ends_them_by_itself(table: Table, box: Postbox) -> None:
    """RFC 8058: a form of one field, of either kind, from somewhere without a cookie; as often as it likes."""
    chooses(table.bruno, "bruno@home.example", "day")
    says_yes(table, box)
    client, stop = table.home.client, f"/mail/stop/{choice(table).stop.hex()}"
    client.cookies.clear()
    for more in ({"data": {"List-Unsubscribe": "One-Click"}}, {"files": {"List-Unsubscribe": (None, "One-Click")}}):
        assert client.post(stop, **more).status_code == 200
        assert choice(table) is None
    for wrong in ("0" * 32, "x", "é" * 16, "g" * 32):
        assert client.post(f"/mail/stop/{wrong}").status_code == 200
        assert client.get(f"/mail/stop/{wrong}").status_code == 200


def test_each_for_themselves_and_not_on_the_shared_tablet(table: Table, box: Postbox) -> None:
    chooses(table.bruno, "bruno@home.example", "day")
    for browser in (table.amina, table.chloe, table.dov):
        assert "bruno@home.example" not in browser.open("reminders").source
        assert "bruno@home.example" not in browser.open(f"people/{table.members['Bruno']}").source
    assert table.farid.open("reminders").status == 401
    token = table.node.make_token("tablet", circle=table.live.no)
    seat = table.home.browser()
    seat.cookies["cercle"] = token
    tablet.sit_down(token, table.node.token(table.bruno.cookies["cercle"], "session").person)
    seat.circle = table.bruno.circle
    assert "/reminders" not in seat.open("settings").source
    guard = {"_csrf_token": seat.token()}
    assert seat.open("reminders").status == 403
    assert seat.post("reminders", guard | {"me": table.members["Bruno"]}).status == 403


def test_without_a_server_the_page_says_so_and_names_the_calendar(table: Table) -> None:
    page = table.bruno.open("reminders")
    assert "This machine has no mail server" in page.text
    assert any(link.endswith("/meetings") for link in page.links)
    assert not any(form.action.endswith("/reminders") for form in page.forms)
    table.bruno.open("settings")
    page = table.bruno.post("reminders", {"_csrf_token": table.bruno.token(), "address": "b@c.example", "kinds": "day"})
    assert "No mail server is set up on this machine." in page.text
    assert (page.status, choice(table)) == (409, None)


def test_where_no_page_is_used_there_is_nothing_to_be_reminded_of(tmp_path: Path) -> None:
    with seated(tmp_path / "bare") as bare, postbox() as box:
        keep_server(bare.node, box.server())
        assert "The circle uses neither page yet." in bare.bruno.open("reminders").text


def test_in_french(tmp_path: Path) -> None:
    with seated(tmp_path / "fr", "meetings", "decisions", language="fr") as table, postbox() as box:
        keep_server(table.node, box.server(address="http://cercle.home"))
        assert table.bruno.open("reminders").language == "fr"
        assert chooses(table.bruno, "bruno@home.example", "day").status == 200
        assert "/mail/confirm/" in text(box.mail())

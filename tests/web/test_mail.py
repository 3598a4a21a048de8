"""The page on which the owner of a machine sets up its mail server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cercle.mail import server as servers
from cercle.mail.server import keep_server, server_of
from cercle.web.mail import Mailing
from tests.mail.postbox import PASSWORD, USER, Postbox, certificate, postbox
from tests.web.seated import Table, forms, seated


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    with seated(tmp_path / "data") as made:
        yield made


FILLED = {
    "host": "127.0.0.1",
    "security": "none",
    "sender": "cercle@home.example",
    "address": "http://cercle.home:8642",
}


def filled(box: Postbox, **changed: Any) -> dict[str, Any]:
    return FILLED | {"port": str(box.port)} | changed


def test_the_owner_sets_it_up_tries_it_and_turns_it_off(table: Table) -> None:
    assert "/mail" in table.amina.open("settings").source
    page = table.amina.open("mail")
    assert not {"mail/test", "mail/off"} & {action.partition("/")[2] or action for action in forms(page)}
    assert page.form("/mail").fields["address"] == ["http://cercle.home"]
    with postbox() as box:
        page = table.amina.send("/mail", **filled(box))
        assert "Kept." in page.text
        assert "No mail went yet." in page.text
        page = table.amina.send("/mail/test", to="amina@home.example")
        assert "The server took a mail for amina@home.example." in page.text
        mail = box.mail()
        assert (mail["To"], mail["Subject"]) == ("amina@home.example", "A test of Cercle")
        assert "List-Unsubscribe" not in mail
    assert "The last mail went:" in table.amina.open("mail").text
    page = table.amina.send("/mail/test", to="amina@home.example")
    assert (page.status, page.invalid) == (409, ["to"])
    assert "The mail server cannot be reached. (Connection refused)" in page.text
    table.amina.open("mail")
    assert "No mail is sent from here any more." in table.amina.send("/mail/off").text
    assert server_of(table.node) is None


def test_what_the_server_refuses_is_said(table: Table) -> None:
    with postbox() as box:
        box.refusals["amina@home.example"] = "550 5.1.1 No such user"
        keep_server(table.node, box.server())
        table.amina.open("mail")
        page = table.amina.send("/mail/test", to="amina@home.example")
    assert "refuses the address to which it was to go. (550 5.1.1 No such user)" in page.text
    table.amina.open("mail")
    page = table.amina.send("/mail/test", to="amina")
    assert (page.status, page.form("/mail/test").fields["to"]) == (422, ["amina"])


def test_it_is_for_whose_machine_it_is(table: Table) -> None:
    keep_server(table.node, Postbox().server())
    for browser in (table.bruno, table.chloe, table.dov):
        assert "/mail" not in browser.open("settings").source
        guard = {"_csrf_token": browser.token()}
        assert browser.open("mail").status == 404
        for address in ("mail", "mail/test", "mail/off"):
            assert browser.post(address, guard | FILLED).status == 404
    assert table.farid.open("mail").status == 401
    assert server_of(table.node) == Postbox().server()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": ""}, "host"),
        ({"port": "many"}, "port"),
        ({"port": "99999"}, "port"),
        ({"sender": "amina"}, "sender"),
        ({"address": "home"}, "address"),
        ({"user": "amina"}, "password"),
        ({"user": "amina", "password": "secret"}, "security"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(
    table: Table, changed: dict[str, str], field: str
) -> None:
    table.amina.open("mail")
    page = table.amina.send("/mail", **filled(Postbox(), **{"port": "25"} | changed))
    assert (page.status, page.invalid) == (422, [field])
    assert page.form("/mail").fields["sender"] == [(FILLED | changed)["sender"]]
    assert "secret" not in page.source
    assert server_of(table.node) is None


def test_the_password_is_on_no_page_and_goes_on_where_it_was_typed_for(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    box = Postbox()
    with postbox(box, authenticator=box.authenticate, tls_context=context, auth_required=True):
        table.amina.open("mail")
        table.amina.send("/mail", **filled(box, security="starttls", user=USER, password=PASSWORD))
        assert "One is kept." in table.amina.page.text
        table.amina.send("/mail", sender="other@home.example")
        found = server_of(table.node)
        assert found is not None
        assert (found.password, found.sender) == (PASSWORD, "other@home.example")
        table.amina.send("/mail/test", to="amina@home.example")
        assert box.mail()["From"].addresses[0].addr_spec == "other@home.example"
        for browser in (table.amina, table.bruno):
            for place in ("mail", "reminders", "settings", "log", f"people/{table.members['Amina']}"):
                page = browser.open(place)
                assert PASSWORD not in page.source
                assert "pass&#34;" not in page.source
        table.amina.open("mail")
        page = table.amina.send("/mail", host="mail.elsewhere.example")
        assert (page.status, page.invalid) == (422, ["password"]), "it was typed for another server"
    assert server_of(table.node) == found


def test_how_it_goes_is_said_in_a_sentence(table: Table) -> None:
    keep_server(table.node, Postbox().server())
    for why in servers.Why:
        servers.note(table.node, servers.Said(1, servers.Problem(why.code, "500 <b>No</b>")))
        page = table.amina.open("mail")
        assert f"{why.sentence} (500 <b>No</b>)" in page.text
        assert "<b>No</b>" not in page.source


async def faulty(mailing: Mailing) -> None:
    """Until it has gone on after a fault."""
    looked, again = mailing.post.look, asyncio.Event()

    async def fails() -> None:
        async def next_look() -> None:
            await looked()
            again.set()

        mailing.post.look = next_look  # type: ignore[method-assign]
        raise LookupError("a fault of the program")

    mailing.post.look = fails  # type: ignore[method-assign]
    await mailing.start()
    async with asyncio.timeout(30):
        await again.wait()
    await mailing.stop()


def test_a_fault_of_one_look_does_not_end_the_others(
    table: Table, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("cercle.web.mail.LOOK_EVERY", 0.01)
    asyncio.run(faulty(Mailing(table.node)))
    assert "The look at the reminders failed" in caplog.text

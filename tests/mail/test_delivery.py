"""How mails go: encrypted to a server that is the right one, and with nothing in them that others slipped in."""

from pathlib import Path

import pytest

from cercle.mail.server import Why, keep_server, said
from cercle.modules.circle.events import Renamed
from cercle.modules.meetings.events import ItemPut
from tests.mail.conftest import Home, look, meeting
from tests.mail.postbox import PASSWORD, USER, Postbox, certificate, postbox, text

TLS = {"security": "starttls", "user": USER, "password": PASSWORD}


# --- how it goes -----------------------------------------------------------------------------------------------------


def test_by_starttls_and_with_a_login(home: Home, supper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    box = Postbox()
    options = {"tls_context": context, "require_starttls": True, "auth_required": True}
    with postbox(box, authenticator=box.authenticate, **options):
        keep_server(home.node, box.server(**TLS))
        look(home)
        assert len(box.mails()) == 2
        assert box.logins == [(USER, True)]


def test_by_tls_from_the_start(home: Home, supper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with postbox(ssl_context=context) as box:
        keep_server(home.node, box.server(security="tls"))
        look(home)
        assert len(box.mails()) == 2


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    home: Home, supper: str, tmp_path: Path, security: str
) -> None:
    context, _ = certificate(tmp_path)
    box = Postbox()
    options = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    with postbox(box, authenticator=box.authenticate, **options):
        keep_server(home.node, box.server(**TLS | {"security": security}))
        look(home)
        problem = said(home.node).problem
    assert problem is not None
    assert problem.code == Why.NOT_TRUSTED.code
    assert (box.mails(), box.logins) == ([], [])


def test_one_for_another_name_is_not_trusted_either(
    home: Home, supper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, public = certificate(tmp_path, "127.0.0.2")
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with postbox(tls_context=context) as box:
        keep_server(home.node, box.server(**TLS))
        look(home)
        problem = said(home.node).problem
    assert problem is not None
    assert problem.code == Why.NOT_TRUSTED.code


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_server_without_encryption_is_told_nothing(home: Home, supper: str, security: str) -> None:
    box = Postbox()
    with postbox(box, authenticator=box.authenticate, auth_require_tls=False):
        keep_server(home.node, box.server(**TLS | {"security": security}))
        look(home)
        problem = said(home.node).problem
    assert problem is not None
    assert problem.code == Why.NO_TLS.code
    assert (box.mails(), box.logins) == ([], [])


def test_a_wrong_password_is_said(home: Home, supper: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, public = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    box = Postbox()
    with postbox(box, authenticator=box.authenticate, tls_context=context, auth_required=True):
        keep_server(home.node, box.server(**TLS | {"password": "another"}))
        look(home)
        problem = said(home.node).problem
    assert problem is not None
    assert problem.code == Why.LOGIN.code
    assert "535" in problem.said
    assert "another" not in problem.said


# --- what others write -----------------------------------------------------------------------------------------------

BREAKS = (
    "\r\nBcc: all@elsewhere.example\nSubject: x\r\n\r\nOther words\u2028Cc: b@c.example\u0085\x0b\x0c\x00"
    "=?utf-8?q?=0d=0aBcc:_x?="
)


HEADERS = ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "List-Unsubscribe"]
HEADERS += ["List-Unsubscribe-Post", "MIME-Version", "Message-ID", "Subject", "To"]


def test_no_name_or_title_makes_a_header_or_another_mail(home: Home) -> None:
    """Names of circles, meetings, places, items and proposals are other people's words."""
    home.wants("Bruno", "day", "votes", "week")
    home.does(Renamed(name=f"Home{BREAKS}"))
    name = meeting(home, name=f"Supper{BREAKS}", place=f"Kitchen{BREAKS}.\r\n.\r\nMAIL FROM:<x@y>", link=BREAKS)
    home.does(ItemPut(meeting=name, what=f"Cook{BREAKS}"))
    home.opens(f"Dog{BREAKS}" + "é" * 120, days=1)
    home.now = "2026-03-04 19:00"
    with postbox() as box:
        keep_server(home.node, box.server())
        post = look(home)
        home.now = "2026-03-09 07:00"
        look(home, post)
        mails = box.mails()
    assert len(mails) == 3
    for mail in mails:
        assert sorted(mail.keys()) == HEADERS
        assert str(mail["To"]) == "bruno@home.example"
        assert "Home Bcc: all@elsewhere.example Subject: x Other words Cc: b@c.example" in mail["Subject"]
        lines = text(mail).splitlines()
        assert not any(line.startswith(("Bcc", "Cc", "Subject", "Other", "MAIL", ".")) for line in lines)
        assert lines[-3] == "-- "


NAMES = {
    "brackets": "<é> " + "x" * 90,
    "accents": "é" * 190,
    "pictures": "🏡" * 60,
    "encoded": "=?utf-8?q?x=0d=0aBcc:_x?= " * 7,
    "long": "a" * 200,
    "turned": "البيت",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_any_name_arrives_as_it_was_written(home: Home, name: str) -> None:
    home.wants("Bruno", "day")
    meeting(home, name=name)
    home.now = "2026-03-04 19:00"
    with postbox() as box:
        keep_server(home.node, box.server(address="https://a-very-long-name-of-a-home-somewhere.example.org:8643"))
        look(home)
        raw = box.arrived.get_nowait()
        box.arrived.put(raw)
        mail = box.mail()
    shown = text(mail).splitlines()[0]
    assert shown.strip("\u2068\u2069") == name.strip()
    assert mail["Subject"] == f"Chez nous: {shown}, 5 March 2026, 18:00".replace("=?", "= ?")
    assert b"\r\nList-Unsubscribe: <https://a-very-long-name-of-a-home-somewhere.example.org:8643/mail/stop/" in raw
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))

"""What may be set up as a mail server, and what is an address."""

import pytest
from msgspec.structs import replace

from cercle.mail.delivery import mail
from cercle.mail.server import Server, Why, faults, is_address, keep_server, server_of, turn_off
from cercle.mail.wording import Letter
from cercle.store.database import FILE
from tests.mail.conftest import Home
from tests.mail.postbox import read

SERVER = Server(
    "smtp.home.example", 587, "starttls", "amina", "secret-of-amina", "amina@home.example", "http://cercle.home:8642"
)


@pytest.mark.parametrize(
    "address",
    ["a@b", "amina.b+cercle@home.example", "o'neil@x-y.example", "_@1.example", f"{'a' * 64}@{'b' * 60}.example"],
)
def test_what_is_an_address(address: str) -> None:
    assert is_address(address)
    made = read(mail(SERVER, address, Letter("A", ("b",)), "c", 0).as_bytes())
    assert made["To"].addresses[0].addr_spec == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amina",
        "@home.example",
        "a@",
        "a b@home.example",
        "a@home.example,b@home.example",
        "a@home.example\nBcc: b@home.example",
        "<a@home.example>",
        '"a"@home.example',
        ".a@home.example",
        "a..b@home.example",
        "a@home..example",
        "a@-home.example",
        "é@home.example",
        "a@hôme.example",
        "=?utf-8?q?=0d=0aX?=@home.example",
        f"{'a' * 65}@home.example",
        f"a@{'b.' * 130}example",
        "a@home.example\n",
    ],
)
def test_what_is_none(address: str) -> None:
    assert not is_address(address)


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"host": ""}, "host", Why.HOST),
        ({"host": "a b"}, "host", Why.HOST),
        ({"host": "smtp.example\r\nQUIT"}, "host", Why.HOST),
        ({"port": 0}, "port", Why.PORT),
        ({"port": 65536}, "port", Why.PORT),
        ({"user": ""}, "password", Why.USER),
        ({"password": ""}, "password", Why.USER),
        ({"password": "été"}, "password", Why.LETTERS),
        ({"security": "none"}, "security", Why.OPEN),
        ({"sender": "amina"}, "sender", Why.ADDRESS),
        ({"address": "home"}, "address", Why.PAGES),
        ({"address": "http://home/c/1"}, "address", Why.PAGES),
        ({"address": "http://home\r\nBcc: x"}, "address", Why.PAGES),
    ],
)
def test_what_cannot_be_is_said_at_its_field(changed: dict[str, object], field: str, why: Why) -> None:
    assert faults(SERVER) == {}
    assert faults(replace(SERVER, **changed)) == {field: why}


def test_the_password_is_in_no_trace_and_leaves_the_disk(home: Home) -> None:
    assert SERVER.password not in repr(SERVER) + str(SERVER)
    keep_server(home.node, SERVER)
    assert server_of(home.node) == SERVER
    turn_off(home.node)
    assert server_of(home.node) is None
    held = [path.read_bytes() for path in home.node.data.glob(f"{FILE}*")]
    assert held
    assert not any(SERVER.password.encode() in raw for raw in held)

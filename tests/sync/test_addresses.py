"""For which node a request is: it is signed for one address, and let in nowhere else, whoever carries it there."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from cercle.core.keys import public
from cercle.meeting import NotMet
from cercle.modules import load
from cercle.store.node import Node
from cercle.sync.address import is_own
from cercle.sync.signing import FRONTIER, Message, key_name, place_of, sign_request
from cercle.visiting import come_in, meet_at
from tests.journeys.home import Home
from tests.sync.test_meeting import Two, two

__all__ = ["two"]

REACHED = ("192.168.1.30", 8642)
NAMES = {"localhost", "kitchen.local", "cercle.example", "cercle.example:9000", "[2001:db8::1]"}


@pytest.mark.parametrize(
    ("authority", "reached"),
    [
        ("192.168.1.30:8642", REACHED),
        ("192.168.1.30", ("192.168.1.30", 80)),
        ("192.168.1.30", REACHED),  # a rule of the machine's own leads from there to here
        ("kitchen.local:8642", REACHED),
        ("cercle.example:8642", REACHED),
        ("cercle.example", ("127.0.0.1", 8642)),  # a server with HTTPS stands before it
        ("cercle.example:9000", REACHED),  # the router leads from there to here
        ("[2001:db8::1]:8642", ("10.0.0.2", 8642)),
        ("[fd00::30]:8642", ("fd00::30", 8642)),
        ("[fd00:0::30]:8642", ("fd00::30", 8642)),
        ("[fe80::30%wlan0]:8642", ("fe80::30", 8642)),
        ("localhost:8642", ("127.0.0.1", 8642)),
        ("localhost:8642", ("::1", 8642)),
        ("127.0.0.1:8642", ("127.0.0.1", 8642)),
    ],
)
def test_what_means_this_node(authority: str, reached: tuple[str, int]) -> None:
    assert is_own(authority, reached, NAMES)


@pytest.mark.parametrize(
    "authority",
    [
        "192.168.1.20:8642",
        "192.168.1.30:8643",
        "192.168.1.30:9000",
        "127.0.0.1:8642",
        "localhost:8642",
        "localhost",
        "kitchen.local:9000",
        "cercle.example:9001",
        "other.example:8642",
        "[fd00::30]:8642",
        "192.168.1.30:8642@192.168.1.20",
        "192.168.1.30:8642/",
        "192.168.1.30:8642:8642",
        ":8642",
        "",
        "é",
    ],
)
def test_what_means_another_one_or_nothing(authority: str) -> None:
    assert not is_own(authority, REACHED, NAMES)


@pytest.fixture
def chloes(two: Two, tmp_path: Path) -> Iterator[Home]:
    """Chloé's node holds the circle too, at another address and at the port that Amina's has."""
    node = Node(tmp_path / "chloe", load())
    asyncio.run(come_in(node, two.link(), node.new_person(), "Chloé"))
    node.close()
    port = str(urlsplit(two.home.url).port)
    home = Home(tmp_path / "chloe").up("--host", "127.0.0.2", "--port", port, "--known-as", "cercle.example:9000")
    yield home
    home.down()


def asked(two: Two, authority: str, at: str) -> int:
    """The status with which a request of Bruno's that he made for one node is answered at another."""
    key = two.node.own_key(two.live)
    assert key is not None
    message = Message({FRONTIER: "hash:0"}, "POST", f"http://{authority}/sync/{place_of(two.id, authority)}")
    sign_request(message, key, key_name(two.id, authority, public(key)), two.node.clock())
    there = urlsplit(message.url)._replace(netloc=urlsplit(at).netloc)
    return httpx.post(there.geturl(), headers=message.headers | {"Host": authority}).status_code


def test_what_was_asked_of_one_node_is_answered_by_no_other(two: Two, chloes: Home) -> None:
    amina, chloe = (urlsplit(home.url).netloc for home in (two.home, chloes))
    assert asked(two, amina, two.home.url) == 200
    assert asked(two, chloe, chloes.url) == 200
    assert asked(two, amina, chloes.url) == 401
    assert asked(two, chloe, two.home.url) == 401


def test_a_name_that_was_said_with_its_port_is_the_node_s_own(two: Two, chloes: Home) -> None:
    assert asked(two, "cercle.example:9000", chloes.url) == 200
    assert asked(two, "cercle.example:9001", chloes.url) == 401
    assert asked(two, "cercle.example:9000", two.home.url) == 421


def test_who_has_an_old_address_of_a_peer_is_told_nothing_by_way_of_another_member(two: Two, chloes: Home) -> None:
    """Farid stands where Amina was, and passes on what Bruno asks there, and what Chloé's node answers."""
    two.at_brunos("Salt")
    heard: list[bytes] = []

    async def passes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            there = urlsplit(chloes.url)
            hers, to_her = await asyncio.open_connection(there.hostname, there.port)
            to_her.write(await reader.readuntil(b"\r\n\r\n"))
            heard.append(await hers.readuntil(b"\r\n\r\n"))
            writer.write(heard[-1])
            await writer.drain()
            to_her.close()
        writer.close()

    async def go() -> None:
        server = await asyncio.start_server(passes_on, "127.0.0.1", 0)
        async with server:
            await meet_at(two.node, two.live, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    with pytest.raises(NotMet):
        asyncio.run(go())
    assert heard
    assert {said.split(b" ")[1] for said in heard} == {b"401"}

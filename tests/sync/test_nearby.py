"""What a node says of itself on the network at home, and what it makes of what others say there."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from zeroconf import DNSOutgoing
from zeroconf.asyncio import AsyncServiceInfo

from cercle import beginnings, nearby
from cercle.modules import load
from cercle.nearby import MOST_FOUND, Ear, Nearby, at_home, secrets
from cercle.store.node import Node
from cercle.sync import announcing
from cercle.sync.announcing import SERVICE, TAGS, Announcement, announce, read, text
from tests.carrying import Memory

CIRCLE, OTHER = b"c" * 32, b"o" * 32
AMINAS, FARIDS = "http://192.168.1.20:8642", "http://192.168.1.66:8642"
LOOPBACK = "127.0.0.1"
MANY = 10_000
MEGABYTES = 48 * 1024 * 1024
ANSWER = 0x8400  # flags of an mDNS response, RFC 6762 section 18
SOON = 20  # seconds


def retold(said: Announcement, host: str = "192.168.1.20", port: int = 8642) -> Announcement:
    """As it is read from its records, at an address."""
    found = {bytes(name): value for name, value in text(said).items()}  # type: ignore[arg-type]
    return read([host], port, found)  # type: ignore[arg-type]


# --- what is said ------------------------------------------------------------------------------------------------


def test_who_is_in_the_circle_knows_it_again_and_nobody_else() -> None:
    said = retold(announce([AMINAS], [CIRCLE]))
    assert said.means(CIRCLE)
    assert not said.means(OTHER)
    assert not any(CIRCLE[:4] in piece for piece in (said.nonce, *said.tags))


def test_two_announcements_have_nothing_in_common_and_do_not_tell_how_many_circles_there_are() -> None:
    one, two, none = announce([AMINAS], [CIRCLE]), announce([AMINAS], [CIRCLE, OTHER]), announce([AMINAS], [])
    assert {*one.tags, one.nonce}.isdisjoint({*two.tags, two.nonce})
    assert {len(said.tags) for said in (one, two, none)} == {TAGS}
    assert len(announce([AMINAS], (bytes([number]) * 32 for number in range(99))).tags) == TAGS


def test_a_copy_means_nothing_under_another_address() -> None:
    """Farid repeats what he heard, to see who comes to him."""
    said = announce([AMINAS], [CIRCLE])
    assert retold(said).means(CIRCLE)
    assert not retold(said, "192.168.1.66").means(CIRCLE)
    assert not retold(said, port=80).means(CIRCLE)
    properties: dict[bytes, bytes | None] = {b"n": said.nonce, b"t": b"".join(said.tags)}
    assert read(["192.168.1.20"], 8642, properties).means(CIRCLE)
    assert not read(["192.168.1.20", "192.168.1.66"], 8642, properties).means(CIRCLE)
    assert not read(["192.168.1.20"], 8642, properties | {b"s": b"1"}).means(CIRCLE)


@pytest.mark.parametrize(
    ("hosts", "properties"),
    [
        ([], {b"n": bytes(16), b"t": bytes(192)}),
        (["192.168.1.20"] * 9, {b"n": bytes(16), b"t": bytes(192)}),
        (["192.168.1.20"], {}),
        (["192.168.1.20"], {b"n": None, b"t": None}),
        (["192.168.1.20"], {b"n": bytes(15), b"t": bytes(192)}),
        (["192.168.1.20"], {b"n": bytes(16), b"t": bytes(200)}),
    ],
)
def test_what_is_no_announcement_is_none(hosts: list[str], properties: dict[bytes, bytes | None]) -> None:
    with pytest.raises(ValueError, match="no announcement"):
        read(hosts, 8642, properties)


def test_a_node_is_announced_for_its_circles_and_for_the_invitations_that_were_made_on_it(tmp_path: Path) -> None:
    node = Node(tmp_path, load())
    assert secrets(node) == []
    live, amina = beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    made = [beginnings.invite(node, live, amina)[0] for _ in range(nearby.MOST_CODES + 1)]
    keys = [live.entry(one).kept["key"] for one in made]  # type: ignore[union-attr]
    assert secrets(node) == [*reversed(keys[1:]), live.id]
    node.close()


# --- who is asked ------------------------------------------------------------------------------------------------


def test_nobody_outside_the_home_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "home_networks", lambda: [IPv4Network("192.168.1.0/24")])
    elsewhere = [
        "http://127.0.0.1:8642",
        "http://192.168.2.20:8642",
        "http://8.8.8.8",
        "http://[::1]:1",
        "http://router",
    ]
    assert at_home([AMINAS, *elsewhere, "http://", FARIDS]) == [AMINAS, FARIDS]


def test_a_network_is_at_home_where_this_machine_is_in_it_and_it_is_private() -> None:
    found = [
        ("lo", "127.0.0.1", 8),
        ("eth0", "192.168.1.9", 24),
        ("eth0", "8.8.8.9", 24),
        ("wlan0", "169.254.7.7", 16),
        ("docker0", "172.17.0.1", 16),
    ]
    assert [str(network) for network in nearby.private(found)] == ["192.168.1.0/24", "169.254.0.0/16"]


@asynccontextmanager
async def listening(heard: Callable[[str, Announcement | None], None]) -> AsyncIterator[Ear]:
    ear = Ear([LOOPBACK], heard)
    try:
        yield ear
    finally:
        await ear.close()


class Loudspeaker:
    """Says anything on the loopback interface, as whoever is on the network may."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))

    def says(self, name: str, host: str, said: Announcement, lasts: int | None = None) -> None:
        info = AsyncServiceInfo(
            SERVICE,
            f"{name}.{SERVICE}",
            port=8642,
            properties=text(said),
            server=f"{name}.local.",
            parsed_addresses=[host],
        )
        out = DNSOutgoing(ANSWER)
        for record in (info.dns_pointer(lasts), info.dns_service(lasts), info.dns_text(lasts)):
            out.add_answer_at_time(record, 0)
        for address in info.dns_addresses(lasts):
            out.add_answer_at_time(address, 0)
        for packet in out.packets():
            self.socket.sendto(packet, ("224.0.0.251", 5353))


def host_of(number: int) -> str:
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def test_what_is_announced_is_heard_until_it_goes() -> None:
    told: asyncio.Queue[Announcement | None] = asyncio.Queue()
    said, loud = announce([AMINAS], [CIRCLE]), Loudspeaker()

    async def both() -> None:
        async with asyncio.timeout(SOON), listening(lambda name, one: told.put_nowait(one)):
            loud.says("aminas", "192.168.1.20", said)
            assert await told.get() == said
            loud.says("aminas", "192.168.1.20", said, lasts=0)
            assert await told.get() is None

    asyncio.run(both())


def test_ten_thousand_that_shout_take_little_memory_and_drown_nobody_out() -> None:
    there, memory, loud = asyncio.Event(), Memory(), Loudspeaker()
    said = announce([AMINAS], [CIRCLE])

    def heard(name: str, one: Announcement | None) -> None:
        if one is not None and one.means(CIRCLE):
            there.set()

    async def both() -> None:
        async with asyncio.timeout(3 * SOON), listening(heard) as ear:
            for number in range(MANY):
                loud.says(os.urandom(8).hex(), host_of(number), announce([f"http://{host_of(number)}:8642"], []))
                await asyncio.sleep(0)
            assert len(ear.zeroconf.zeroconf.cache.names()) > MANY // 4, "most was heard"
            while not there.is_set():  # as a machine does that is asked again and again
                loud.says("aminas", "192.168.1.20", said)
                await asyncio.sleep(0)

    asyncio.run(both())
    assert memory.taken() < MEGABYTES


def test_even_a_member_who_shouts_sends_a_node_to_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = Node(tmp_path, load())
    live, _ = beginnings.start(node, node.new_person(), "Chez nous", "Amina")
    own = "http://10.0.0.1:8642"
    monkeypatch.setattr(nearby, "home_networks", lambda: [IPv4Network("10.0.0.0/8")])
    found = Nearby(node, lambda: [own])
    found.said = [own], []
    for number in range(1000):
        found._heard(str(number), announce([f"http://{host_of(number)}:8642"], [live.id]))
    assert len(found.found) == MOST_FOUND
    assert (live.no, own) not in found.found
    found._heard("5", None)
    assert len(found.found) == MOST_FOUND - 1
    node.close()


def test_the_tag_of_the_protocol() -> None:
    """The example that docs/protocol.md has."""
    assert announcing.tag(CIRCLE, bytes(16), [AMINAS]).hex() == "c2ffc4083f880774"

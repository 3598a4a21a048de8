"""A member who means harm: what his device brings is refused by a bound, takes no memory, keeps nobody waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from cercle.core.entry import MAX_SEEN, Entry, Raw, compose, entry_id
from cercle.core.keys import public, sign, signer
from cercle.meeting import hashed, pack, spelled
from cercle.store.frontier import Frontier, frontier
from cercle.store.receive import MOST_WAITING, MOST_WAITING_BYTES
from cercle.store.rows import after, as_entry
from cercle.sync.bundle import MAGIC, MOST_BYTES, write
from cercle.sync.packing import ZstdCompressor
from cercle.sync.signing import FRONTIER, place_of
from cercle.web.answering import TAKEN_IN_EACH, WAITING_EACH
from tests.sync.siege import Siege, all_of, client_of, connected


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    made = Siege(tmp_path_factory.mktemp("siege"))
    yield made
    made.close()


def packed(raw: bytes) -> bytes:
    packer = ZstdCompressor(level=1)
    return packer.compress(raw) + packer.flush()


def section(raw: bytes) -> bytes:
    return len(raw).to_bytes(4, "big") + raw


def forged(siege: Siege, **fields: Any) -> tuple[Entry, Raw]:
    """An entry of Bruno's device that is right but for these fields."""
    key = siege.node.own_key(siege.live)
    assert key is not None
    device = public(key)
    last = max(
        (found for found in written(siege) if found[0].device == device), key=lambda pair: (pair[0].seq, pair[0].id)
    )[0]
    right: dict[str, Any] = {
        "seq": last.seq + 1,
        "prev": last.id,
        "seen": [],
        "lamport": last.lamport + 1,
        "time": siege.node.clock(),
        "event": "circle.linked",
        "kept": {},
        "body": None,
    }
    signing = fields.pop("by", key)
    circle = fields.pop("circle", siege.id)
    entry, header = compose(circle, device, **(right | fields))
    return entry, Raw(header, sign(signing, entry.id), None)


def written(siege: Siege) -> list[tuple[Entry, Raw]]:
    """All that stands in Bruno's replica."""
    rows = after(siege.node.connection, siege.live.no, 0)
    return [(as_entry(row.id, row.key, row.header), Raw(row.header, row.signature, row.body)) for row in rows]


def bundle(siege: Siege, pairs: list[tuple[Entry, Raw]], circle: bytes = b"") -> bytes:
    return b"".join(pack(circle or siege.id, iter(pairs)))


# --- what he brings ----------------------------------------------------------------------------------------------

REFUSED: dict[str, Callable[[Siege], bytes]] = {
    "not packed at all": lambda siege: b"Dear Amina",
    "no bundle": lambda siege: packed(b"Dear Amina" * 100),
    "another circle's": lambda siege: bundle(siege, written(siege), circle=b"c" * 32),
    "a section too large": lambda siege: packed(MAGIC + siege.id + (MOST_BYTES + 1).to_bytes(4, "big") + bytes(9)),
    "a section that is deep": lambda siege: packed(MAGIC + siege.id + section(b"\x81" * 1_000_000)),
    "a section that is no list": lambda siege: packed(MAGIC + siege.id + section(b"\xa0")),
    "a length beyond all": lambda siege: packed(MAGIC + siege.id + section(b"\x9b" + b"\xff" * 8)),
    "bytes beyond all": lambda siege: packed(MAGIC + siege.id + section(b"\x5b" + b"\x7f" * 8)),
    "a section that breaks off": lambda siege: packed(MAGIC + siege.id + b"\x00\x00\x10\x00abc"),
    "what follows after the end": lambda siege: packed(b"".join(write(siege.id, written(siege))) + b"more"),
    "two frames": lambda siege: bundle(siege, written(siege)) + packed(b"more"),
    "an end that is altered": lambda siege: packed(b"".join(write(siege.id, written(siege)))[:-1] + b"\0"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_bundle_of_the_circle_is_refused(siege: Siege, what: str) -> None:
    before = siege.entries()
    status = siege.meanwhile(siege.brings(REFUSED[what](siege)))
    assert status in (200, 400) if what == "two frames" else status == 400
    assert siege.entries() - before <= 8  # Chloé's, and the seals upon them


STORED_NOWHERE: dict[str, Callable[[Siege], tuple[Entry, Raw]]] = {
    "a lamport that was pushed up": lambda siege: forged(siege, lamport=2**62),
    "a seq that leaps": lambda siege: forged(siege, seq=2**62),
    "another's signature": lambda siege: forged(siege, by=signer(b"f" * 32)),
    "another circle's entry": lambda siege: forged(siege, circle=b"c" * 32),
    "a parent that nobody has": lambda siege: forged(siege, seen=[b"p" * 32], lamport=2**62),
}


@pytest.mark.parametrize("what", STORED_NOWHERE)
def test_an_entry_that_is_forged_is_stored_nowhere(siege: Siege, what: str) -> None:
    pair = STORED_NOWHERE[what](siege)
    assert siege.meanwhile(siege.brings(bundle(siege, [pair]))) == 200
    assert pair[0].id.hex() not in siege.home.command("log", siege.id.hex(), "--json").stdout


def seeing(siege: Siege, count: int) -> tuple[Entry, Raw]:
    """An entry of a device that nobody knows, with so many heads that nobody has: right but for that."""
    key = signer(b"n" * 32)
    fields: dict[str, Any] = {"seq": 0, "prev": None, "lamport": 9, "time": 0, "event": "circle.linked", "kept": {}}
    entry, header = compose(siege.id, public(key), seen=[b"%032d" % at for at in range(MAX_SEEN)], body=None, **fields)
    eight = header[header.index(b"\x88") :][: 1 + 34 * MAX_SEEN]
    more = b"".join(b"\x58\x20%032d" % at for at in range(MAX_SEEN, count))
    header = header.replace(eight, bytes([0x80 + count]) + eight[1:] + more)
    entry = msgspec.structs.replace(entry, id=entry_id(siege.id, entry.device, header))
    return entry, Raw(header, sign(key, entry.id), None)


def test_more_heads_than_may_be_seen_are_refused(siege: Siege) -> None:
    """Eight may be: that one waits. The ninth is one too many, and its entry is nowhere."""
    for count, where in ((MAX_SEEN, "waiting"), (MAX_SEEN + 1, "")):
        entry, raw = seeing(siege, count)
        before = siege.waiting()
        assert siege.meanwhile(siege.brings(bundle(siege, [(entry, raw)]))) == 200
        assert siege.place_of(entry.id) == where
        assert siege.waiting() == ((before[0] + 1, before[1] + len(raw.header)) if where else before)


@pytest.mark.parametrize("wanted", [10_000, pytest.param(1_250_000, marks=pytest.mark.soak)])
def test_ten_million_parents_that_nobody_has_wait_in_a_bounded_room(siege: Siege, wanted: int) -> None:
    """Eight parents each, of devices that nobody knows: signed, well spelled, and about nothing."""
    key = signer(b"w" * 32)

    def pairs() -> Iterator[tuple[Entry, Raw]]:
        for number in range(wanted):
            seen = sorted(b"%032d" % (8 * number + at) for at in range(8))
            entry, header = compose(
                siege.id, public(key), seq=0, prev=None, seen=seen, lamport=number + 1, time=0, event="circle.linked",
                kept={}, body=None,
            )  # fmt: skip
            yield entry, Raw(header, sign(key, entry.id), None)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in pack(siege.id, pairs()):
            yield piece
            await asyncio.sleep(0)

    assert siege.meanwhile(siege.brings(pieces())) == 200
    count, size = siege.waiting()
    assert 0 < count <= MOST_WAITING
    assert 0 < size <= MOST_WAITING_BYTES


def bomb(siege: Siege, sections: int) -> Iterator[bytes]:
    """The same entries again and again, which pack to next to nothing."""
    whole = b"".join(write(siege.id, written(siege)))
    beginning, again = whole[: len(MAGIC) + 32], whole[len(MAGIC) + 32 : -36]
    packer = ZstdCompressor(level=3)
    yield packer.compress(beginning)
    for _ in range(sections):
        if piece := packer.compress(again):
            yield piece
    yield packer.flush()


@pytest.mark.parametrize("sections", [100_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_what_grows_when_it_is_unpacked_is_refused_early(siege: Siege, sections: int) -> None:
    """Gigabytes of entries that are here already, in a file that is small."""
    raw = b"".join(bomb(siege, sections))
    assert siege.meanwhile(siege.brings(raw)) in (0, 400)


@pytest.mark.parametrize("count", [600, pytest.param(6000, marks=pytest.mark.soak)])
def test_sections_as_large_as_may_be_are_held_one_or_two_at_a_time(siege: Siege, count: int) -> None:
    key = signer(b"l" * 32)

    def pairs() -> Iterator[tuple[Entry, Raw]]:
        for number in range(count):
            body = Random(number).randbytes(4_000) * 16  # more than that, and it is refused for how it packs
            entry, header = compose(
                siege.id, public(key), seq=0, prev=None, seen=[b"p" * 32], lamport=9, time=number,
                event="groceries.product_added", kept={}, body=body,
            )  # fmt: skip
            yield entry, Raw(header, sign(key, entry.id), body)

    packer = ZstdCompressor(level=-5)
    raw = b"".join(packer.compress(piece) for piece in write(siege.id, pairs())) + packer.flush()
    statuses = siege.meanwhile(all_of(8, lambda number: siege.brings(raw)))
    assert 200 in statuses
    assert set(statuses) <= {0, 200, 503}
    assert 0 < siege.waiting()[1] <= MOST_WAITING_BYTES


# --- how he asks -------------------------------------------------------------------------------------------------


def test_conversations_that_never_end_hold_up_nobody_else(siege: Siege) -> None:
    """He begins many, and says no more than a few bytes: two go on, the others are sent away at once."""
    count = 12

    async def begin(number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await connected(siege)
        headers = siege.signed(spelled(Frontier())) | {"Host": siege.authority, "Transfer-Encoding": "chunked"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"POST {urlsplit(siege.url).path} HTTP/1.1\r\n{head}\r\n5\r\n".encode() + packed(MAGIC)[:5] + b"\r\n"
        )
        await writer.drain()
        return reader, writer

    async def attack() -> list[bytes]:
        begun = await all_of(count, begin)
        answered = [asyncio.create_task(reader.readline()) for reader, _ in begun]
        while sum(task.done() for task in answered) < count - TAKEN_IN_EACH:
            await asyncio.wait([task for task in answered if not task.done()], return_when=asyncio.FIRST_COMPLETED)
        await siege.serves()
        for _, writer in begun:
            writer.close()
        return [await task for task in answered]

    said = siege.meanwhile(attack())
    assert sorted(said) == [b""] * TAKEN_IN_EACH + [b"HTTP/1.1 503 Service Unavailable\r\n"] * (count - TAKEN_IN_EACH)


def test_who_waits_for_news_a_hundred_times_lets_others_wait_too(siege: Siege) -> None:
    siege.meet()
    mine = hashed(frontier(siege.live))

    async def wait(number: int) -> int:
        headers = siege.signed(mine) | {"Prefer": "wait=25"}
        async with client_of() as client:
            return (await client.post(siege.url, headers=headers)).status_code

    async def attack() -> list[int]:
        waiting = [asyncio.create_task(wait(number)) for number in range(100)]
        while sum(task.done() for task in waiting) < 100 - WAITING_EACH:
            await asyncio.wait([one for one in waiting if not one.done()], return_when=asyncio.FIRST_COMPLETED)
        assert sum(task.done() for task in waiting) == 100 - WAITING_EACH
        await siege.serves()
        return [await task for task in waiting]

    assert set(siege.meanwhile(attack())) == {200}


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=pytest.mark.soak)])
def test_a_flood_of_requests_that_are_signed(siege: Siege, count: int) -> None:
    async def ask(number: int) -> int:
        async with client_of() as client:
            headers = siege.signed("hash:0" if number % 2 else f"hash:{number}")
            return (await client.post(siege.url, headers=headers)).status_code

    assert set(siege.meanwhile(all_of(count, ask))) <= {200, 401}


def test_what_was_heard_is_worth_nothing_again_or_elsewhere_or_later(siege: Siege) -> None:
    headers = siege.signed("hash:0")
    name = headers["Signature"].partition("=")[0]
    dressed = {key: value.replace(f"{name}=", "z=") for key, value in headers.items()}
    elsewhere = siege.url.replace("127.0.0.1", "localhost")
    other_circle = siege.url.replace(place_of(siege.id, siege.authority), place_of(b"c" * 32, siege.authority))
    yesterday = siege.node.clock
    siege.node.clock = lambda: yesterday() - 86_400_000
    late = siege.signed("hash:0")
    siege.node.clock = yesterday

    async def attack() -> list[int]:
        async with client_of() as client:
            asked = [(siege.url, headers), (siege.url, headers), (siege.url, dressed), (elsewhere, headers)]
            asked += [(other_circle, headers), (siege.url, late), (siege.url, headers | {FRONTIER: "hash:1"})]
            return [(await client.post(url, headers=said)).status_code for url, said in asked]

    assert siege.meanwhile(attack()) == [200, 401, 401, 401, 401, 401, 401]


def test_a_frontier_that_says_too_much_is_not_read(siege: Siege) -> None:
    long = Frontier(heads=[b"h" * 10] * 100, behind=[b"b" * 3000] * 10)

    async def attack() -> list[int]:
        return [await siege.brings(b"", there=long)]

    assert siege.meanwhile(attack()) == [401]

"""Whoever is asked may answer anything, for as long as they like: the node that asks leaves, and holds no more."""

import asyncio
import gzip
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from cercle import beginnings, visiting
from cercle.core.event import Refused
from cercle.core.keys import public
from cercle.meeting import NotMet, spelled
from cercle.modules import load
from cercle.store.frontier import Frontier
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync.bundle import MAGIC
from cercle.sync.packing import ZstdCompressor
from cercle.sync.signing import FRONTIER, Answer, Message, key_name, sign_answer
from cercle.visiting import meet_at

MiB = 1 << 20


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path, load())
    beginnings.start(made, made.new_person(), "Chez nous", "Amina")
    yield made
    made.close()


@pytest.fixture
def live(node: Node) -> Live:
    return node.live(1)


Saying = Callable[[], AsyncIterator[bytes]]


def asked(node: Node, live: Live, first: bytes, body: Saying | None = None, more: str = "") -> tuple[Exception, int]:
    """What a node makes of a peer that gives these bytes as its first answer; or, where there is a `body`, a right one,
    and then, signed as a member's, this. Gives also how often somebody had come to it, elsewhere included."""
    came: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came.append(head)
                if body is None:
                    writer.write(first)
                    await writer.drain()
                    continue
                await say(node, live, head, reader, writer, body, more)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def go() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            await meet_at(node, live, address)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises((NotMet, Refused)) as told:
        asyncio.run(go())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # kB
    return told.value, len(came)


async def say(
    node: Node,
    live: Live,
    head: bytes,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    body: Saying,
    more: str,
) -> None:
    """An answer that is signed by a member's device: she may have been robbed of it."""
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:] if line)
    headers = {name.lower(): value for name, value in lines.items()}
    url = f"http://{headers['host']}{head.decode().split()[1]}"
    key = node.own_key(live)
    assert key is not None
    made = Answer(200, {FRONTIER: spelled(Frontier())}, Message(headers, "POST", url))
    sign_answer(made, key, key_name(live.id, headers["host"], public(key)), node.clock())
    said = "".join(f"{name}: {value}\r\n" for name, value in made.headers.items())
    is_second = not headers[FRONTIER].startswith("hash:")
    if is_second:
        await reader.readuntil(b"0\r\n\r\n")
    length = more + "connection: close\r\n" if is_second else "content-length: 0\r\n"
    writer.write(f"HTTP/1.1 200 OK\r\n{said}{length}\r\n".encode())
    if is_second:
        async for piece in body():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)  # who asked is to be heard meanwhile
        writer.close()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_who_sends_it_elsewhere_is_not_followed(node: Node, live: Live, status: str) -> None:
    elsewhere = f"HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/sync/x\r\ncontent-length: 0\r\n\r\n".encode()
    problem, count = asked(node, live, elsewhere)
    assert (str(problem), count) == (status[:3], 1)


@pytest.mark.parametrize(
    "first",
    [
        b"Dear Amina\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 10 * MiB,
        b"HTTP/1.1 200 OK\r\ncontent-length: 1" + b"0" * 4000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n" + bytes(99),
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100 + b"HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n",
    ],
)
def test_what_is_no_answer_ends_it(node: Node, live: Live, first: bytes) -> None:
    problem, _ = asked(node, live, first)
    assert isinstance(problem, NotMet)


async def zeros() -> AsyncIterator[bytes]:
    packer = ZstdCompressor(level=1)
    yield packer.compress(MAGIC)
    while True:
        yield packer.compress(bytes(MiB), packer.FLUSH_BLOCK)


async def endless() -> AsyncIterator[bytes]:
    """A section that never becomes whole is not read beyond its size, and what follows is damaged."""
    packer = ZstdCompressor(level=1)
    yield packer.compress(MAGIC + bytes(32))
    while True:
        yield packer.compress(b"\x00\x00\x00\x01\x80", packer.FLUSH_BLOCK)


async def gzipped() -> AsyncIterator[bytes]:
    yield gzip.compress(bytes(200 * MiB), 1)


@pytest.mark.parametrize(
    ("body", "more"),
    [(zeros, ""), (endless, ""), (gzipped, "content-encoding: gzip\r\n"), (gzipped, "content-encoding: deflate\r\n")],
)
def test_what_explodes_or_never_ends_is_left(node: Node, live: Live, body: Saying, more: str) -> None:
    problem, count = asked(node, live, b"", body, more)
    assert isinstance(problem, Refused)
    assert count == 2


async def trickling() -> AsyncIterator[bytes]:
    for byte in ZstdCompressor().compress(b"", ZstdCompressor.FLUSH_BLOCK) or b"\x28\xb5\x2f\xfd\x00\x58":
        yield bytes([byte])
        await asyncio.sleep(0)
    while True:
        await asyncio.sleep(0.1)  # what a hostile one does, not what is waited for
        yield b"\x01\x00\x00"


def test_a_body_that_trickles_is_left(node: Node, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiting, "TIMEOUT", 1.0)
    problem, _ = asked(node, live, b"", trickling)
    assert isinstance(problem, NotMet | Refused)


def test_a_head_that_trickles_is_left(node: Node, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line now and then, so that no single wait is long."""
    monkeypatch.setattr(visiting, "TIMEOUT", 1.0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not reader.at_eof() and not writer.is_closing():
            writer.write(b"x: y\r\n")
            await asyncio.wait([asyncio.create_task(reader.read(65_536))], timeout=0.2)

    async def go() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            await meet_at(node, live, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    with pytest.raises(NotMet):
        asyncio.run(go())


def test_an_answer_of_another_conversation_is_none(node: Node, live: Live) -> None:
    """Bound to its request: what a member answered once is of no use to who repeats it. As it is by a key that has
    another name here, it is asked for the others that it may have, and told nothing."""
    key = node.own_key(live)
    assert key is not None
    name = key_name(live.id, "127.0.0.1:1", public(key))
    kept = Answer(200, {FRONTIER: spelled(Frontier())}, Message({"signature": "of another"}, "POST", "http://x"))
    sign_answer(kept, key, name, node.clock())
    said = "".join(f"{header}: {value}\r\n" for header, value in kept.headers.items())
    problem, count = asked(node, live, f"HTTP/1.1 200 OK\r\n{said}content-length: 0\r\n\r\n".encode())
    assert (str(problem), count) == ("not signed", visiting.MOST_VOICES)

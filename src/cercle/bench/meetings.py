"""Two replicas over HTTP: one new entry between two that share a long log, and a first copy of all of it; and what a
circle takes of a file, and of the disk."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
from nacl.bindings import crypto_sign_open

from cercle.bench.history import History
from cercle.bench.measure import Progress, Result, connected, cpu, folder, settled
from cercle.bench.mixes import transfers
from cercle.bench.pages import SEED, running
from cercle.core.keys import Signer, sign
from cercle.demo.year import live_through
from cercle.meeting import Intake, devices, pack
from cercle.modules import load
from cercle.modules.accounts.events import Transferred
from cercle.store.keyring import keep_key
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.sync.address import authority_of
from cercle.sync.signing import FRONTIER
from cercle.visiting import Peer, Way, browser, meet

ENTRIES = 100_000
DEVICES = (10, 300)


def meeting(progress: Progress, entries: int = ENTRIES) -> Result:
    """CPU of the side that asks; bytes are those of the bodies, and of the frontiers in the headers, both ways."""
    rows = []
    pairs = [(DEVICES[0], entries // 10), *((number, entries) for number in DEVICES)]
    for at, (number, shared) in enumerate(pairs, 1):
        rows.append(one_entry(number, shared))
        progress(at, len(pairs) + 2)
    alone, copied = first_copy(entries)
    progress(len(pairs) + 1, len(pairs) + 2)
    rows += [alone, copied, on_disk()]
    progress(len(pairs) + 2, len(pairs) + 2)
    return {"rows": rows, "ratio": float(alone["cpu_s"]) / float(copied["cpu_s"])}


def one_entry(number: int, entries: int) -> dict[str, float | int | str]:
    with folder() as place:
        history = History(number, seed=7)
        settled(place / "there", number, entries, transfers)
        copytree(place / "there", place / "here")
        for side, member in (("there", 0), ("here", 1)):
            write_for(place / side, history, member)
        here = Node(place / "here", load())
        live = here.live(1)
        amina, bruno = history.members[:2]
        counted = Counted()
        with running(place / "there") as server:
            counted.meet(here, live, server.address)  # seals, and what each has learned of the other
            there = Node(place / "there", load())
            there.act(there.live(1), amina, Transferred(unit="eur", amount=100, payer=amina, to=bruno, what="Bread"))
            there.close()
            counted = Counted()
            spent = cpu(lambda: counted.meet(here, live, server.address))
        here.close()
    what = f"one new entry, {entries} shared, of {number} devices"
    sizes = {"bytes": counted.bytes, "bytes of frontiers": counted.frontiers}
    return {"what": what, "cpu_ms": 1000 * spent, "requests": counted.requests, **sizes}


def first_copy(entries: int) -> list[dict[str, float | int | str]]:
    with folder() as place:
        history = History(DEVICES[0], seed=7)
        signed = []
        for batch in History(DEVICES[0], seed=7).batches(entries, transfers):
            signed += [(sign(history.of_key[entry.device], entry.id) + entry.id, entry.device) for entry, _ in batch]
        settled(place / "there", DEVICES[0], entries, transfers)
        write_for(place / "there", history, 0)
        node = Node(place / "here", load())
        with running(place / "there") as server:
            way = Way(history.id, history.id, history.keys[1])
            spent = cpu(lambda: Counted().copy(node, way, server.address))
            alone = cpu(lambda: [crypto_sign_open(message, key) for message, key in signed])
        if node.live(1).replica.tree.size < entries - 1000:
            raise RuntimeError("the copy is not whole")
        node.close()
        held = disk(place / "here") / entries
    what = "a first copy, verified, durable and folded"
    return [
        {"what": "verify each signature alone (PyNaCl)", "entries": entries, "cpu_s": alone},
        {"what": what, "entries": entries, "cpu_s": spent, "bytes an entry on the disk": held},
    ]


def on_disk() -> dict[str, float | int | str]:
    """A family's year, as a file that a member carries, and as the data of a node, all told."""
    with folder() as place:
        live_through(place, "en", SEED, datetime.now(UTC).astimezone().date())
        node = Node(place, load())
        live = node.live(1)
        count, size = live.last, sum(len(piece) for piece in pack(live.id, raw_entries(node.connection, live.no)))
        node.close()
        held = disk(place) / count
    what = "a family's year: bytes an entry"
    return {"what": what, "entries": count, "in a file": size / count, "on the disk": held}


def disk(data: Path) -> float:
    """The bytes of all that a node which was closed leaves behind."""
    return sum(file.stat().st_size for file in data.rglob("*") if file.is_file())


def write_for(data: Path, history: History, number: int) -> None:
    """The node of this data writes for a member of the history."""
    with connected(data) as connection:
        person = int(connection.exec_driver_sql("INSERT INTO people DEFAULT VALUES").lastrowid)
        keep_key(connection, 1, person, history.members[number], bytes(history.keys[number]))


class Counted:
    """Meets, and counts the requests, the bytes of their bodies and of the answers', and those of their frontiers."""

    def __init__(self) -> None:
        self.requests = self.bytes = self.frontiers = 0

    def meet(self, node: Node, live: Live, address: str) -> None:
        key: Signer | None = node.own_key(live)
        if key is None:
            raise RuntimeError("this node speaks for nobody")
        members = devices(live, live.id, authority_of(address))
        asyncio.run(self._meet(node, live, Way(live.id, live.id, key), address, members))

    def copy(self, node: Node, way: Way, address: str) -> None:
        asyncio.run(self._meet(node, None, way, address, {}))

    async def _meet(self, node: Node, live: Live | None, way: Way, address: str, members: dict[str, bytes]) -> None:
        async def asks(request: httpx.Request) -> None:
            self.requests += 1
            self.frontiers += len(request.headers[FRONTIER])
            request.stream = Told(request.stream, self)

        async def hears(answer: httpx.Response) -> None:
            self.frontiers += len(answer.headers.get(FRONTIER, ""))
            answers.append(answer)

        answers: list[httpx.Response] = []
        async with browser() as asking:
            asking.event_hooks = {"request": [asks], "response": [hears]}
            await meet(live, Peer(asking, address, way, node.clock, members), Intake(node, way.circle))
        self.bytes += sum(answer.num_bytes_downloaded for answer in answers)


class Told(httpx.AsyncByteStream):
    """The body of a request, which is counted as it is sent."""

    def __init__(self, body: Any, counted: Counted) -> None:
        self.body = body
        self.counted = counted

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self.body:
            self.counted.bytes += len(piece)
            yield piece

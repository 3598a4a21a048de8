"""Two replicas over HTTP: one new entry between two that share a long log, and a first copy of all of it."""

import asyncio
from pathlib import Path
from shutil import copytree

import httpx
from nacl.bindings import crypto_sign_open

from cercle.bench.history import History
from cercle.bench.measure import Progress, Result, connected, cpu, folder, settled
from cercle.bench.mixes import transfers
from cercle.bench.pages import running
from cercle.core.keys import Signer, sign
from cercle.meeting import Intake, devices
from cercle.modules import load
from cercle.modules.accounts.events import Transferred
from cercle.store.keyring import keep_key
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync.address import authority_of
from cercle.visiting import Peer, Way, browser, meet

ENTRIES = 100_000
DEVICES = (10, 300)


def meeting(progress: Progress, entries: int = ENTRIES) -> Result:
    """CPU of the side that asks; bytes are those of the bodies, both ways."""
    rows = []
    for at, number in enumerate(DEVICES):
        rows.append(one_entry(number, entries))
        progress(at + 1, len(DEVICES) + 1)
    rows += first_copy(entries)
    progress(len(DEVICES) + 1, len(DEVICES) + 1)
    return {"rows": rows, "ratio": float(rows[-2]["cpu_s"]) / float(rows[-1]["cpu_s"])}


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
            counted.requests = counted.bytes = 0
            spent = cpu(lambda: counted.meet(here, live, server.address))
        here.close()
    what = f"one new entry, {entries} shared, of {number} devices"
    return {"what": what, "cpu_ms": 1000 * spent, "requests": counted.requests, "bytes": counted.bytes}


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
    return [
        {"what": "verify each signature alone (PyNaCl)", "entries": entries, "cpu_s": alone},
        {"what": "a first copy, verified, durable and folded", "entries": entries, "cpu_s": spent},
    ]


def write_for(data: Path, history: History, number: int) -> None:
    """The node of this data writes for a member of the history."""
    with connected(data) as connection:
        person = int(connection.exec_driver_sql("INSERT INTO people DEFAULT VALUES").lastrowid)
        keep_key(connection, 1, person, history.members[number], bytes(history.keys[number]))


class Counted:
    """Meets, and counts the requests, and the bytes of their bodies and of the answers'."""

    def __init__(self) -> None:
        self.requests = 0
        self.bytes = 0

    def meet(self, node: Node, live: Live, address: str) -> None:
        key: Signer | None = node.own_key(live)
        if key is None:
            raise RuntimeError("this node speaks for nobody")
        members = devices(live, live.id, authority_of(address))
        asyncio.run(self._meet(node, live, Way(live.id, live.id, key), address, members))

    def copy(self, node: Node, way: Way, address: str) -> None:
        asyncio.run(self._meet(node, None, way, address, {}))

    async def _meet(self, node: Node, live: Live | None, way: Way, address: str, members: dict[str, bytes]) -> None:
        async def count(answer: httpx.Response) -> None:
            self.requests += 1
            answers.append(answer)

        answers: list[httpx.Response] = []
        async with browser() as asking:
            asking.event_hooks = {"response": [count]}
            await meet(live, Peer(asking, address, way, node.clock, members), Intake(node, way.circle))
        self.bytes += sum(answer.num_bytes_downloaded for answer in answers)

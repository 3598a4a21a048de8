"""Real machines that are torn apart: nodes on data folders of their own, one server with a door for each of them, lines
that break, and processes that are killed while they hold a node.

All that happens follows from a seed, so that a history that fails, fails again: chance and the time are the history's
own, and a process falls after so many steps of its database.
"""

import asyncio
import os
import shutil
import signal
import socket
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import uvicorn
from litestar import Litestar
from sqlalchemy import select

from cercle.core.entry import Entry
from cercle.core.event import Refused
from cercle.core.fold import Trouble, state_hash
from cercle.core.keys import public
from cercle.core.replica import freeze, thaw
from cercle.core.standing import standing
from cercle.meeting import NotMet, let_in, pack, voices
from cercle.modules import load
from cercle.modules.devices.read import of as devices_of
from cercle.store import rows
from cercle.store.frontier import Frontier, lacking
from cercle.store.keyring import opening_seeds
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.receive import Received
from cercle.store.tables import devices as device_rows
from cercle.store.tables import entries
from cercle.sync.address import authority_of
from cercle.sync.locked import reading
from cercle.sync.signing import Watch
from cercle.visiting import meet_at, trusted
from cercle.web.application import application
from cercle.web.events import Watchers
from tests.sync.test_carried import locked
from tests.sync.test_meeting import passing

BEGINNING = 1_772_438_400_000
STEPS_AT_ONCE = 50  # of the database, between two looks whether to fall
ONLY = 1  # the number of the one circle, on every machine

Doing = Callable[[Node, Callable[[bytes], None]], object]


class Sky:
    """The time that really is, in ms."""

    def __init__(self) -> None:
        self.time = BEGINNING


# --- the server --------------------------------------------------------------------------------------------------


class Server(uvicorn.Server):
    """Leaves signals to who runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening() -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", 0))
    found.listen(16)
    return found


def url_of(door: socket.socket) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


class Doors:
    """One server with a port for each machine, and behind each port the whole application. It outlives a history, since
    an application takes long to make: only what stands behind the doors is another then."""

    def __init__(self, folder: Path, count: int) -> None:
        trusted()
        self.runner = asyncio.Runner()
        self.empty = folder / "empty"
        self.sockets = [listening() for _ in range(count)]
        self.urls = [url_of(door) for door in self.sockets]
        Node(self.empty, load()).close()
        node = Node(folder / "before", load())
        self.apps = [application(node) for _ in self.sockets]
        node.close()
        behind = {door.getsockname()[1]: app for door, app in zip(self.sockets, self.apps, strict=True)}

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await behind[scope["server"][1]](scope, receive, send)

        self.server = server_of(answer)
        self.serving = self.run(start(self.server, self.sockets))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        """The servers answer while this goes on."""
        return self.runner.run(doing)

    def let_in(self, number: int, node: Node) -> None:
        settle_in(self.apps[number], node)

    def close(self) -> None:
        async def stop() -> None:
            self.server.should_exit = True
            await self.serving

        self.run(stop())
        self.runner.close()


def settle_in(app: Litestar, node: Node) -> None:
    app.state.update({"node": node, "watchers": Watchers(node), "watch": Watch(node.clock)})


def server_of(app: Any) -> Server:
    return Server(uvicorn.Config(app, lifespan="off", log_level="error", access_log=False, server_header=False))


async def start(server: Server, sockets: list[socket.socket]) -> "asyncio.Task[None]":
    serving = asyncio.create_task(server.serve(sockets))
    while not server.started:
        await asyncio.sleep(0)
    return serving


# --- machines ----------------------------------------------------------------------------------------------------


class Machine:
    """A node in a folder, whose clock is `skew` ms off. `number` is that of its door. `settled` is what it settled so
    far, in order, with the verdicts; `people` the numbers of those who write here."""

    def __init__(self, folder: Path, sky: Sky, doors: Doors, number: int, skew: int) -> None:
        self.folder = folder
        self.sky = sky
        self.doors = doors
        self.number = number
        self.skew = skew
        self.settled: list[tuple[bytes, str]] = []
        self.looked_at, self.held = (0, 0), 0
        self.sent = Frontier()
        if not folder.exists():
            shutil.copytree(doors.empty, folder)
        self.open()

    def clock(self) -> int:
        self.sky.time += 1  # whoever looks at it again sees that it runs on
        return self.sky.time + self.skew

    def open(self) -> None:
        self.node = Node(self.folder, load(), self.clock)
        self.doors.let_in(self.number, self.node)

    def __repr__(self) -> str:
        return f"machine {self.number}"

    @property
    def live(self) -> Live:
        return self.node.live(ONLY)

    @property
    def url(self) -> str:
        return self.doors.urls[self.number]

    @property
    def members(self) -> list[str]:
        """Those who write here."""
        keys = self.node.connection.exec_driver_sql("SELECT DISTINCT member FROM keys WHERE purpose = 'device'")
        return sorted(row.member for row in keys)

    def key_of(self, member: str) -> str:
        return public(self.node.key(self.live, member)).hex()

    def is_frozen(self, member: str) -> bool:
        """Whether the device by which they write here has told two stories."""
        roots, key = self.live.circle.roots, self.key_of(member)
        device, gone = roots.devices.get(key), roots.members[member].gone
        return device is not None and device.forked and not gone and key not in devices_of(self.live.circle).revoked

    def is_let_in_at(self, other: "Machine") -> bool:
        """Whether a device that speaks here belongs to somebody who is in the circle, as far as is known there."""
        known = set(let_in(other.live))
        return any(public(key) in known for key in voices(self.node, self.live))

    # --- meeting ---------------------------------------------------------------------------------------------

    async def goes_to(self, url: str) -> Received | None:
        """What came of a conversation; None where it did not come to an end."""
        try:
            return await meet_at(self.node, self.live, url)
        except (NotMet, Refused) as error:
            if str(error) == "500":
                raise
        return None

    def meets(self, other: "Machine") -> Received | None:
        return self.doors.run(self.goes_to(other.url))  # type: ignore[no-any-return]

    def is_cut_off_from(self, other: "Machine", most: int, asked: bool) -> None:
        """They meet, until so many bytes have gone by."""
        there = self.doors.apps[other.number].state

        async def goes(url: str) -> None:
            there["names"] |= {authority_of(url)}  # by which the other machine is known as long as it stands
            await self.goes_to(url)

        self.doors.run(passing(other.url, most, goes, asked, port=0))

    def file(self, since: Frontier, is_locked: bool = True) -> bytes:
        """What a machine that stands there lacks."""
        pairs = list(lacking(self.live, since))
        return locked(self.live, pairs) if is_locked else b"".join(pack(self.live.id, iter(pairs)))

    def takes(self, raw: bytes) -> Received | None:
        """What became of a file; None where even its beginning could not be read."""
        return taken(self.node, raw)

    # --- looking ---------------------------------------------------------------------------------------------

    def ids(self) -> list[bytes]:
        return ids_at(self.node)

    def looks_back(self) -> list[bytes]:
        """What was settled here is settled, unless a seal counts no more; what was here is here. Gives what is new."""
        live, before = self.live, self.looked_at
        self.looked_at = live.last, live.replica.tree.size
        if self.looked_at == before:
            return []
        query = select(entries.c.id, entries.c.verdict).where(entries.c.position.is_not(None))
        now = [(row.id, row.verdict or "") for row in self.node.connection.execute(query.order_by(entries.c.position))]
        stays = now[: len(self.settled)] == self.settled
        assert stays or self.has_displaced(before[0]), f"{self}: what was settled has changed"
        self.settled, before_that = now, select(entries.c.id).where(entries.c.no <= before[0])
        assert len(self.node.connection.scalars(before_that).all()) == self.held, f"{self}: entries are gone"
        new = list(self.node.connection.scalars(select(entries.c.id).where(entries.c.no > before[0])))
        self.held += len(new)
        return new

    def has_displaced(self, heard: int) -> bool:
        """Whether a seal that counted, by what had been heard up to that number, counts no more: another keeper was
        chosen, or turns out to have been chosen where that one had gone on."""
        arrived = select(entries.c.id).where(entries.c.no <= heard)
        before = set(self.node.connection.scalars(arrived))
        known = list(rows.arrived(self.node.connection, ONLY, 0))
        counted = standing(self.live.modules, (entry for entry in known if entry.id in before))
        return any(
            counted[seal] and not counts
            for seal, counts in standing(self.live.modules, known).items()
            if seal in before
        )

    def told(self) -> dict[str, Any]:
        """All that must be the same on every machine in the end."""
        live, columns = self.live, (entries.c.id, entries.c.position, entries.c.verdict, entries.c.erased)
        signed = (device_rows.c.key, entries.c.header, entries.c.body)
        query = select(*columns, *signed).join(device_rows, entries.c.device == device_rows.c.no)
        found = self.node.connection.execute(query.order_by(entries.c.position, entries.c.id)).all()
        pending = live.replica.pending.ordered()
        return {
            "state": state_hash(live.circle),
            "snapshot": freeze(live.circle, live.replica.tree),
            "order": [(row.position, row.id, row.verdict) for row in found],
            "pending": [(entry.id, live.replica.verdicts[entry.id]) for entry in pending],
            "bytes": [(row.id, row.key, row.header) for row in found],
            "words": [(row.id, row.body, row.erased) for row in found],
        }

    def waiting(self) -> rows.Waiting:
        return rows.read_waiting(self.node.connection, ONLY)

    def copied(self, folder: Path, number: int, skew: int) -> "Machine":
        """Somebody copies the data, and goes on with the copy beside it."""
        self.node.close()
        shutil.copytree(self.folder, folder)
        self.open()
        return Machine(folder, self.sky, self.doors, number, skew)

    # --- being killed ----------------------------------------------------------------------------------------

    def is_killed(self, random: Random, doing: Doing, meanwhile: Callable[[], Awaitable[object]] | None = None) -> str:
        """A process of its own holds the node and does something, until it is killed: somewhere in the midst of it, or
        right after. Gives what it said before, a line for each entry that it had acknowledged."""
        self.node.close()
        reader, writer = os.pipe()
        seed, steps = random.getrandbits(64), round(10 ** random.uniform(0.5, 3))
        process = os.fork()
        if not process:
            falls(self, doing, writer, seed, steps)
        os.close(writer)

        async def hear() -> str:
            if meanwhile is not None:
                await meanwhile()
                os.kill(process, signal.SIGKILL)
            return await heard(reader)

        said: str = self.doors.run(hear())
        os.waitpid(process, 0)
        self.open()
        assert "!" not in said, said
        return said

    def is_killed_answering(self, random: Random, other: "Machine") -> str:
        """The process that is killed is the one to which another machine has come."""
        door = listening()
        url, app = url_of(door), self.doors.apps[self.number]

        def serves(node: Node, acknowledge: Callable[[bytes], None]) -> None:
            settle_in(app, node)
            asyncio.run(server_of(app).serve([door]))

        async def goes() -> None:
            door.close()
            await other.goes_to(url)

        return self.is_killed(random, serves, goes)


def falls(machine: Machine, doing: Doing, writer: int, seed: int, steps: int) -> None:
    """The whole life of a process that is to be killed: it never comes back from here."""
    left = steps

    def count() -> int:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    try:
        os.urandom = Random(seed).randbytes
        node = Node(machine.folder, load(), machine.clock)
        raw: Any = node.connection.connection.dbapi_connection
        raw.set_progress_handler(count, STEPS_AT_ONCE)
        with suppress(Refused, NotMet):
            doing(node, lambda entry: os.write(writer, f"{entry.hex()}\n".encode()) and None)
    except BaseException:
        os.write(writer, f"! {traceback.format_exc()}".encode())
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


async def heard(pipe: int) -> str:
    """All that is said into a pipe, to its end."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", 0)
    )
    said = await reader.read()
    transport.close()
    return said.decode()


def ids_at(node: Node) -> list[bytes]:
    """Every entry that a node holds, in the order in which it came."""
    return list(node.connection.scalars(select(entries.c.id).order_by(entries.c.no)))


def taken(node: Node, raw: bytes) -> Received | None:
    with suppress(Refused), reading(BytesIO(raw), opening_seeds(node.connection)) as reader:
        return node.receive(reader.circle, reader.sections(), at_hand=True)
    return None


def would_stand(node: Node, member: str, event: str, kept: dict[str, Any]) -> bool:
    live = node.live(ONLY)
    circle = thaw(node.modules, freeze(live.circle, live.replica.tree))[0]
    key = public(node.key(live, member))
    device = circle.roots.devices.get(key.hex())
    if device is None:
        return False
    entry = Entry(bytes(32), key, device.seq + 1, device.head, [], 0, 0, event, kept, 0, None)
    return circle.judge(entry, Trouble(circle, [entry])) == ""

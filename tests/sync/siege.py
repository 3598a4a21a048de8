"""A node that people use while somebody means it harm: Amina's is a real process, Chloé's an honest machine of the
circle; Bruno is in it and does what he likes, and Farid, from another address, is a stranger."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from cercle.core.keys import public
from cercle.meeting import NotMet, devices, hashed, spelled
from cercle.modules import load
from cercle.modules.groceries.events import ProductAdded
from cercle.store.database import FILE
from cercle.store.frontier import Frontier, frontier
from cercle.store.node import Node
from cercle.sync.address import authority_of
from cercle.sync.signing import FRONTIER, Message, key_name, place_of, sign_request
from cercle.visiting import Peer, Way, browser, come_in, meet_at, said_to
from tests.sync.test_meeting import Two

MOST_MEMORY = 200 * 1024  # kB
FROM_ELSEWHERE = ("127.0.0.2", 0)  # the whole of 127.0.0.0/8 is this machine


class Siege(Two):
    """`honest` is Chloé's live circle, `bruno` and `node` belong to whom one should not trust."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.chloe = Node(folder / "chloe", load())
        self.honest, self.honest_member = asyncio.run(
            come_in(self.chloe, self.link(), self.chloe.new_person(), "Chloé")
        )
        self.count = 0

    def close(self) -> None:
        self.home.down()
        self.node.close()
        self.chloe.close()

    @property
    def authority(self) -> str:
        return authority_of(self.home.url)

    @property
    def url(self) -> str:
        return f"{self.home.url}/sync/{place_of(self.id, self.authority)}"

    def peak(self) -> int:
        """The most memory that Amina's node has taken so far, in kB."""
        assert self.home.process is not None
        status = Path(f"/proc/{self.home.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])

    def entries(self) -> int:
        """How many entries Amina's node holds."""
        with closing(sqlite3.connect(self.home.data / FILE)) as connection:
            return int(connection.execute("SELECT count(*) FROM entries").fetchone()[0])

    def waiting(self) -> tuple[int, int]:
        """How many entries wait at Amina's node for their parents, and how many bytes these are."""
        counted = "SELECT count(*), coalesce(sum(length(header) + coalesce(length(body), 0)), 0) FROM waiting"
        with closing(sqlite3.connect(self.home.data / FILE)) as connection:
            count, size = connection.execute(counted).fetchone()
        return int(count), int(size)

    def place_of(self, entry: bytes) -> str:
        """Where an entry is at Amina's node, by its id: in the log, among what waits, or nowhere ("")."""
        with closing(sqlite3.connect(self.home.data / FILE)) as connection:
            found = [
                table
                for table in ("entries", "waiting")
                if connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (entry,)).fetchone()
            ]
        return "".join(found)

    async def serves(self) -> None:
        """Chloé writes something, and both her machine and Amina's hold the same, that among it; a stranger's browser
        gets the door."""
        self.count += 1
        self.chloe.act(self.honest, self.honest_member, ProductAdded(name=f"Thing {self.count}"))
        while await self._differs():
            with suppress(NotMet):
                await meet_at(self.chloe, self.honest, self.home.url)
        async with client_of() as client:
            assert (await client.get(self.home.url + "/door")).status_code in (200, 401)

    async def _differs(self) -> bool:
        key = self.chloe.own_key(self.honest)
        assert key is not None
        way = Way(self.id, self.id, key)
        async with browser() as asking:
            members = devices(self.honest, self.id, self.authority)
            try:
                mine = frontier(self.honest)
                return await said_to(Peer(asking, self.home.url, way, self.chloe.clock, members), mine) != hashed(mine)
            except NotMet:
                return True

    def meanwhile(self, attack: Coroutine[Any, Any, Any]) -> Any:
        """What comes of an attack, while and after which the honest ones are served, and which takes no memory."""

        async def both() -> Any:
            attacking = asyncio.create_task(attack)
            await self.serves()
            found = await attacking
            await self.serves()
            return found

        found = asyncio.run(both())
        assert self.peak() < MOST_MEMORY
        return found

    # --- what Bruno can do, whose device is known ------------------------------------------------------------

    def signed(self, said: str, **more: Any) -> dict[str, str]:
        key = self.node.own_key(self.live)
        assert key is not None
        message = Message({FRONTIER: said}, "POST", self.url)
        name = key_name(self.id, self.authority, public(key))
        sign_request(message, key, name, self.node.clock(), **more)
        return message.headers

    async def brings(self, body: bytes | AsyncIterator[bytes], there: Frontier | None = None) -> int:
        """The status with which a body is answered."""
        headers = self.signed(spelled(there or Frontier(missing=[b"x" * 10])))
        async with client_of() as client:
            try:
                answer = await client.post(self.url, headers=headers, content=body)
            except httpx.HTTPError:  # he is cut off while he still speaks
                return 0
        return answer.status_code


def client_of() -> httpx.AsyncClient:
    """Without what it would read for HTTPS, which takes longer than to ask."""
    return httpx.AsyncClient(trust_env=False, verify=False, timeout=120)


async def connected(siege: Siege) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection of Farid's."""
    address = urlsplit(siege.home.url)
    return await asyncio.open_connection(address.hostname, address.port, local_addr=FROM_ELSEWHERE)


async def until_it_ends(reader: asyncio.StreamReader) -> bytes:
    """All that is said, until the other end has closed."""
    said = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            said += piece
    return said


async def all_of(count: int, do: Callable[[int], Awaitable[Any]], at_once: int = 50) -> list[Any]:
    """Does it so often, some of them at once."""
    room = asyncio.Semaphore(at_once)

    async def one(number: int) -> Any:
        async with room:
            return await do(number)

    return await asyncio.gather(*(one(number) for number in range(count)))

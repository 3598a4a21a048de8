"""Live events: each open page hears within a second that its circle has changed, and fetches itself anew."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.response import Stream

from cercle.page.visit import Visit
from cercle.store.node import Node

LOOK_EVERY = 0.5
ALIVE_EVERY = 25.0
MOST_LISTENERS, LISTENERS_EACH = 200, 20  # open pages: of all together, and of one person


class Watchers:
    """Who listens to which circle. One task looks for what other processes wrote, as long as anybody listens."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.listeners: dict[int, set[asyncio.Event]] = {}
        self.pages: Counter[str] = Counter()
        self.task: asyncio.Task[None] | None = None
        self.closed = False

    def close(self) -> None:
        """Sends every listener home: the node stops, and waits for nobody."""
        self.closed = True
        for no in self.listeners:
            self.tell(no)

    def listen(self, no: int) -> asyncio.Event:
        heard = asyncio.Event()
        self.listeners.setdefault(no, set()).add(heard)
        self.node.live(no).changed = lambda: self.tell(no)
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.look())
        return heard

    def tell(self, no: int) -> None:
        for heard in self.listeners.get(no, ()):
            heard.set()

    def leave(self, no: int, heard: asyncio.Event) -> None:
        self.listeners.get(no, set()).discard(heard)
        if not self.listeners.get(no):
            self.listeners.pop(no, None)

    def count(self) -> int:
        return sum(map(len, self.listeners.values()))

    async def look(self) -> None:
        while self.listeners:
            for no in list(self.listeners):
                self.node.live(no)  # catches up with other processes, and tells
            await asyncio.sleep(LOOK_EVERY)


@get("/c/{circle:str}/events")
async def listen(visit: Visit, state: State, told: int | None = None) -> Response[Any]:
    """`told`: the number of the last entry that the page was made from; what came before it listens is not missed."""
    watchers: Watchers = state["watchers"]
    who = visit.session if visit.person is None else str(visit.person)
    if watchers.count() >= MOST_LISTENERS or watchers.pages[who] >= LISTENERS_EACH:
        return Response("", status_code=503)
    return Stream(
        said(watchers, visit.here.no, who, told),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def said(watchers: Watchers, no: int, who: str = "", told: int | None = None) -> AsyncIterator[bytes]:
    heard = watchers.listen(no)
    if told is not None and told != watchers.node.live(no).last:
        heard.set()
    watchers.pages[who] += 1
    try:
        yield b"retry: 2000\n\n"
        while not watchers.closed:  # also where somebody came while the node was stopping
            try:
                async with asyncio.timeout(ALIVE_EVERY):
                    await heard.wait()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if watchers.closed:
                return
            heard.clear()
            yield b"event: changed\ndata: \n\n"
    finally:
        watchers.pages[who] -= 1
        if not watchers.pages[who]:
            del watchers.pages[who]
        watchers.leave(no, heard)


handlers = [listen]

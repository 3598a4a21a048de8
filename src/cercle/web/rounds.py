"""The node goes to the others that hold its circles: soon after something was written here, and every now and then."""

import asyncio
import logging
from time import monotonic

import msgspec
from sqlalchemy.exc import DBAPIError

from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.store.node import Node
from cercle.store.peers import peers_of

logger = logging.getLogger("cercle")

LOOK_EVERY = 1.0  # seconds
GO_EVERY = 10.0
LONGEST_PAUSE = 600.0


class Round(msgspec.Struct):
    """How it stands with one peer: when to go there next, up to which arrival they were told, and how long is waited
    where nobody was met."""

    next: float = 0.0
    told: int = 0
    pause: float = LOOK_EVERY
    task: asyncio.Task[None] | None = None


class Rounds:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.peers: dict[int, Round] = {}
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        for task in (self.task, *(known.task for known in self.peers.values())):
            if task is not None:
                task.cancel()

    async def _go_on(self) -> None:
        while True:
            try:
                for no in self.node.numbers():
                    for peer in peers_of(self.node.connection, no):
                        self._look(no, peer.no, peer.address)
            except DBAPIError as error:
                logger.error("The database refused: %s", error.orig)
            await asyncio.sleep(LOOK_EVERY)

    def _look(self, circle: int, number: int, address: str) -> None:
        """Goes there if it is time, or something was written since, and nobody is on the way already."""
        known, now = self.peers.setdefault(number, Round()), monotonic()
        if known.task is not None and not known.task.done():
            return
        has_news = self.node.live(circle).last != known.told and known.pause == LOOK_EVERY
        if has_news or now >= known.next:
            known.task = asyncio.create_task(self._go(known, circle, address))

    async def _go(self, known: Round, circle: int, address: str) -> None:
        from cercle.meeting import NotMet
        from cercle.visiting import meet_at  # large, and not needed by who is alone

        live = self.node.live(circle)
        told = live.last
        try:
            await meet_at(self.node, live, address)
            known.pause, known.told = LOOK_EVERY, told
            known.next = monotonic() + GO_EVERY
        except (NotMet, Refused, UpdateNeeded, DBAPIError) as error:
            known.pause = min(2 * known.pause, LONGEST_PAUSE)
            known.next = monotonic() + known.pause
            logger.info("Not met: %s (%s)", address, error)

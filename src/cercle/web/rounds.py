"""The node keeps up with the others that hold its circles: it waits at each for news, and brings its own at once."""

import asyncio
import logging
from contextlib import suppress
from time import monotonic

from sqlalchemy.exc import DBAPIError

from cercle.beginnings import put_spare_aside, spare_of
from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.exchange import writers
from cercle.store.node import Node
from cercle.store.peers import peers_of
from cercle.web.events import Watchers

logger = logging.getLogger("cercle")

LOOK_EVERY = 1.0  # seconds
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Rounds:
    """A task for each peer, by its number in the database."""

    def __init__(self, node: Node, watchers: Watchers) -> None:
        self.node = node
        self.watchers = watchers
        self.peers: dict[int, asyncio.Task[None]] = {}
        self.task: asyncio.Task[None] | None = None
        self.safe: set[tuple[int, str]] = set()  # circles and members who have a spare

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        for task in (self.task, *self.peers.values()):
            if task is not None:
                task.cancel()

    async def _go_on(self) -> None:
        """Goes by which peers there are: one may be named or forgotten at any time, on the command line too. Where
        others hold the circle, what is due there is done."""
        while True:
            try:
                rows = [peer for no in self.node.numbers() for peer in peers_of(self.node.connection, no)]
                for no in {row.circle for row in rows}:
                    self._settle_in(no)
            except DBAPIError as error:
                logger.error("The database refused: %s", error.orig)
            else:
                known = {row.no: row for row in rows}
                for number in self.peers.keys() - known.keys():
                    self.peers.pop(number).cancel()
                for number in known.keys() - self.peers.keys():
                    self.peers[number] = asyncio.create_task(self._keep_up(known[number].circle, known[number].address))
            await asyncio.sleep(LOOK_EVERY)

    def _settle_in(self, circle: int) -> None:
        """What is due where others hold the circle too: a seal once a day, and a spare for everybody who writes here,
        from before anything could go wrong with their device."""
        live = self.node.live(circle)
        live.seal_among_others()
        for member in writers(self.node, live) if not live.replica.lacking else ():
            if (circle, member) not in self.safe:
                self.safe.add((circle, member))
                if spare_of(self.node, live, member) is None:
                    with suppress(Refused, UpdateNeeded):
                        put_spare_aside(self.node, live, member)

    async def _keep_up(self, circle: int, address: str) -> None:
        """Meets one peer again and again, and goes straight on as long as it is worth it. The pauses grow while nobody
        is met, or nothing comes though both hold something else; news of one's own end them."""
        news, pause, told = self.watchers.listen(circle), SHORTEST_PAUSE, 0
        patience = None  # at first one does not wait, and asks for all that is missing
        try:
            while True:
                before, told = told, self.node.live(circle).last
                went_well, patience = await self._meet(circle, address, patience), news
                pause = SHORTEST_PAUSE if went_well or told != before else min(2 * pause, LONGEST_PAUSE)
                if not went_well:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), pause)
        finally:
            self.watchers.leave(circle, news)

    async def _meet(self, circle: int, address: str, news: asyncio.Event | None) -> bool:
        """Whether something came, or the peer waited for it."""
        from cercle.meeting import NotMet
        from cercle.visiting import meet_at  # large, and not needed by who is alone

        began = monotonic()
        try:
            received = await meet_at(self.node, self.node.live(circle), address, news)
        except (NotMet, Refused, UpdateNeeded, DBAPIError) as error:
            logger.info("Not met: %s (%s)", address, error)
            return False
        return received.has_brought or monotonic() - began >= SHORTEST_PAUSE

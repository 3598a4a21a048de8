"""The node keeps up with the others that hold its circles: it waits at each for news, and brings its own at once."""

import asyncio
import logging
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from cercle.beginnings import put_spare_aside, spare_of
from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.exchange import writers
from cercle.store.node import Node
from cercle.store.peers import peers_of
from cercle.web.events import Watchers

if TYPE_CHECKING:
    from cercle.nearby import Nearby  # only where the node is reached from the network

logger = logging.getLogger("cercle")

LOOK_EVERY = 1.0  # seconds
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


class Rounds:
    """A task for each circle at each address: those that were named, and those that `nearby` has found at home."""

    def __init__(self, node: Node, watchers: Watchers, nearby: "Nearby | None" = None) -> None:
        self.node = node
        self.watchers = watchers
        self.nearby = nearby
        self.peers: dict[tuple[int, str], asyncio.Task[None]] = {}
        self.task: asyncio.Task[None] | None = None
        self.safe: set[tuple[int, str]] = set()  # circles and members who have a spare

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        for task in (self.task, *self.peers.values()):
            if task is not None:
                task.cancel()
        if self.nearby is not None:
            await self.nearby.close()

    async def _go_on(self) -> None:
        """Goes by which peers there are: one may be named or forgotten at any time, on the command line too. A fault of
        the program is told, and ends nothing but that look."""
        while True:
            pause = LOOK_EVERY
            try:
                await self._look()
            except DBAPIError as error:
                logger.error("The database refused: %s", error.orig)
            except Exception:
                logger.exception("The look at the other machines failed")
                pause = LONGEST_PAUSE
            await asyncio.sleep(pause)

    async def _look(self) -> None:
        """Begins to keep up with who is there now, and ends it with who is not. Where others hold the circle, what is
        due there is done."""
        known = {(no, peer.address) for no in self.node.numbers() for peer in peers_of(self.node.connection, no)}
        if self.nearby is not None:
            known |= self.nearby.found.keys()
        for place in self.peers.keys() - known:
            self.peers.pop(place).cancel()
        for place in known - self.peers.keys():
            self.peers[place] = asyncio.create_task(self._keep_up(*place))
        for no in {no for no, _ in known}:
            self._settle_in(no)
        if self.nearby is not None:
            await self.nearby.look()

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
        is met, or nothing comes though both hold something else, or the program fails; news of one's own end them."""
        news, pause, told = self.watchers.listen(circle), SHORTEST_PAUSE, 0
        patience = None  # at first one does not wait, and asks for all that is missing
        try:
            while True:
                before, went_well = told, False
                try:
                    told = self.node.live(circle).last
                    went_well = await self._meet(circle, address, patience)
                except Exception:
                    logger.exception("Keeping up with %s failed", address)
                patience = news
                pause = SHORTEST_PAUSE if went_well or told != before else min(2 * pause, LONGEST_PAUSE)
                if not went_well:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), pause)
                    news.clear()  # all that there is goes along next time
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

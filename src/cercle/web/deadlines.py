"""Votes end in time: the node says that its people's clocks have run, and seals where the log is kept here."""

import asyncio
import logging
from contextlib import suppress

from sqlalchemy.exc import DBAPIError

from cercle.core.event import Refused
from cercle.core.fold import UpdateNeeded
from cercle.modules.decisions.read import is_to_seal, to_be_heard
from cercle.store.live import Live
from cercle.store.node import Node

logger = logging.getLogger("cercle")

LOOK_EVERY = 20.0  # seconds


class Deadlines:
    """A look at every circle now and then."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def _go_on(self) -> None:
        while True:
            for no in self.node.numbers():
                try:
                    keep(self.node, self.node.live(no))
                except DBAPIError as error:
                    logger.error("The database refused: %s", error.orig)
            await asyncio.sleep(LOOK_EVERY)


def keep(node: Node, live: Live) -> None:
    """What is due in a circle: nothing at all, mostly."""
    if live.replica.lacking or "decisions" not in live.circle.states or not live.circle.decisions.open:
        return
    now, has_spoken = node.clock(), False
    for member in to_be_heard(live.circle, now):
        with suppress(Refused, UpdateNeeded):
            live.gather(node.key(live, member))
            has_spoken = True
    if is_to_seal(live.circle, now) or has_spoken:
        live.seal(is_due=True)

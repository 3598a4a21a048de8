"""The backups of this machine: one each day, made by a process of its own, and the page that tells of it."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from sqlalchemy.exc import DBAPIError

from cercle import daily
from cercle.page.visit import Visit
from cercle.sentences import moment
from cercle.store.node import Node
from cercle.web.events import Watchers

logger = logging.getLogger("cercle")

LOOK_EVERY = 60.0  # seconds
LAST_BUT_ONE = 10  # how much the process lets others go first: as `nice` counts it


class Daily:
    """Looks whether one is due, at the start and then each minute. What it takes, in time and memory, another process
    takes: to try a backup is to fold every circle anew."""

    def __init__(self, node: Node, watchers: Watchers) -> None:
        self.node = node
        self.watchers = watchers
        self.task: asyncio.Task[None] | None = None
        self.wanted = asyncio.Event()

    async def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def _go_on(self) -> None:
        if (self.node.data / daily.WORK).exists():
            from cercle.backup import tidy  # large, and seldom needed

            tidy(self.node)
        while True:
            try:
                if self.wanted.is_set() or daily.is_due(self.node):
                    self.wanted.clear()
                    await self._make()
            except (DBAPIError, OSError) as error:
                logger.error("No backup was made: %s", error)
            except Exception:
                logger.exception("No backup was made")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.wanted.wait(), LOOK_EVERY)

    async def _make(self) -> None:
        alone = ["-I"] if sys.flags.isolated else []
        words = [sys.executable, *alone, "-m", "cercle", "backup", "--data", str(self.node.data)]
        nothing = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*words, stdin=nothing, stdout=nothing, stderr=nothing)
        try:
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, LAST_BUT_ONE)
            await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            raise
        for no in self.node.numbers():
            self.watchers.tell(no)


def is_owner(visit: Visit) -> bool:
    """Whose machine it is: a backup holds the keys of all who write here, in whatever circle."""
    return visit.person is not None and not visit.is_tablet and visit.person == visit.node.owner()


def check_owner(visit: Visit) -> None:
    if not is_owner(visit):
        raise NotFoundException


@get("/c/{circle:str}/backups")
async def backups_page(visit: Visit) -> Response[Any]:
    check_owner(visit)
    from cercle import daily_backup  # large, and seldom needed
    from cercle.backup import is_being_made

    node, here = visit.node, f"{visit.home}/backups"
    folder, said = daily.folder_of(node), daily.said(node)
    is_going_on = is_being_made(node)
    wrong = None if is_going_on else daily_backup.problem(said.problem)
    return visit.render(
        "backups.html",
        visit.gettext("Backups"),
        has_words=bool(daily.key_of(node)),
        folder=str(folder) if folder is not None else "",
        is_good=daily_backup.state(node) is daily_backup.State.GOOD,
        wrong=visit.gettext(wrong.sentence) if wrong is not None else "",
        is_going_on=is_going_on,
        last=moment(said.made, visit.language, visit.zone) if said.made else "",
        size=visit.gettext("%(size)s kB", size=-(-said.size // 1000)),
        file=os.path.basename(said.file),
        is_beside=folder is not None and daily.is_beside(node, folder),
        ways={"make": here if folder is not None else None, "back": f"{visit.home}/settings"},
    )


@post("/c/{circle:str}/backups")
async def make(visit: Visit, state: State) -> Response[Any]:
    await visit.form()
    check_owner(visit)
    if daily.folder_of(visit.node) is not None:
        state["daily"].wanted.set()
    return visit.go(f"{visit.home}/backups", visit.gettext("A backup is being made. It shows here once it was tried."))


handlers = [backups_page, make]

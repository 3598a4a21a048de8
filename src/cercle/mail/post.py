"""The post of a node: looks what is due to whom, sends it, and keeps what was sent, so that nothing goes twice."""

import asyncio
import logging
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cercle.core.fold import UpdateNeeded
from cercle.mail.due import DAY, NO_NEWS, Due, WeekDue, due
from cercle.mail.server import Problem, Said, Server, Why, note, said, server_of
from cercle.mail.wording import Letter, Writer
from cercle.page.languages import choose
from cercle.store import reminders
from cercle.store.database import transaction
from cercle.store.node import Node
from cercle.store.reminders import Mark

if TYPE_CHECKING:
    from email.message import EmailMessage  # large, and not needed where nothing is sent

logger = logging.getLogger("cercle")

MOST_AT_ONCE = 50  # mails by one connection
SHORTEST_PAUSE, LONGEST_PAUSE = 60_000, 3_600_000
KEPT_FOR = 2 * NO_NEWS
UNANSWERED_FOR = 7 * DAY
PURPOSE = "reminders"  # of the token that a mail carries which asks


class Outgoing(Struct, frozen=True):
    """A mail to somebody, by the row of what they chose, about what is due."""

    row: Any
    due: Due
    message: Any


class Pause(Struct, frozen=True):
    """Nothing is tried before `until` (ms); should it fail then, for `next` ms."""

    until: int
    next: int


class Post:
    """`pauses` are of the server, and of those to whom the last mail did not go."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.pauses: dict[Hashable, Pause] = {}
        self.tidied = 0

    async def look(self) -> None:
        """Sends what is due now. What does not go is due still, and tried again after pauses that grow."""
        server = server_of(self.node)
        if server is None or self.waits(server):
            return
        self.tidy()
        batch = self.gather(server)
        if batch:
            sending = asyncio.create_task(self.send(server, batch))
            try:
                await asyncio.shield(sending)
            except asyncio.CancelledError:
                await sending  # the node stops: what went by then is not to go again
                raise

    def tidy(self) -> None:
        """What was sent long ago is forgotten, and who did not answer, once a day."""
        now = self.node.clock()
        if not 0 <= now - self.tidied < DAY:
            self.tidied = now
            reminders.forget_told(self.node.connection, now - KEPT_FOR)
            reminders.forget_unanswered(self.node.connection, PURPOSE, now, now - UNANSWERED_FOR)

    # --- what is due ---------------------------------------------------------------------------------------------

    def gather(self, server: Server) -> list[Outgoing]:
        """What is due to everybody, as much as goes at once."""
        found: list[Outgoing] = []
        for row in reminders.choices(self.node.connection):
            if len(found) >= MOST_AT_ONCE:
                break
            try:
                found += self.due_to(server, row)
            except UpdateNeeded:
                continue
            except Exception:
                logger.exception("What is due to somebody could not be said")
        return found[:MOST_AT_ONCE]

    def due_to(self, server: Server, row: Any) -> list[Outgoing]:
        """Who is in the circle no more has wanted nothing of it."""
        node = self.node
        live = node.live(row.circle)
        if live.replica.lacking:
            return []
        member = node.circles_of(row.person).get(row.circle, "")
        known = live.circle.roots.members.get(member)
        if known is None or known.gone:
            reminders.forget_choice(node.connection, row.no)
            return []
        if not row.confirmed or row.refused or self.waits(row.no):
            return []
        now, kinds = node.clock(), row.kinds.split()
        told = reminders.told(node.connection, row.circle, row.person)
        language = choose(node.person(row.person).language, "")
        writer = Writer(live, member, language, f"{server.address}/c/{live.circle.roots.begun}")
        found = []
        for one in due(live.circle, member, kinds, now, row.since, told):
            if isinstance(one, WeekDue) and one.says_nothing:
                reminders.note(node.connection, row.circle, row.person, one.marks, now)
            else:
                letter = writer.letter(one, stop_link(server, row))
                found.append(Outgoing(row, one, self.written(server, row, letter, str((one.marks, one.stale)), now)))
        return found

    def written(self, server: Server, row: Any, letter: Letter, about: str, now: int) -> "EmailMessage":
        from cercle.mail.delivery import mail  # large, and seldom needed

        name = f"{self.node.name()} {row.circle} {row.person} {about}"
        return mail(server, row.address, letter, name, now, stop_link(server, row))

    # --- sending -------------------------------------------------------------------------------------------------

    async def send(self, server: Server, batch: list[Outgoing]) -> None:
        """It is written down as sent before it goes: who is killed in between may have lost a mail, and never sends one
        twice. Whatever did not go is taken back."""
        connection, now = self.node.connection, self.node.clock()
        with transaction(connection):
            for one in batch:
                self.keep(one, one.due.marks, one.due.stale, now)
        done, problem = await deliver_aside(server, [one.message for one in batch])
        with transaction(connection):
            for one, fault in zip(batch, [*done, *[problem] * (len(batch) - len(done))], strict=True):
                self.settle(one, fault, now)
            found = problem or next((fault for fault in done if fault and fault.code != Why.RECIPIENT.code), None)
            note(self.node, Said(now if None in done else said(self.node).sent, found))
        if problem is None:
            self.pauses.pop(server, None)
            for one, fault in zip(batch, done, strict=True):
                self.pause(one.row.no) if fault else self.pauses.pop(one.row.no, None)
        else:
            self.pause(server)

    def settle(self, one: Outgoing, fault: Problem | None, now: int) -> None:
        """It went; or it never will, and the member is told on their page; or it is due still."""
        if fault is not None and fault.code == Why.RECIPIENT.code:
            reminders.note_refused(self.node.connection, one.row.no, one.row.address, fault.said)
        elif fault is not None:
            self.keep(one, one.due.stale, one.due.marks, now)

    def keep(self, one: Outgoing, marks: tuple[Mark, ...], stale: tuple[Mark, ...], now: int) -> None:
        """They know these marks from now on, and those no more."""
        reminders.take_back(self.node.connection, one.row.circle, one.row.person, stale)
        reminders.note(self.node.connection, one.row.circle, one.row.person, marks, now)

    def waits(self, who: Hashable) -> bool:
        """Whether it is too soon to try again. A clock that was put back keeps nobody waiting."""
        pause = self.pauses.get(who)
        return pause is not None and 0 < pause.until - self.node.clock() <= LONGEST_PAUSE

    def pause(self, who: Hashable) -> None:
        before = self.pauses.get(who)
        length = before.next if before is not None else SHORTEST_PAUSE
        self.pauses[who] = Pause(self.node.clock() + length, min(2 * length, LONGEST_PAUSE))


def stop_link(server: Server, row: Any) -> str:
    return f"{server.address}/mail/stop/{row.stop.hex()}"


async def deliver_aside(server: Server, messages: list["EmailMessage"]) -> tuple[list[Problem | None], Problem | None]:
    """In a thread of its own, so that the node goes on answering."""
    from cercle.mail.delivery import deliver  # large, and seldom needed

    return await asyncio.to_thread(deliver, server, messages)

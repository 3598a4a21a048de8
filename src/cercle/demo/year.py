"""The year itself, day by day up to this minute."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from cercle import beginnings
from cercle.demo import words
from cercle.demo.family import Family
from cercle.demo.kitchen import Kitchen
from cercle.demo.purse import Purse
from cercle.demo.together import DAYS as TOGETHER
from cercle.demo.together import Together
from cercle.demo.work import Work
from cercle.modules import load
from cercle.modules.accounts.events import Shared
from cercle.modules.people.events import EntryErased, WentAway
from cercle.modules.tasks.events import Done
from cercle.store.database import transaction
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.sync.bundle import Reader, write

DAYS = 364
LODGER_SINCE = 84  # days

Progress = Callable[[int, int], None]


def live_through(
    data: Path, language: str, seed: int, today: date, progress: Progress = lambda done, of: None
) -> dict[str, int]:
    """Fills a new node with a year that ends today; gives each one's number on it: amina, bruno, chloe and dov."""
    family = Family(data, language, seed, today - timedelta(days=DAYS))
    try:
        with transaction(family.node.connection):
            kitchen, work, purse, together = Kitchen(family), Work(family), Purse(family), Together(family)
        for number in range(DAYS):
            with transaction(family.node.connection):
                family.at(7)
                come_and_go(family, number)
                for part in (kitchen.morning, purse.live, work.live, kitchen.evening):
                    part()
                if number >= DAYS - TOGETHER:
                    together.live()
            family.day += timedelta(days=1)
            progress(number + 1, DAYS)
        family.day = today - timedelta(days=1)
        yesterday(family, kitchen, work)
        family.day = today
        this_morning(family, kitchen, work)
        return family.people
    finally:
        family.node.close()


def come_and_go(family: Family, number: int) -> None:
    """Dov moves in; Bruno is away at work for three days now and then, Chloé at summer camp."""
    day = family.day
    if number == LODGER_SINCE:
        family.welcome("dov", "Dov", "guest")
    if number % 56 == 22:
        be_away(family, "bruno", 0, 2, words.BUSINESS)
    if (day.month, day.day) == (7, 8):
        be_away(family, "chloe", 0, 9, words.CAMP)


def be_away(family: Family, who: str, since: int, until: int, note: tuple[str, str]) -> None:
    away = WentAway(member=family.members[who], since=family.on(since), until=family.on(until), note=family.said(note))
    family.does("amina" if who == "grandmother" else who, away)


# --- yesterday and today -----------------------------------------------------------------------------------------


def yesterday(family: Family, kitchen: Kitchen, work: Work) -> None:
    """What waits now: work to be confirmed, turns left out, put off and taken over; and words that were erased."""
    family.at(21, 30)
    with transaction(family.node.connection):
        kitchen.lately()
        work.lately()
        be_away(family, "grandmother", 0, 12, words.FRIENDS)
        be_away(family, "bruno", 9, 11, words.BUSINESS)
    bruno = family.members["bruno"]
    present = Shared(unit="eur", amount=1450, payer=bruno, shares={bruno: 1}, what=family.said(words.PRIVATE))
    family.does("bruno", EntryErased(entry=family.does("bruno", present), author=bruno))
    family.live.seal()


def this_morning(family: Family, kitchen: Kitchen, work: Work) -> None:
    family.at(7, 30)
    both_at_once(family, Done(**work.turn(words.PLANTS), who=[family.members["chloe"]], day=family.on()))
    kitchen.today()


def both_at_once(family: Family, done: Done) -> None:
    """Bruno, on a tablet that reaches nobody, notes what Chloé notes too: hers counts, his is void and says why."""
    bruno = family.members["bruno"]
    invitation, secret = beginnings.invite(family.node, family.live, bruno, member=bruno)
    with TemporaryDirectory() as folder:
        tablet = Node(Path(folder), load(), family.clock)
        carry(family.live, tablet)
        there = tablet.find(family.live.id.hex())
        beginnings.join(tablet, there, tablet.new_person(family.language), invitation, secret, "")
        tablet.act(there, bruno, replace(done, who=[bruno]))
        family.does("chloe", done)
        carry(there, family.node)
        tablet.close()


def carry(live: Live, node: Node) -> None:
    """All of a log, to another node."""
    reader = Reader(BytesIO(b"".join(write(live.id, raw_entries(live.connection, live.no)))))
    node.receive(reader.circle, reader.sections())

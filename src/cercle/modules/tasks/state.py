"""What is kept of the work of the home."""

from msgspec import Struct, field

from cercle.core.event import Reason, Refused, is_day, utc_day
from cercle.core.fold import Act, Circle
from cercle.core.shelf import Shelf

EARLIEST, LATEST = "1970-01-01", "2999-12-31"


class Why(Reason):
    NO_CHORE = ("tasks.no_chore", "There is no such chore.")
    ARCHIVED = ("tasks.archived", "This chore was put away.")
    NOT_ARCHIVED = ("tasks.not_archived", "This chore was not put away.")
    NOBODY = ("tasks.nobody", "There is no such person in the circle.")
    TWICE_NAMED = ("tasks.twice_named", "Each person is named once.")
    NOBODY_FIXED = ("tasks.nobody_fixed", "Say whose chore it always is.")
    NO_DAY = ("tasks.no_day", "There is no such day in the calendar.")
    NO_START = ("tasks.no_start", "A rhythm starts on some day.")
    FOLLOWS = ("tasks.follows", "A rhythm that counts from the last time has no days of its own.")
    DONE_ALREADY = ("tasks.done_already", "Somebody did this already.")
    SAME = ("tasks.same", "It is so already.")
    NOT_YET = ("tasks.not_yet", "It is not that turn yet.")
    NO_ENTRY = ("tasks.no_entry", "There is nothing like this to take back.")
    UNDONE_ALREADY = ("tasks.undone_already", "This was taken back already.")
    NOT_YOURS = ("tasks.not_yours", "Only an adult, or who did it or noted it, can take this back.")


class Turn(Struct, frozen=True, array_like=True, gc=False):
    """Where a chore has got to: its number, the days of the turn before (done on, and due on), whose turn that was,
    and the seed by which the next one is drawn; then what was said of this turn: who took it, and until when it
    was put off."""

    number: int = 0
    day: str = ""
    due: str = ""
    of: str = ""
    seed: int = 0
    taken: str = ""
    until: str = ""


FIRST = Turn()


class Chore(Struct):
    """`words` is the short id of the entry that names it; `order` is of those who take part, all where it is empty;
    `last` maps each to the number of the turn that they did last, from 1 on."""

    words: str
    kind: str
    rhythm: str
    start: str
    follows: bool
    rotation: str
    order: list[str]
    minutes: int
    turn: Turn = FIRST
    last: dict[str, int] = {}
    archived: bool = False


class Doing(Struct, frozen=True, array_like=True, gc=False):
    """What an entry noted: a chore that was done (`chore`) or skipped (without minutes and people), or work without
    one. `by` wrote it. `before` is the turn that it ended and `lasts` when each of them had done it before, so that it
    can be taken back. `of`: it takes back that entry, and opened the turn of `chore` again. `undone`: it was taken back
    itself."""

    by: str
    kind: str
    who: list[str]
    minutes: int
    day: str
    chore: str = ""
    before: Turn = FIRST
    due: str = ""
    seed: int = 0
    lasts: list[int] = []
    whom: str = ""
    of: str = ""
    undone: bool = False


class Doings(Shelf[Doing]):
    kind = Doing


class Tasks(Struct):
    """`minutes`: week (the day on which it began), member, kind: minutes of work."""

    chores: dict[str, Chore] = {}
    doings: Doings = field(default_factory=Doings)
    minutes: dict[str, dict[str, dict[str, int]]] = {}


def is_once(chore: Chore) -> bool:
    """Whether it is to be done once, on a certain day, and is over then."""
    return bool(chore.start) and not chore.rhythm


def chore_of(tasks: Tasks, identifier: str) -> Chore:
    """Raises `Refused`."""
    found = tasks.chores.get(identifier)
    if found is None:
        raise Refused(Why.NO_CHORE)
    return found


def check_people(circle: Circle, members: list[str]) -> None:
    """Raises `Refused` where somebody is named twice or is not in the circle."""
    if len(set(members)) != len(members):
        raise Refused(Why.TWICE_NAMED)
    for member in members:
        known = circle.roots.members.get(member)
        if known is None or known.gone:
            raise Refused(Why.NOBODY)


def check_days(*days: str | None) -> None:
    """A thousand years are enough, and no rhythm takes long to count."""
    for day in days:
        if day is not None and not (is_day(day) and EARLIEST <= day <= LATEST):
            raise Refused(Why.NO_DAY)


def claimed_day(act: Act) -> str:
    """The day that an entry claims to be from."""
    return min(utc_day(act.time), LATEST)

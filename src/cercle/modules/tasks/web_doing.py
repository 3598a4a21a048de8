"""What was done, as a line of a list; and what people fill in about it: minutes, days."""

from secrets import randbelow
from typing import Any

from cercle.core.event import Refused
from cercle.modules.tasks import read
from cercle.modules.tasks.events import Undone
from cercle.modules.tasks.state import Doing, Why
from cercle.modules.tasks.web_words import duration, kinds
from cercle.page.typed import day_in
from cercle.page.visit import Visit, shown
from cercle.sentences import day

MOST_MINUTES = 1440
SEEDS = 2**31


def seed_for(rotation: str) -> int:
    """The chance that goes into an event, where the next person is drawn by lot."""
    return randbelow(SEEDS) if rotation == "random" else 0


def turn_in(text: str) -> int | None:
    """The number of a turn, as a form carries it; None for what is none."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def doing_line(visit: Visit, entry: str, doing: Doing) -> dict[str, Any]:
    """One thing that was done, skipped or worked, as a list of such things shows it."""
    when = day(doing.day, visit.language, visit.today())
    who = visit.names_of(doing.who) if doing.who else visit.person_of(doing.by)["name"]
    parts = [who, duration(visit, doing.minutes) if doing.minutes else "", when]
    if doing.chore and not doing.who:
        parts.insert(0, visit.gettext("left out"))
    may = not doing.undone and visit.may(Undone)
    is_adult = visit.circle.roots.members[visit.member].kind == "adult"
    return {
        "key": entry,
        "what": what(visit, entry, doing),
        "by": visit.person_of(doing.who[0] if doing.who else doing.by),
        "line": "\u00a0· ".join(part for part in parts if part),
        "href": f"{visit.home}/log/{entry}",
        "undone": visit.gettext("taken back") if doing.undone else None,
        "undoable": may and (is_adult or visit.member in (doing.by, *doing.who)),
    }


def what(visit: Visit, entry: str, doing: Doing) -> str:
    if doing.chore:
        return visit.name(visit.circle.tasks.chores[doing.chore].words)
    said = shown(str(visit.here.words(entry).get("what") or ""))
    return said or kinds(visit.gettext)[doing.kind]


def refused(visit: Visit, refusal: Refused, chore: str) -> str:
    """Why a turn could not be ended: where somebody else did, it says who."""
    if refusal.reason is Why.DONE_ALREADY:
        ended = next(((entry, one) for entry, one in read.latest(visit.circle, chore) if not one.undone), None)
        if ended and ended[1].who:
            who, when = visit.names_of(ended[1].who), day(ended[1].day, visit.language, visit.today())
            return visit.gettext("This was done already: %(who)s, %(day)s.", who=who, day=when)
    return visit.reason(refusal)


def minutes_in(visit: Visit, text: str, errors: dict[str, str]) -> int | None:
    """Minutes from "45", "1:30", "1h30" or "2 h"; None where nothing was filled in."""
    plain = text.replace(" ", "").casefold().removesuffix("min")
    if not plain:
        return None
    hours, mark, rest = plain.replace("h", ":").partition(":")
    whole = [part for part in (hours, rest) if part]
    if all(part.isdecimal() and len(part) <= 4 for part in whole) and whole:
        minutes = int(hours or 0) * 60 + int(rest or 0) if mark else int(hours)
        if minutes <= MOST_MINUTES:
            return minutes
    errors["minutes"] = visit.gettext("Say how long it took, in minutes, such as 45 or 1:30.")
    return None


def day_of(visit: Visit, text: str, errors: dict[str, str]) -> str:
    """The day that was filled in, today where none was; nothing was done on a day to come."""
    found = day_in(text) if text else visit.today()
    if found is None:
        errors["day"] = visit.gettext("There is no such day in the calendar.")
    elif found > visit.today():
        errors["day"] = visit.gettext("This day has not come yet.")
    return found or visit.today()

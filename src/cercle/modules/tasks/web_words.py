"""How the pages say what chores are: kinds of work, rhythms, rotations, and whose turn it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

from cercle.modules.tasks.read import Standing
from cercle.page.languages import marked
from cercle.page.visit import Visit
from cercle.sentences import day, locale

Gettext = Callable[[str], str]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def kinds(_: Gettext) -> dict[str, str]:
    return {
        "cooking": _("Cooking"),
        "cleaning": _("Cleaning"),
        "laundry": _("Laundry"),
        "shopping": _("Shopping"),
        "garden": _("Garden"),
        "repairs": _("Repairs"),
        "care": _("Care"),
        "animals": _("Animals"),
        "errands": _("Errands"),
        "paperwork": _("Paperwork"),
        "other": _("Other work"),
    }


def rotations(_: Gettext) -> dict[str, str]:
    return {
        "whoever": _("Whoever comes first"),
        "in_turn": _("In turn, one after the other"),
        "least_recent": _("Who has not done it for longest"),
        "fewest_minutes": _("Who has worked least lately"),
        "together": _("All together"),
        "random": _("Drawn by lot"),
        "fixed": _("Always the same person"),
    }


def weekday(visit: Visit, code: str) -> str:
    """A day of the week by its code in RFC 5545: Monday, lundi."""
    from babel.dates import get_day_names

    names = get_day_names("wide", "stand-alone", locale(visit.language))
    return marked(str(names[WEEKDAYS.index(code)]), visit.language)


def short_weekday(visit: Visit, code: str) -> str:
    from babel.dates import get_day_names

    names = get_day_names("abbreviated", "stand-alone", locale(visit.language))
    return marked(str(names[WEEKDAYS.index(code)]), visit.language)


def rhythm_in_words(visit: Visit, rhythm: str, start: str, follows: bool) -> str:
    """ "Every week on Monday and Thursday", « Tous les 3 jours, depuis la dernière fois »."""
    if not start:
        return visit.gettext("now and then")
    if not rhythm:
        return visit.gettext("once")
    parts = dict(part.split("=") for part in rhythm.split(";"))
    told = every(visit, parts["FREQ"], int(parts.get("INTERVAL", 1)))
    if on := on_days(visit, parts, start):
        told = visit.gettext("%(every)s: %(days)s", every=told, days=on)
    if follows:
        told = visit.gettext("%(rhythm)s, from the last time on", rhythm=told)
    return told


def every(visit: Visit, frequency: str, count: int) -> str:
    if frequency == "DAILY":
        return visit.ngettext("every day", "every %(num)s days", count)
    if frequency == "WEEKLY":
        return visit.ngettext("every week", "every %(num)s weeks", count)
    if frequency == "MONTHLY":
        return visit.ngettext("every month", "every %(num)s months", count)
    return visit.ngettext("every year", "every %(num)s years", count)


def on_days(visit: Visit, parts: dict[str, str], start: str) -> str:
    from babel.lists import format_list

    if parts["FREQ"] == "WEEKLY":
        codes = parts["BYDAY"].split(",") if "BYDAY" in parts else [WEEKDAYS[date.fromisoformat(start).weekday()]]
        return format_list([weekday(visit, code) for code in codes], locale=locale(visit.language))
    if "BYDAY" in parts:
        which, code = parts["BYDAY"][:-2], parts["BYDAY"][-2:]
        return ordinals(visit)[which] % {"day": weekday(visit, code)}
    if "BYMONTHDAY" in parts:
        if parts["BYMONTHDAY"] == "-1":
            return visit.gettext("on the last day")
        return visit.gettext("on the %(number)s", number=parts["BYMONTHDAY"])
    return ""


def ordinals(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {
        "1": _("the first %(day)s"),
        "2": _("the second %(day)s"),
        "3": _("the third %(day)s"),
        "4": _("the fourth %(day)s"),
        "-1": _("the last %(day)s"),
    }


def due_in_words(visit: Visit, due: str) -> str:
    """ "today", "tomorrow", "Thursday", "3 May"; "" for now and then."""
    if not due:
        return ""
    today = visit.today()
    away = date.fromisoformat(due).toordinal() - date.fromisoformat(today).toordinal()
    if away in (-1, 0, 1):
        return (visit.gettext("since yesterday"), visit.gettext("today"), visit.gettext("tomorrow"))[away + 1]
    if away < 0:
        return visit.gettext("since %(day)s", day=day(due, visit.language, today))
    if away < 7:
        return weekday(visit, WEEKDAYS[date.fromisoformat(due).weekday()])
    return day(due, visit.language, today)


def duration(visit: Visit, minutes: int) -> str:
    """ "25 min", "1 h 30", « 2 h »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        told = visit.gettext("%(minutes)s min", minutes=rest)
    elif rest:
        told = visit.gettext("%(hours)s h %(minutes)s", hours=hours, minutes=f"{rest:02}")
    else:
        told = visit.gettext("%(hours)s h", hours=hours)
    return told.replace(" ", "\u00a0")


def row(visit: Visit, one: Standing) -> dict[str, Any]:
    """A chore as a line of a list shows it."""
    chore, told, is_late = one.chore, due_in_words(visit, one.due), one.is_late(visit.today())
    names = visit.names_of(one.whose) if one.whose else ""
    parts = ["" if is_late else told, names, duration(visit, chore.minutes) if chore.minutes else ""]
    return {
        "key": one.id,
        "name": visit.name(chore.words),
        "href": f"{visit.home}/tasks/{one.id}",
        "turn": f"{one.id}.{chore.turn.number}",
        "due": "" if is_late else told,
        "late": told if is_late else "",
        "whose": [visit.person_of(member) for member in one.whose],
        "line": "\u00a0· ".join(part for part in parts if part),
    }

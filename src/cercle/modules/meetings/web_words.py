"""How the pages say when a meeting is, who comes, and what it is about."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from litestar.exceptions import NotFoundException

from cercle.core.event import is_day
from cercle.modules.meetings.read import Time, is_day_of, time_of
from cercle.modules.tasks.web_words import WEEKDAYS, duration, rhythm_in_words, weekday
from cercle.page.visit import Visit, shown
from cercle.sentences import day

ANSWERS = ("yes", "maybe", "no")
FIRST, LAST = "1900-01-08", "9000-01-01"


def time_at(visit: Visit, meeting: str, key: str) -> Time:
    """Raises `NotFoundException` where the meeting has no such time."""
    known = visit.circle.meetings.meetings.get(meeting)
    if known is None or not (is_day(key) and FIRST < key < LAST and is_day_of(known, key)):
        raise NotFoundException
    return time_of(visit.circle, meeting, key)


def words(visit: Visit, one: Time) -> dict[str, str]:
    """{"name", "place", "link", "about"} as they were said; a link only where a browser may follow it."""
    found = {key: said_in(visit, one.meeting.words, key) for key in ("name", "place", "link", "about")}
    found["name"] = found["name"] or visit.gettext("A meeting")
    found["href"] = found["link"] if is_web_address(found["link"]) else ""
    return found


def said_in(visit: Visit, entry: str, field: str) -> str:
    """What an entry says; "" where it was erased."""
    return shown(str(visit.here.words(entry).get(field) or ""))


def is_web_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname)


def when(visit: Visit, one: Time) -> str:
    """ "Monday, 23 November, 19:30"; with the zone where that is another than the visitor's."""
    name = weekday(visit, WEEKDAYS[date.fromisoformat(one.day).weekday()])
    told = f"{name[:1].upper()}{name[1:]} {day(one.day, visit.language, visit.today())}, {one.at}"
    zone = one.meeting.zone
    here = visit.zone.key if visit.zone is not None else ""
    return told if not zone or zone == here else f"{told} ({zone.replace('_', ' ')})"


def rhythm(visit: Visit, one: Time) -> str:
    meeting = one.meeting
    return rhythm_in_words(visit, meeting.rhythm, meeting.day, follows=False) if meeting.rhythm else ""


def lasts(visit: Visit, minutes: int) -> str:
    return duration(visit, minutes) if minutes else ""


def answers(visit: Visit) -> dict[str, str]:
    _ = visit.gettext
    return {"yes": _("I come"), "maybe": _("Perhaps"), "no": _("I do not come")}


def who_comes(visit: Visit, one: Time) -> list[dict[str, Any]]:
    """By answer: {"label", "people"}; those who have said nothing last."""
    _ = visit.gettext
    labels = {"yes": _("Come"), "maybe": _("Perhaps"), "no": _("Do not come"), "": _("Have not said")}
    here = visit.everybody()
    said = {code: [one_ for one_ in here if one.occasion.answers.get(one_["key"], "") == code] for code in labels}
    return [{"label": label, "people": said[code]} for code, label in labels.items() if said[code]]


def href(visit: Visit, one: Time) -> str:
    return f"{visit.home}/meetings/{one.id}/{one.key}"


def state(visit: Visit, one: Time) -> dict[str, str]:
    """{"look", "text"}: what becomes of it; an empty text where it is simply to come."""
    _ = visit.gettext
    if one.occasion.closed:
        return {"look": "done", "text": _("has taken place")}
    if one.occasion.began:
        return {"look": "warn", "text": _("is under way")}
    if one.occasion.off or one.meeting.over:
        return {"look": "danger", "text": _("called off")}
    return {"look": "", "text": _("moved") if one.occasion.to or one.occasion.at else ""}


def line(visit: Visit, one: Time) -> dict[str, Any]:
    """A time as a line of a list shows it."""
    said, mine = words(visit, one), one.occasion.answers.get(visit.member, "")
    parts = [when(visit, one), said["place"] or said["link"], answers(visit).get(mine, "")]
    return {
        "key": f"{one.id}-{one.key}",
        "title": said["name"],
        "href": href(visit, one),
        "note": "\u00a0· ".join(part for part in parts if part),
        "state": state(visit, one),
    }

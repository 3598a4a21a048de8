"""The chores in somebody's own calendar: an address that only they know, and what stands there (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.modules.tasks import read
from cercle.modules.tasks.rhythm import next_day
from cercle.modules.tasks.web_words import duration
from cercle.page.visit import Visit, shown

AHEAD = timedelta(days=56)
LINE = 75  # octets in a line
PURPOSE = "feed"


def make_address(visit: Visit) -> str:
    """A new address of this person's calendar; the one before leads nowhere any more."""
    visit.on_own_device()
    for row in visit.node.tokens_of(PURPOSE, person=visit.person):
        if row.circle == visit.here.no:
            visit.node.end_token_of(row)
    token = visit.node.make_token(PURPOSE, visit.person, visit.here.no)
    return visit.link(f"/calendar/{token}/tasks.ics")


@get("/calendar/{token:str}/tasks.ics")
async def calendar(visit: Visit, token: str) -> Response[Any]:
    """The chores of one circle, for whoever holds the address and is still in the circle."""
    row = visit.node.token(token, PURPOSE)
    member = visit.node.circles_of(row.person).get(row.circle) if row else None
    if row is None or member is None:
        raise NotFoundException
    visit.live, visit.member = visit.node.live(row.circle), member
    if visit.circle.roots.members[member].gone or not visit.is_on("tasks"):
        raise NotFoundException
    visit.language = visit.node.person(row.person).language or visit.language
    return Response(
        written(visit), media_type="text/calendar; charset=utf-8", headers={"cache-control": "private, max-age=900"}
    )


def written(visit: Visit) -> str:
    """The whole calendar: each chore's turn, and the days after it where its rhythm says them already."""
    today = visit.today()
    last = (date.fromisoformat(today) + AHEAD).isoformat()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cercle//Cercle//EN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{text(visit.name(visit.circle.roots.name))}")
    for one in read.chores(visit.circle, today):
        for day in days_of(one, last):
            lines += occasion(visit, one, day)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def days_of(one: read.Standing, last: str) -> list[str]:
    """The day of this turn; then, where they do not depend on when it is done, those after it."""
    days = [one.due] if one.due else []
    chore = one.chore
    while days and chore.rhythm and not chore.follows and days[-1] <= last:
        following = next_day(chore.rhythm, chore.start, days[-1])
        if not following or following > last:
            break
        days.append(following)
    return days


def occasion(visit: Visit, one: read.Standing, day: str) -> list[str]:
    name = visit.name(one.chore.words)
    whose = visit.names_of(one.whose) if one.whose and day == one.due else ""
    said = [duration(visit, one.chore.minutes) if one.chore.minutes else "", visit.link(f"{visit.home}/tasks/{one.id}")]
    until = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return [
        "BEGIN:VEVENT",
        f"UID:{one.id}-{day}@{visit.circle.roots.begun}.cercle",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day.replace('-', '')}",
        f"DTEND;VALUE=DATE:{until.replace('-', '')}",
        f"SUMMARY:{text(f'{name} ({whose})' if whose else name)}",
        f"DESCRIPTION:{text(' · '.join(part for part in said if part))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def text(words: str) -> str:
    """A value of text (section 3.3.11)."""
    plain = shown(words).replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> list[str]:
    """A line as it may stand: at most 75 octets, the rest after a blank (section 3.1)."""
    found, rest = [], line
    while len(rest.encode()) > LINE:
        cut = LINE
        while len(rest[:cut].encode()) > LINE:
            cut -= 1
        found.append(rest[:cut])
        rest = f" {rest[cut:]}"
    return [*found, rest]


handlers = [calendar]

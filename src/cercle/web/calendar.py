"""What is to come in somebody's own calendar: chores, meetings, and until when votes are open. An address that only
they know, and what stands there (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.modules.decisions.read import under_way
from cercle.modules.decisions.web_words import title
from cercle.modules.meetings import read as meetings
from cercle.modules.meetings.web_words import href, words
from cercle.modules.tasks import read as tasks
from cercle.modules.tasks.rhythm import next_day
from cercle.modules.tasks.web_words import duration
from cercle.page.clock import instant, zone_named
from cercle.page.visit import Visit, shown

AHEAD = timedelta(days=56)
AN_HOUR = 60  # minutes: as long as a meeting is, where nobody has said it
LINE = 75  # octets in a line
PURPOSE = "feed"
FILES = ("cercle.ics", "tasks.ics")  # the second is how addresses of Cercle 0.2 end


@get("/c/{circle:str}/calendar")
async def calendar_page(visit: Visit) -> Response[Any]:
    return show(visit)


@post("/c/{circle:str}/calendar")
async def address_made(visit: Visit) -> Response[Any]:
    """Shows, once, a new address."""
    await visit.form()
    return show(visit, make_address(visit))


def show(visit: Visit, address: str = "") -> Response[Any]:
    visit.on_own_device()
    has_one = any(row.circle == visit.here.no for row in visit.node.tokens_of(PURPOSE, person=visit.person))
    return visit.render(
        "calendar.html",
        visit.gettext("In your own calendar"),
        "settings",
        address=address,
        has_one=has_one and not address,
        post=f"{visit.home}/calendar",
    )


def make_address(visit: Visit) -> str:
    """A new address of this person's calendar; the one before leads nowhere any more."""
    for row in visit.node.tokens_of(PURPOSE, person=visit.person):
        if row.circle == visit.here.no:
            visit.node.end_token_of(row)
    token = visit.node.make_token(PURPOSE, visit.person, visit.here.no)
    return visit.link(f"/calendar/{token}/{FILES[0]}")


@get("/calendar/{token:str}/{file:str}")
async def calendar(visit: Visit, token: str, file: str) -> Response[Any]:
    """What is to come in one circle, for whoever holds the address and is still in the circle."""
    row = visit.node.token(token, PURPOSE)
    member = visit.node.circles_of(row.person).get(row.circle) if row and file in FILES else None
    if row is None or member is None:
        raise NotFoundException
    visit.live, visit.member = visit.node.live(row.circle), member
    if visit.circle.roots.members[member].gone:
        raise NotFoundException
    visit.language = visit.node.person(row.person).language or visit.language
    return Response(
        written(visit), media_type="text/calendar; charset=utf-8", headers={"cache-control": "private, max-age=900"}
    )


def written(visit: Visit) -> str:
    """The whole calendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cercle//Cercle//EN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{text(visit.name(visit.circle.roots.name))}")
    if visit.is_on("tasks"):
        lines += chores(visit)
    if visit.is_on("meetings"):
        for one in meetings.coming(visit.circle, visit.today()):
            lines += meeting(visit, one)
    if "decisions" in visit.circle.states:
        lines += votes(visit)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def event(visit: Visit, key: str, when: list[str], summary: str, said: list[str]) -> list[str]:
    """One thing of the calendar; `when` are its lines that say so."""
    return [
        "BEGIN:VEVENT",
        f"UID:{key}@{visit.circle.roots.begun}.cercle",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        *when,
        f"SUMMARY:{text(summary)}",
        f"DESCRIPTION:{text(' · '.join(part for part in said if part))}",
        "END:VEVENT",
    ]


# --- chores ----------------------------------------------------------------------------------------------------------


def chores(visit: Visit) -> list[str]:
    """Each chore's turn, and the days after it where its rhythm says them already."""
    today, lines = visit.today(), list[str]()
    last = (date.fromisoformat(today) + AHEAD).isoformat()
    for one in tasks.chores(visit.circle, today):
        for day in days_of(one, last):
            lines += chore(visit, one, day)
    return lines


def days_of(one: tasks.Standing, last: str) -> list[str]:
    """The day of this turn; then, where they do not depend on when it is done, those after it."""
    days = [one.due] if one.due else []
    chore = one.chore
    while days and chore.rhythm and not chore.follows and days[-1] <= last:
        following = next_day(chore.rhythm, chore.start, days[-1])
        if not following or following > last:
            break
        days.append(following)
    return days


def chore(visit: Visit, one: tasks.Standing, day: str) -> list[str]:
    name = visit.name(one.chore.words)
    whose = visit.names_of(one.whose) if one.whose and day == one.due else ""
    until = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    when = [
        f"DTSTART;VALUE=DATE:{day.replace('-', '')}",
        f"DTEND;VALUE=DATE:{until.replace('-', '')}",
        "TRANSP:TRANSPARENT",
    ]
    said = [duration(visit, one.chore.minutes) if one.chore.minutes else "", visit.link(f"{visit.home}/tasks/{one.id}")]
    return event(visit, f"{one.id}-{day}", when, f"{name} ({whose})" if whose else name, said)


# --- meetings and votes ----------------------------------------------------------------------------------------------


def meeting(visit: Visit, one: meetings.Time) -> list[str]:
    """At the moment at which it begins, whatever clocks show elsewhere."""
    told = words(visit, one)
    begins = instant(one.day, one.at, zone_named(one.meeting.zone))
    ends = begins + timedelta(minutes=one.meeting.minutes or AN_HOUR)
    when = [f"DTSTART:{begins:%Y%m%dT%H%M%SZ}", f"DTEND:{ends:%Y%m%dT%H%M%SZ}"]
    if told["place"] or told["link"]:
        when.append(f"LOCATION:{text(told['place'] or told['link'])}")
    items = [str(visit.here.words(item.words).get("what") or "") for _, item in meetings.agenda(visit.circle, one)]
    said = [told["about"], *items, told["href"], visit.link(href(visit, one))]
    return event(visit, f"{one.id}-{one.key}", when, told["name"], said)


def votes(visit: Visit) -> list[str]:
    """Until when the visitor may say something, where they have not."""
    found = []
    open_rounds = {vote.id for vote in under_way(visit.circle)}
    for name in visit.circle.decisions.open:
        vote = visit.circle.decisions.motions[name].round
        if (
            vote is None
            or vote.id not in open_rounds
            or visit.member not in vote.voters
            or visit.member in vote.ballots
        ):
            continue
        when = [f"DTSTART:{datetime.fromtimestamp(vote.until / 1000, UTC):%Y%m%dT%H%M%SZ}", "TRANSP:TRANSPARENT"]
        summary = visit.gettext("The vote ends: %(title)s", title=title(visit, name))
        found += event(visit, vote.id, when, summary, [visit.link(f"{visit.home}/decisions/{name}")])
    return found


# --- as RFC 5545 writes it -------------------------------------------------------------------------------------------


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


handlers = [calendar_page, address_made, calendar]

"""What somebody is to be told now: a function of the circle, the member, the time, and what they were told already."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from cercle.core.fold import Circle
from cercle.modules.circle.read import is_on
from cercle.modules.decisions.read import asks
from cercle.modules.meetings.read import Time, coming, is_day_of, time_of
from cercle.page.clock import instant, zone_named
from cercle.store.reminders import Mark

HOUR, DAY = 3_600_000, 86_400_000
LEADS = {"day": DAY, "hour": HOUR}  # of a meeting, how long before it
KINDS = (*LEADS, "votes", "week")
NEAR = 4  # days from yesterday on, within which all that is in the next day begins, in whatever zone
NO_NEWS = 100 * DAY  # what began so long ago is told to nobody as new
MORNING = 7
WEEK_GOES_FOR = 2 * DAY  # where the machine was asleep on Monday


class MeetingDue(Struct, frozen=True):
    """A meeting comes at `begins` (ms); or, where they were told of another time, `was` (ms), it is then no more, but
    at `begins`, or not at all (0). Once that is said, they know `marks`, and `stale` no more."""

    one: Time
    begins: int
    marks: tuple[Mark, ...]
    was: int = 0
    stale: tuple[Mark, ...] = ()


class VoteDue(Struct, frozen=True):
    """A vote waits for their word; `ends` within a day."""

    motion: str
    ends: bool
    marks: tuple[Mark, ...]
    stale: tuple[Mark, ...] = ()


class WeekDue(Struct, frozen=True):
    """The week that begins on the day `first`: proposals by their ids, and meetings with their beginnings (ms)."""

    first: str
    decided: tuple[str, ...]
    open: tuple[str, ...]
    again: tuple[str, ...]
    coming: tuple[tuple[Time, int], ...]
    marks: tuple[Mark, ...]
    stale: tuple[Mark, ...] = ()

    @property
    def says_nothing(self) -> bool:
        return not (self.decided or self.open or self.again or self.coming)


Due = MeetingDue | VoteDue | WeekDue


def due(
    circle: Circle,
    member: str,
    kinds: Collection[str],
    now: int,
    since: int,
    told: Collection[Mark],
    machine: ZoneInfo | None = None,
) -> list[Due]:
    """What goes to a member who wants these `kinds` `since` then, and was `told` that. `machine`: the zone of what has
    none of its own, None that of this machine."""
    found: list[Due] = []
    if is_on(circle, "meetings") and not LEADS.keys().isdisjoint(kinds):
        changed = list(changes(circle, kinds, now, told, machine))
        moved = {mark.about for one in changed for mark in one.marks}
        found += changed
        found += [one for one in meetings(circle, kinds, now, told, machine) if one.marks[0].about not in moved]
    if is_on(circle, "decisions") and "votes" in kinds:
        found += votes(circle, member, now, since, told)
    if "week" in kinds and (week := week_of(circle, now, since, machine)) and week.marks[0] not in told:
        found.append(week)
    return found


# --- meetings --------------------------------------------------------------------------------------------------------


def begins(one: Time, machine: ZoneInfo | None) -> int:
    """When a meeting begins, in ms: by the clocks of its zone, or of this machine where it has none."""
    zone = zone_named(one.meeting.zone) if one.meeting.zone else None
    return int(instant(one.day, one.at, zone or machine).timestamp() * 1000)


def meetings(
    circle: Circle, kinds: Collection[str], now: int, told: Collection[Mark], machine: ZoneInfo | None
) -> Iterator[MeetingDue]:
    """Those that begin within the time before it that was chosen, and have not begun. Who wants to hear both the day
    and the hour before hears once of what is called for within the hour."""
    yesterday = (day_of(now, machine) - timedelta(days=1)).isoformat()
    for one in coming(circle, yesterday, NEAR):
        at = begins(one, machine)
        marks = tuple(mark for mark in marks_before(one, at, kinds, now) if mark not in told)
        if marks and not one.occasion.began:
            yield MeetingDue(one, at, marks)


def marks_before(one: Time, at: int, kinds: Collection[str], now: int) -> tuple[Mark, ...]:
    """What is known once it is said now that this takes place at that time (ms)."""
    lead = at - now
    return tuple(Mark(kind, about(one), at) for kind in LEADS if kind in kinds and 0 < lead <= LEADS[kind])


def about(one: Time) -> str:
    return f"{one.id}/{one.key}"


def changes(
    circle: Circle, kinds: Collection[str], now: int, told: Collection[Mark], machine: ZoneInfo | None
) -> Iterator[MeetingDue]:
    """The meetings of which they were told a time to come that is none any more: moved, or called off."""
    known: dict[tuple[str, int], list[Mark]] = {}
    for mark in sorted(told, key=lambda mark: mark.kind):
        if mark.kind in (*LEADS, "moved") and mark.at > now:
            known.setdefault((mark.about, mark.at), []).append(mark)
    for (name, at), stale in sorted(known.items()):
        identifier, _, key = name.partition("/")
        meeting = circle.meetings.meetings.get(identifier)
        if meeting is None or (key in meeting.occasions and meeting.occasions[key].began):
            continue
        to = instead(circle, identifier, key)
        when = begins(to, machine) if to is not None else 0
        if when == at or any(one.id == identifier and begins(one, machine) == at for one in near(circle, at, machine)):
            continue
        if to is None or when <= now:
            yield MeetingDue(time_of(circle, identifier, key), 0, (), at, tuple(stale))
        else:
            marks = (*marks_before(to, when, kinds, now), Mark("moved", about(to), when))
            yield MeetingDue(to, when, marks, at, tuple(stale))


def near(circle: Circle, at: int, machine: ZoneInfo | None) -> list[Time]:
    """What takes place around that time (ms)."""
    return coming(circle, (day_of(at, machine) - timedelta(days=1)).isoformat(), NEAR)


def instead(circle: Circle, identifier: str, key: str) -> Time | None:
    """When a time of a meeting takes place now; None where it does not."""
    meeting = circle.meetings.meetings[identifier]
    if not is_day_of(meeting, key) and not meeting.rhythm:
        key = meeting.day  # it was described anew
    if meeting.over or not is_day_of(meeting, key):
        return None
    found = time_of(circle, identifier, key)
    return None if found.occasion.off else found


# --- votes -----------------------------------------------------------------------------------------------------------


def votes(circle: Circle, member: str, now: int, since: int, told: Collection[Mark]) -> Iterator[VoteDue]:
    """Those that wait for their word: once it is sure until when they are open, and once within a day of their end."""
    for name in circle.decisions.open:
        motion = circle.decisions.motions[name]
        vote = motion.round
        if vote is None or not now < vote.until or not asks(motion, member):
            continue
        is_new = vote.until - vote.days * DAY >= max(since, now - NO_NEWS)
        ends = vote.until - now <= DAY
        news = [Mark("opened", vote.id)] if is_new else []
        news += [Mark("ending", vote.id, vote.until)] if ends else []
        if marks := tuple(mark for mark in news if mark not in told):
            yield VoteDue(name, ends, marks)


# --- the week --------------------------------------------------------------------------------------------------------


def week_of(circle: Circle, now: int, since: int, machine: ZoneInfo | None) -> WeekDue | None:
    """On Monday morning, or within two days of it: what there is to say of the week before and of the one that begins.
    Who chose it since hears of it from the next one on."""
    today = day_of(now, machine)
    monday = today - timedelta(days=today.weekday())
    goes = at_hour(monday, MORNING, machine)
    if not goes <= now < goes + WEEK_GOES_FOR or since > goes:
        return None
    before, after = (at_hour(monday + timedelta(days=days), 0, machine) for days in (-7, 7))
    begun = at_hour(monday, 0, machine)
    motions = circle.decisions.motions if is_on(circle, "decisions") else {}
    times = coming(circle, monday.isoformat(), 7) if is_on(circle, "meetings") else []
    return WeekDue(
        first=monday.isoformat(),
        decided=tuple(
            name
            for name, one in motions.items()
            if one.ended in ("passed", "failed") and one.outcomes and before <= one.outcomes[-1].at < begun
        ),
        open=tuple(name for name in motions if name in circle.decisions.open),
        again=tuple(name for name, one in motions.items() if one.ended == "passed" and 0 < one.review < after),
        coming=tuple((one, at) for one in times if now < (at := begins(one, machine)) < after),
        marks=(Mark("week", monday.isoformat()),),
    )


def day_of(now: int, machine: ZoneInfo | None) -> date:
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(machine).date()


def at_hour(day: date, hour: int, machine: ZoneInfo | None) -> int:
    """What a clock of the zone shows then, in ms."""
    shown = datetime.combine(day, time(hour))
    return int((shown.replace(tzinfo=machine) if machine else shown.astimezone()).timestamp() * 1000)

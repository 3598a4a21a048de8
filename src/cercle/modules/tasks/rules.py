"""Who does what in the home: a turn of a chore is done once, and nothing that has happened is refused."""

from msgspec.structs import replace

from cercle.core.event import Refused, monday_of
from cercle.core.fold import ADULT, Act, Circle
from cercle.core.module import rule
from cercle.modules.tasks import events
from cercle.modules.tasks.state import (
    Chore,
    Doing,
    Tasks,
    Turn,
    Why,
    check_days,
    check_people,
    chore_of,
    claimed_day,
    is_once,
)
from cercle.modules.tasks.turns import turn_of


@rule(events.ChoreAdded)
def chore_added(circle: Circle, act: Act) -> None:
    check_described(circle, act.event)
    circle.tasks.chores[act.id] = described(act, Turn(seed=act.event.seed))


@rule(events.ChoreChanged)
def chore_changed(circle: Circle, act: Act) -> None:
    """It stays at the turn that it has got to; another rhythm counts anew."""
    tasks, event = circle.tasks, act.event
    before = chore_of(tasks, event.chore)
    check_described(circle, event)
    turn = replace(before.turn, seed=event.seed or before.turn.seed)
    after = described(act, turn)
    after.last, after.archived = before.last, before.archived
    if (after.rhythm, after.start, after.follows) != (before.rhythm, before.start, before.follows):
        after.turn = replace(turn, until="", due="")
    tasks.chores[event.chore] = after


def check_described(circle: Circle, event: events.ChoreAdded | events.ChoreChanged) -> None:
    check_days(event.start)
    check_people(circle, event.members)
    if event.rhythm is not None and event.start is None:
        raise Refused(Why.NO_START)
    if event.follows and "INTERVAL" in (event.rhythm or "") and "BY" in (event.rhythm or ""):
        raise Refused(Why.FOLLOWS)
    if event.rotation == "fixed" and len(event.members) != 1:
        raise Refused(Why.NOBODY_FIXED)


def described(act: Act, turn: Turn) -> Chore:
    event = act.event
    rhythm, start, order = event.rhythm or "", event.start or "", list(event.members)
    return Chore(act.id, event.kind, rhythm, start, event.follows, event.rotation, order, event.minutes, turn)


@rule(events.ChoreArchived)
def chore_archived(circle: Circle, act: Act) -> None:
    chore = chore_of(circle.tasks, act.event.chore)
    if chore.archived:
        raise Refused(Why.ARCHIVED)
    chore.archived = True


@rule(events.ChoreRestored)
def chore_restored(circle: Circle, act: Act) -> None:
    chore = chore_of(circle.tasks, act.event.chore)
    if not chore.archived:
        raise Refused(Why.NOT_ARCHIVED)
    chore.archived = False


def at_turn(tasks: Tasks, identifier: str, turn: int) -> Chore:
    """A chore in use that has got to this turn. Raises `Refused`."""
    chore = chore_of(tasks, identifier)
    check_turn(chore, turn)
    if chore.archived:
        raise Refused(Why.ARCHIVED)
    return chore


def check_turn(chore: Chore, turn: int) -> None:
    if turn < chore.turn.number:
        raise Refused(Why.DONE_ALREADY)
    if turn > chore.turn.number:
        raise Refused(Why.NOT_YET)


@rule(events.Done)
def done(circle: Circle, act: Act) -> None:
    tasks, event = circle.tasks, act.event
    chore = at_turn(tasks, event.chore, event.turn)
    check_people(circle, event.who)
    minutes = chore.minutes if event.minutes is None else event.minutes
    note(circle, chore, act, list(event.who), minutes)


@rule(events.Skipped)
def skipped(circle: Circle, act: Act) -> None:
    note(circle, at_turn(circle.tasks, act.event.chore, act.event.turn), act, [], 0)


def note(circle: Circle, chore: Chore, act: Act, who: list[str], minutes: int) -> None:
    """Writes down how a turn of a chore ended."""
    event = act.event
    check_days(event.due, event.day)
    doing = Doing(
        act.by,
        chore.kind,
        who,
        minutes,
        event.day or claimed_day(act),
        event.chore,
        chore.turn,
        event.due or "",
        event.seed,
        [chore.last.get(member, 0) for member in who],
    )
    circle.tasks.doings.put(act.id, doing)
    effect(circle, doing)


@rule(events.TakenOver)
def taken_over(circle: Circle, act: Act) -> None:
    chore = at_turn(circle.tasks, act.event.chore, act.event.turn)
    check_people(circle, [act.event.member])
    if chore.turn.taken == act.event.member:
        raise Refused(Why.SAME)
    chore.turn = replace(chore.turn, taken=act.event.member)


@rule(events.PutOff)
def put_off(circle: Circle, act: Act) -> None:
    chore = at_turn(circle.tasks, act.event.chore, act.event.turn)
    check_days(act.event.until)
    if chore.turn.until == act.event.until:
        raise Refused(Why.SAME)
    chore.turn = replace(chore.turn, until=act.event.until)


@rule(events.Worked)
def worked(circle: Circle, act: Act) -> None:
    event = act.event
    check_days(event.day)
    check_people(circle, event.who)
    check_people(circle, [event.whom] if event.whom else [])
    doing = Doing(
        act.by, event.kind, list(event.who), event.minutes, event.day or claimed_day(act), whom=event.whom or ""
    )
    circle.tasks.doings.put(act.id, doing)
    effect(circle, doing)


@rule(events.Undone)
def undone(circle: Circle, act: Act) -> None:
    """Takes back a doing, or the taking back of one. What took back a taking back is not taken back itself. A turn
    that was open again, and was ended otherwise since, stays so."""
    doings, entry = circle.tasks.doings, act.event.entry
    target: Doing | None = doings.get(entry)
    if target is None or (target.of and doings[target.of].of):
        raise Refused(Why.NO_ENTRY)
    doing = doings[target.of] if target.of else target
    if circle.roots.members[act.by].kind != ADULT and act.by not in (doing.by, *doing.who):
        raise Refused(Why.NOT_YOURS)
    if target.undone:
        raise Refused(Why.UNDONE_ALREADY)
    if target.chore and target.of:
        check_turn(circle.tasks.chores[target.chore], doing.before.number)
    opened = not target.of and is_latest(circle, doing)
    doings.change(entry, replace(target, undone=True))
    doings.put(act.id, Doing(act.by, doing.kind, [], 0, doing.day, doing.chore if opened else "", of=entry))
    if target.of:
        doings.change(target.of, replace(doing, undone=False))
        effect(circle, doing)
    else:
        take_back(circle, doing)


def is_latest(circle: Circle, doing: Doing) -> bool:
    """Whether it ended the turn before the one that its chore is at."""
    return bool(doing.chore) and circle.tasks.chores[doing.chore].turn.number == doing.before.number + 1


def effect(circle: Circle, doing: Doing) -> None:
    """Counts what was worked; where the chore is still at that turn, on to the next."""
    count(circle.tasks, doing, 1)
    if not doing.chore:
        return
    chore, number = circle.tasks.chores[doing.chore], doing.before.number + 1
    for member in doing.who:
        chore.last[member] = max(chore.last.get(member, 0), number)
    if chore.turn.number == doing.before.number:
        of = turn_of(circle, chore, doing.due or doing.day)
        chore.turn = Turn(number, doing.day, doing.due, of, doing.seed)
        chore.archived = chore.archived or is_once(chore)


def take_back(circle: Circle, doing: Doing) -> None:
    """The opposite; where the chore has not gone on since, it is the same turn again."""
    count(circle.tasks, doing, -1)
    if not doing.chore:
        return
    chore, number = circle.tasks.chores[doing.chore], doing.before.number + 1
    for member, before in zip(doing.who, doing.lasts, strict=True):
        if chore.last.get(member) == number:
            chore.last[member] = before
    if chore.turn.number == number:
        chore.turn = doing.before
        chore.archived = chore.archived and not is_once(chore)


def count(tasks: Tasks, doing: Doing, sign: int) -> None:
    """Adds what somebody worked to their week, or takes it out again."""
    if not doing.minutes:
        return
    week = tasks.minutes.setdefault(monday_of(doing.day), {})
    for member in doing.who:
        kinds = week.setdefault(member, {})
        kinds[doing.kind] = kinds.get(doing.kind, 0) + sign * doing.minutes

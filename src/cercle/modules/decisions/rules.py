"""What may be proposed, put to the vote and said of it. How a vote ends stands in `closing`."""

from cercle.core.enacting import Clause, legible
from cercle.core.event import Refused
from cercle.core.fold import Act, Circle
from cercle.core.fold import Why as FoldWhy
from cercle.core.module import rule
from cercle.modules.charter.rules import is_strict_enough, number
from cercle.modules.decisions import events
from cercle.modules.decisions.state import (
    DAY,
    HIGHEST_NUMBER,
    STANCES,
    Ballot,
    Counted,
    Motion,
    Option,
    Proxy,
    Round,
    Suggested,
    Why,
    check_proposer,
    held,
    is_closed,
    may_open,
    open_motion,
    round_of,
    voters,
)

MOST = 50
MONTH = 30 * DAY
PEOPLE = ("people.added", "people.invited", "people.kind_changed")
MONEY = ("pools.", "accounts.")


# --- proposing -------------------------------------------------------------------------------------------------------


@rule(events.Proposed)
def proposed(circle: Circle, act: Act) -> None:
    circle.decisions.motions[act.id] = Motion(act.by, circle.time)
    circle.decisions.open.append(act.id)


@rule(events.ClauseAdded)
def clause_added(circle: Circle, act: Act) -> None:
    event = act.event
    motion = open_motion(circle, event.motion)
    if event.option is not None and event.option not in motion.options:
        raise Refused(Why.NO_OPTION)
    if len(motion.clauses) >= MOST:
        raise Refused(Why.TOO_MANY)
    if reason := legible(circle, event.does, event.fields):
        raise Refused(FoldWhy.MALFORMED if reason == FoldWhy.MALFORMED.code else Why.NOT_DECIDED)
    clause = Clause(act.id, event.does, event.fields)
    motion.clauses[act.id] = Suggested(clause, act.by, event.option or "")


@rule(events.OptionAdded)
def option_added(circle: Circle, act: Act) -> None:
    event = act.event
    motion = open_motion(circle, event.motion)
    if len(motion.options) >= MOST:
        raise Refused(Why.TOO_MANY)
    if event.ends < event.starts or (event.starts and event.ends == event.starts):
        raise Refused(Why.BACKWARDS)
    motion.options[act.id] = Option(act.by, event.starts, event.ends)


@rule(events.Spoken)
def spoken(circle: Circle, act: Act) -> None:
    motion = circle.decisions.motions.get(act.event.motion)
    if motion is None:
        raise Refused(Why.NO_MOTION)
    motion.talk.append(act.id)


@rule(events.Withdrawn)
def withdrawn(circle: Circle, act: Act) -> None:
    motion = open_motion(circle, act.event.motion)
    check_proposer(circle, motion, act.by)
    motion.ended, motion.round = "withdrawn", None
    circle.decisions.open.remove(act.event.motion)


# --- putting to the vote ---------------------------------------------------------------------------------------------


@rule(events.Opened)
def opened(circle: Circle, act: Act) -> None:
    """A round in place of the one before, if there was any: what was said in that was said of something else."""
    event = act.event
    motion = open_motion(circle, event.motion)
    if not may_open(circle, motion, act.by):
        raise Refused(Why.NOT_YOURS)
    check_contents(motion, event)
    check_method(circle, motion, event)
    who = voters(circle)
    if act.by not in who:
        raise Refused(Why.NO_VOTER)
    days = 0 if event.method == "light" else event.days
    if days < number(circle, "days") and event.method != "light":
        raise Refused(Why.TOO_SHORT)
    motion.rounds.append(act.id)
    motion.months = number(circle, "review_months") if event.review is None else event.review
    motion.keys.clear()
    motion.round = Round(act.id, event.method, list(event.clauses), list(event.options), days, who, held(circle))


def check_contents(motion: Motion, event: events.Opened) -> None:
    """Raises `Refused` where a round does not hold together."""
    if not set(event.clauses) <= motion.clauses.keys():
        raise Refused(Why.NO_CLAUSE)
    if not set(event.options) <= motion.options.keys():
        raise Refused(Why.NO_OPTION)
    has_options = event.method in HIGHEST_NUMBER or event.method == "lot"
    if has_options and len(set(event.options)) < 2:
        raise Refused(Why.FEW_OPTIONS)
    if not has_options and event.options:
        raise Refused(Why.NO_OPTIONS_HERE)
    for name in event.clauses:
        if motion.clauses[name].option and motion.clauses[name].option not in event.options:
            raise Refused(Why.NO_OPTION)
    if event.method == "election":
        fields = [motion.clauses[name].clause.kept for name in event.clauses]
        if len(fields) > 1 or any("member" not in one for one in fields):
            raise Refused(Why.ONE_MEMBER)


def check_method(circle: Circle, motion: Motion, event: events.Opened) -> None:
    """Raises `Refused` where the charter asks for a stricter way, for any of the clauses."""
    for name in event.clauses or ("",):
        asked = asked_for(motion.clauses[name].clause.event if name else "")
        if not is_strict_enough(circle, asked, event.method):
            raise Refused(Why.TOO_LIGHT)


def asked_for(event: str) -> str:
    """The setting that says how a decision is made that carries such an event."""
    if event.startswith("charter."):
        return "method_charter"
    if event in PEOPLE:
        return "method_people"
    return "method_money" if event.startswith(MONEY) else "method"


# --- voting ----------------------------------------------------------------------------------------------------------


@rule(events.Voted)
def voted(circle: Circle, act: Act) -> None:
    """What arrives after the end changes nothing, and is kept to be seen."""
    event = act.event
    motion: Motion | None = circle.decisions.motions.get(event.motion)
    if motion is None:
        raise Refused(Why.NO_MOTION)
    now = round_of(motion, event.round)
    if act.by not in now.voters:
        raise Refused(Why.NO_VOTER)
    check_choice(now, event.choice)
    needs_reason = now.held.reasons or "object" in event.choice
    if needs_reason and act.entry.body_hash is None:
        raise Refused(Why.NO_REASON)
    device = circle.roots.devices[act.entry.device.hex()]
    ballot = Ballot(act.id, event.choice, act.time, device.node if device.holder == "node" else "")
    if is_closed(motion):
        now.late[act.by] = ballot
    else:
        now.ballots[act.by] = ballot


def check_choice(now: Round, choice: dict[str, int]) -> None:
    """Raises `Refused` where that is nothing that can be said in this way of deciding."""
    if now.method in HIGHEST_NUMBER:
        most = HIGHEST_NUMBER[now.method]
        if not choice.keys() <= set(now.options) or any(said > most for said in choice.values()):
            raise Refused(Why.NO_CHOICE)
        return
    stances = STANCES.get(now.method, ())
    if now.method == "election":
        stances = ("consent", "object") if now.named else tuple(now.voters)
    if len(choice) > 1 or not choice.keys() <= set(stances) or any(said != 1 for said in choice.values()):
        raise Refused(Why.NO_CHOICE)


@rule(events.PapersCounted)
def papers_counted(circle: Circle, act: Act) -> None:
    event = act.event
    now = round_of(open_motion(circle, event.motion), event.round)
    if is_closed(circle.decisions.motions[event.motion]):
        raise Refused(Why.CLOSED)
    if len(set(event.who)) < len(event.who) or not set(event.who) <= set(now.voters):
        raise Refused(Why.NO_VOTER)
    if not now.ballots.keys().isdisjoint(event.who):
        raise Refused(Why.VOTED)
    if sum(one.number for one in event.papers) != len(event.who):
        raise Refused(Why.MISCOUNTED)
    found: dict[tuple[tuple[str, int], ...], int] = {}
    for one in event.papers:
        check_choice(now, one.choice)
        key = tuple(sorted(one.choice.items()))
        found[key] = found.get(key, 0) + one.number
    now.counted[act.by] = Counted(
        sorted(event.who), [events.Papers(dict(key), number) for key, number in sorted(found.items())]
    )


@rule(events.Named)
def named(circle: Circle, act: Act) -> None:
    """Who had been said in the first part of an election is not counted: the reasons were heard. From here on everybody
    is asked whether they object."""
    event = act.event
    motion = open_motion(circle, event.motion)
    now = round_of(motion, event.round)
    check_proposer(circle, motion, act.by)
    if now.method != "election":
        raise Refused(Why.NO_ROUND)
    if is_closed(motion):
        raise Refused(Why.CLOSED)
    member = circle.roots.members.get(event.member)
    if member is None or member.gone:
        raise Refused(Why.NOBODY)
    if now.named == event.member:
        raise Refused(Why.SAME)
    now.named, now.naming, now.ballots, now.counted = event.member, act.id, {}, {}
    if now.until:
        now.until = max(now.until, circle.time + number(circle, "days") * DAY)


@rule(events.LotRead)
def lot_read(circle: Circle, act: Act) -> None:
    motion = open_motion(circle, act.event.motion)
    if not motion.outcomes or motion.outcomes[-1].result != "drawing" or motion.round is None:
        raise Refused(Why.NO_LOT)
    if act.by not in motion.round.voters:
        raise Refused(Why.NO_VOTER)
    if motion.keys.get(act.by) == act.event.key:
        raise Refused(Why.READ)
    motion.keys[act.by] = act.event.key


# --- before and after ------------------------------------------------------------------------------------------------


@rule(events.ProxyNamed)
def proxy_named(circle: Circle, act: Act) -> None:
    event, proxies = act.event, circle.decisions.proxies
    if event.days > number(circle, "proxy_days"):
        raise Refused(Why.NO_PROXY)
    if event.member == act.by:
        raise Refused(Why.ONESELF)
    member = circle.roots.members.get(event.member)
    if member is None or member.gone:
        raise Refused(Why.NOBODY)
    proxies.pop(act.by, None)
    if event.days:
        proxies[act.by] = Proxy(event.member, event.days, act.id)


@rule(events.Reviewed)
def reviewed(circle: Circle, act: Act) -> None:
    motion: Motion | None = circle.decisions.motions.get(act.event.motion)
    if motion is None:
        raise Refused(Why.NO_MOTION)
    if not motion.review:
        raise Refused(Why.NO_REVIEW)
    motion.review = circle.time + act.event.months * MONTH if act.event.months else 0


def noted(circle: Circle, act: Act) -> None:
    """What follows when somebody comes in, by themselves or as one who was added: since when they are here. A further
    device is nobody new."""
    if act.id in circle.roots.members:
        circle.decisions.came[act.id] = circle.time

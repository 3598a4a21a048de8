"""Who has which task, until when, and who has it next: a role ends by itself at the first seal past its term."""

from msgspec import Struct

from cercle.core.event import CIRCLE, Reason, Refused
from cercle.core.fold import Act, Circle
from cercle.core.fold import Why as FoldWhy
from cercle.core.module import rule
from cercle.modules.charter.rules import is_power, power_events
from cercle.modules.roles import events

DAY = 86_400_000  # ms
MOST_HAD = 200


class Why(Reason):
    NO_ROLE = ("roles.no_role", "There is no such role.")
    ENDED = ("roles.ended", "This role was ended.")
    NOBODY = ("roles.nobody", "There is no such person in the circle.")
    NO_POWER = ("roles.no_power", "That is nothing that a role could be given.")
    NOT_YOURS = ("roles.not_yours", "Only who has this role can hand it on.")
    NOBODY_HAS_IT = ("roles.nobody_has_it", "Nobody has this role.")
    SAME = ("roles.same", "It is so already.")
    NO_TERM = ("roles.no_term", "A role that goes round has a term.")


class Had(Struct, frozen=True):
    """Somebody had a role from `began` to `ended` (ms of the circle's time), since the entry `since` and until the
    entry `until`; "" where it came or went by itself."""

    member: str
    began: int
    ended: int
    since: str
    until: str


class Role(Struct):
    """`words` is the entry that names it. `holder` has it until the circle's time `until` (ms; 0: without end), since
    the entry `since` ("" where it came by itself), and "" where nobody does. The term begins with the seal at `began`
    (ms) that confirms it; 0 until then. `turn`: who has it after whom, where it goes round by itself. `had`: who had
    it, the latest last."""

    words: str
    term: int
    turn: list[str]
    powers: list[str]
    holder: str = ""
    began: int = 0
    until: int = 0
    since: str = ""
    ended: bool = False
    had: list[Had] = []


class Roles(Struct):
    """`may`: for each event of which a role has the power, who may do it by that."""

    roles: dict[str, Role] = {}
    may: dict[str, list[str]] = {}


def open_role(circle: Circle, name: str) -> Role:
    """Raises `Refused`."""
    found: Role | None = circle.roles.roles.get(name)
    if found is None:
        raise Refused(Why.NO_ROLE)
    if found.ended:
        raise Refused(Why.ENDED)
    return found


def check_member(circle: Circle, member: str) -> None:
    found = circle.roots.members.get(member)
    if found is None or found.gone:
        raise Refused(Why.NOBODY)


def check(circle: Circle, act: Act) -> None:
    """Raises `Refused` where a role cannot be so. What the charter lets few do, a role is given by the circle alone."""
    event = act.event
    for member in event.turn:
        check_member(circle, member)
    if event.turn and not event.term:
        raise Refused(Why.NO_TERM)
    if not all(map(is_power, event.powers)):
        raise Refused(Why.NO_POWER)
    if event.powers:
        check_circle(act)


def check_circle(act: Act) -> None:
    if act.by != CIRCLE:
        raise Refused(FoldWhy.TO_DECIDE)


@rule(events.Created)
def created(circle: Circle, act: Act) -> None:
    check(circle, act)
    event = act.event
    circle.roles.roles[act.id] = role = Role(act.id, event.term, list(event.turn), list(event.powers))
    if event.turn:
        give(circle, role, event.turn[0], act)
    know_powers(circle)


@rule(events.Changed)
def changed(circle: Circle, act: Act) -> None:
    check(circle, act)
    event = act.event
    role = open_role(circle, event.role)
    if role.powers:
        check_circle(act)
    role.words, role.term, role.turn, role.powers = act.id, event.term, list(event.turn), list(event.powers)
    know_powers(circle)


@rule(events.Filled)
def filled(circle: Circle, act: Act) -> None:
    role = open_role(circle, act.event.role)
    check_member(circle, act.event.member)
    if role.powers:
        check_circle(act)
    give(circle, role, act.event.member, act)
    know_powers(circle)


@rule(events.HandedOn)
def handed_on(circle: Circle, act: Act) -> None:
    """Until the same day: who takes it over takes over the rest of the term."""
    role, member = open_role(circle, act.event.role), act.event.member
    if role.holder != act.by:
        raise Refused(Why.NOT_YOURS)
    if member == act.by:
        raise Refused(Why.SAME)
    if member is not None:
        check_member(circle, member)
        if role.powers:
            check_circle(act)
    take(circle, role, act.id)
    role.holder, role.began = member or "", 0
    know_powers(circle)


@rule(events.Recalled)
def recalled(circle: Circle, act: Act) -> None:
    role = open_role(circle, act.event.role)
    if not role.holder:
        raise Refused(Why.NOBODY_HAS_IT)
    take(circle, role, act.id)
    role.until = 0
    know_powers(circle)


@rule(events.Ended)
def ended(circle: Circle, act: Act) -> None:
    role = open_role(circle, act.event.role)
    if role.powers:
        check_circle(act)
    take(circle, role, act.id)
    role.ended = True
    know_powers(circle)


def give(circle: Circle, role: Role, member: str, act: Act | None = None) -> None:
    """By an act, or by itself. What the circle does is done at a seal, so its term begins there and then."""
    take(circle, role, act.id if act else "")
    role.holder, role.began, role.until = member, 0, 0
    if act is None or act.by == CIRCLE:
        begin(circle, role)


def take(circle: Circle, role: Role, entry: str = "") -> None:
    """Who has a role has it no more, by that entry or by itself."""
    if role.holder:
        role.had.append(Had(role.holder, role.began or circle.time, circle.time, role.since, entry))
        del role.had[:-MOST_HAD]
    role.holder, role.since = "", entry


def at_seal(circle: Circle, since: int) -> None:
    """Terms begin and end, and what goes round goes to whoever is next and still here."""
    roles: dict[str, Role] = circle.roles.roles
    for role in roles.values():
        begin(circle, role)
        has_gone = bool(role.holder) and bool(circle.roots.members[role.holder].gone)
        if role.ended or not (has_gone or (role.until and circle.time >= role.until)):
            continue
        follows = next_in(circle, role)
        if follows:
            give(circle, role, follows)
        else:
            take(circle, role)
            role.until = 0
    know_powers(circle)


def begin(circle: Circle, role: Role) -> None:
    """The term of who has it begins now, if it has not: what waited long for its seal is none the shorter."""
    if role.holder and not role.began:
        role.began = circle.time
        role.until = role.until or (circle.time + role.term * DAY if role.term else 0)


def next_in(circle: Circle, role: Role) -> str:
    """Whose turn it is after who has it now, or had it last; "" where nobody in turn is here."""
    turn, last = role.turn, role.holder or (role.had[-1].member if role.had else "")
    start = turn.index(last) + 1 if last in turn else 0
    ordered = [*turn[start:], *turn[:start]]
    return next((member for member in ordered if not circle.roots.members[member].gone), "")


def know_powers(circle: Circle) -> None:
    """Who may do what by their roles, for each event: asked for with every entry."""
    may: dict[str, list[str]] = circle.roles.may
    may.clear()
    for role in circle.roles.roles.values():
        for event in (event for power in role.powers for event in power_events(power)):
            if role.holder and role.holder not in may.setdefault(event, []):
                may[event].append(role.holder)

"""Who may come in, and what people may say of one another."""

from msgspec import Struct

from cercle.core.event import Reason, Refused, is_day
from cercle.core.fold import ADULT, Act, Circle, Device, Member
from cercle.core.fold import Why as FoldWhy
from cercle.core.log import JOINED
from cercle.core.module import rule
from cercle.modules.people import events

NEWCOMER = "people.newcomer"  # to invite somebody new, and not a further device of somebody who is here


class Why(Reason):
    NOBODY = ("people.nobody", "There is no such person in the circle.")
    NO_INVITATION = ("people.no_invitation", "There is no such invitation.")
    USED = ("people.used", "This invitation has been used.")
    EXPIRED = ("people.expired", "This invitation has run out.")
    NOT_INVITED = ("people.not_invited", "Only somebody who holds an invitation can join.")
    NOT_YOURS = ("people.not_yours", "Only this person can say that.")
    LAST_ADULT = ("people.last_adult", "A circle keeps at least one adult.")
    SAME = ("people.same", "It is so already.")
    NO_DAY = ("people.no_day", "There is no such day in the calendar.")
    BACKWARDS = ("people.backwards", "An absence ends on the day it begins, or later.")
    NO_ABSENCE = ("people.no_absence", "There is no such absence.")
    NOT_ENOUGH = ("people.not_enough", "A removal takes other people: this consent has no effect.")
    STILL_HERE = ("people.still_here", "As long as they are in the circle, only they can do that.")


class Invitation(Struct):
    """`left` counts down to 0; -1 is without limit."""

    by: str
    kind: str
    member: str
    left: int
    until: int


class Absence(Struct):
    since: str
    until: str


class Profile(Struct):
    """`words` is the short id of the entry that names the person."""

    words: str
    colour: int
    has_device: bool
    away: dict[str, Absence] = {}


class People(Struct):
    profiles: dict[str, Profile] = {}
    invitations: dict[str, Invitation] = {}
    erased: dict[str, str] = {}


def person(circle: Circle, member: str) -> Profile:
    """The profile of somebody who is in the circle now. Raises `Refused`."""
    found = circle.roots.members.get(member)
    if found is None or found.gone:
        raise Refused(Why.NOBODY)
    return profile(circle, member)


def profile(circle: Circle, member: str) -> Profile:
    """The profile of anybody who is or was in the circle; the founder has none before they are described."""
    return circle.people.profiles.get(member) or Profile("", 0, True)


def speak_for(circle: Circle, by: str, member: str) -> Profile:
    """The profile, where `by` is that person, or an adult and the person has no device to say it themselves."""
    found = person(circle, member)
    if by != member and (found.has_device or not circle.is_adult(by)):
        raise Refused(Why.NOT_YOURS)
    return found


@rule(events.Added)
def added(circle: Circle, act: Act) -> None:
    circle.roots.members[act.id] = Member(act.event.kind)
    circle.people.profiles[act.id] = Profile(act.id, act.event.colour, False)


@rule(events.Invited)
def invited(circle: Circle, act: Act) -> None:
    event = act.event
    kind = event.kind
    if event.member is None and not circle.allows(NEWCOMER, act.by):
        raise Refused(FoldWhy.TO_DECIDE)
    if event.member is not None:
        speak_for(circle, act.by, event.member)
        kind = circle.roots.members[event.member].kind
    left = event.uses or -1
    circle.people.invitations[act.id] = Invitation(act.by, kind, event.member or "", left, event.until)


@rule(events.SpareKept)
def spare_kept(circle: Circle, act: Act) -> None:
    kind = circle.roots.members[act.by].kind
    circle.people.invitations[act.id] = Invitation(act.by, kind, act.by, -1, 0)


@rule(events.InvitationWithdrawn)
def invitation_withdrawn(circle: Circle, act: Act) -> None:
    open_invitation(circle, act.event.invitation).left = 0


def open_invitation(circle: Circle, identifier: str) -> Invitation:
    invitation: Invitation | None = circle.people.invitations.get(identifier)
    if invitation is None:
        raise Refused(Why.NO_INVITATION)
    if invitation.left == 0:
        raise Refused(Why.USED)
    if invitation.until and circle.time > invitation.until:
        raise Refused(Why.EXPIRED)
    return invitation


@rule(events.Joined)
def joined(circle: Circle, act: Act) -> None:
    event, entry = act.event, act.entry
    if act.by or entry.seq or entry.event != JOINED:
        raise Refused(Why.NOT_INVITED)
    invitation = open_invitation(circle, event.invitation)
    if invitation.member:
        member = invitation.member
        found = person(circle, member)
        found.has_device = True
        circle.people.profiles[member] = found
    else:
        member = act.id
        circle.roots.members[member] = Member(invitation.kind)
        circle.people.profiles[member] = Profile(act.id, event.colour, True)
    if invitation.left > 0:
        invitation.left -= 1
    circle.roots.devices[entry.device.hex()] = Device(member, event.holder, event.node, 0, entry.id)


@rule(events.Described)
def described(circle: Circle, act: Act) -> None:
    found = speak_for(circle, act.by, act.event.member)
    found.words, found.colour = act.id, act.event.colour
    circle.people.profiles[act.event.member] = found


@rule(events.KindChanged)
def kind_changed(circle: Circle, act: Act) -> None:
    member, kind = act.event.member, act.event.kind
    person(circle, member)
    if circle.roots.members[member].kind == kind:
        raise Refused(Why.SAME)
    if kind != ADULT:
        if act.by != member and circle.roots.members[member].kind == ADULT:
            raise Refused(Why.NOT_YOURS)
        adults = [m for m in circle.roots.members.values() if m.kind == ADULT and not m.gone]
        if circle.roots.members[member].kind == ADULT and len(adults) == 1:
            raise Refused(Why.LAST_ADULT)
    circle.roots.members[member].kind = kind


@rule(events.WentAway)
def went_away(circle: Circle, act: Act) -> None:
    event = act.event
    if not (is_day(event.since) and is_day(event.until)):
        raise Refused(Why.NO_DAY)
    if event.until < event.since:
        raise Refused(Why.BACKWARDS)
    found = speak_for(circle, act.by, event.member)
    found.away[act.id] = Absence(event.since, event.until)
    circle.people.profiles[event.member] = found


@rule(events.CameBack)
def came_back(circle: Circle, act: Act) -> None:
    found = speak_for(circle, act.by, act.event.member)
    if act.event.absence not in found.away:
        raise Refused(Why.NO_ABSENCE)
    del found.away[act.event.absence]


@rule(events.Left)
def left(circle: Circle, act: Act) -> None:
    circle.roots.members[act.by].gone = "left"


@rule(events.RemovalAgreed)
def removal_agreed(circle: Circle, act: Act) -> None:
    """Consents that count are judged before all others of their epoch; what comes here has no effect."""
    raise Refused(Why.NOT_ENOUGH)


@rule(events.EntryErased)
def entry_erased(circle: Circle, act: Act) -> None:
    entry, author = act.event.entry, act.event.author
    if entry in circle.people.erased:
        raise Refused(Why.SAME)
    check_erasing_entry(circle, act.by, author)
    circle.people.erased[entry] = author


@rule(events.WordsErased)
def words_erased(circle: Circle, act: Act) -> None:
    member = act.event.member
    if member not in circle.roots.members:
        raise Refused(Why.NOBODY)
    check_erasing(circle, act.by, member)
    found = profile(circle, member)
    found.words = ""
    circle.people.profiles[member] = found


def check_erasing(circle: Circle, by: str, member: str) -> None:
    """Raises `Refused` where `by` may not erase all words of `member`."""
    if by == member:
        return
    if circle.roots.members[by].kind != ADULT:
        raise Refused(Why.NOT_YOURS)
    if not circle.roots.members[member].gone and profile(circle, member).has_device:
        raise Refused(Why.STILL_HERE)


def check_erasing_entry(circle: Circle, by: str, author: str) -> None:
    """Raises `Refused` where `by` may not erase the words of an entry that `author` wrote."""
    if by != author and circle.roots.members[by].kind != ADULT:
        raise Refused(Why.NOT_YOURS)

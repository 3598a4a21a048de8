"""What pages need of the people of a circle."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from cercle.core.event import Refused
from cercle.core.fold import ADULT, Circle
from cercle.modules.people.rules import (
    Absence,
    Invitation,
    check_erasing,
    check_erasing_entry,
    profile,
    speak_for,
)


class Person(Struct, frozen=True):
    """`id` names the member; `words` the entry with their name ("" where it was erased); `away` ends on that day."""

    id: str
    words: str
    kind: str
    colour: int
    gone: str
    has_device: bool
    away_until: str
    absences: dict[str, Absence]


def people(circle: Circle, today: str, gone: bool = False) -> list[Person]:
    """The people who are in the circle (or who have gone), in the order in which they came."""
    found = []
    for member, known in circle.roots.members.items():
        if bool(known.gone) != gone:
            continue
        one = profile(circle, member)
        until = max((a.until for a in one.away.values() if a.since <= today <= a.until), default="")
        found.append(Person(member, one.words, known.kind, one.colour, known.gone, one.has_device, until, one.away))
    return found


def invitations(circle: Circle) -> dict[str, Invitation]:
    """Those that still admit somebody; not the spares, by which people come back by themselves."""
    return {
        name: invitation
        for name, invitation in circle.people.invitations.items()
        if invitation.left and not is_spare(invitation) and not (invitation.until and circle.time > invitation.until)
    }


def is_spare(invitation: Invitation) -> bool:
    """Whether it is for the very person who made it, as often as they need it."""
    return invitation.left < 0 and invitation.member == invitation.by


def names(circle: Circle) -> dict[str, str]:
    """Each member's id, to the entry whose words name them."""
    return {member: one.words for member, one in circle.people.profiles.items()}


def agreed_removals(circle: Circle) -> dict[str, list[str]]:
    """For whom some already agreed that they leave, and who."""
    return {member: names for member, names in circle.roots.agreed.items() if not circle.roots.members[member].gone}


def may_speak_for(circle: Circle, by: str, member: str) -> bool:
    """Whether `by` may give this person's name, colour and absences."""
    return allows(lambda: speak_for(circle, by, member))


def may_erase(circle: Circle, by: str, member: str) -> bool:
    """Whether `by` may erase all words of this person."""
    return allows(lambda: check_erasing(circle, by, member))


def may_erase_entry(circle: Circle, by: str, author: str) -> bool:
    return allows(lambda: check_erasing_entry(circle, by, author))


def may_remove(circle: Circle, by: str, member: str) -> bool:
    """Whether the consent of `by` could ever lead to a removal: enough others are there to agree."""
    roots = circle.roots
    adults = {name for name, known in roots.members.items() if known.kind == ADULT and not known.gone}
    keeper = roots.devices[roots.keeper].member
    is_here = member in roots.members and not roots.members[member].gone
    return is_here and by in adults and member not in (by, keeper) and len(adults - {member}) >= 2


def consents_needed(circle: Circle, member: str) -> int:
    """How many adults in all must agree that this person leaves."""
    roots = circle.roots
    others = sum(known.kind == ADULT and not known.gone for name, known in roots.members.items() if name != member)
    return max(2, others // 2 + 1)


def allows(check: Callable[[], object]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def show(circle: Circle) -> dict[str, Any]:
    return {
        "members": {
            member: {
                "kind": known.kind,
                "gone": known.gone,
                "colour": profile(circle, member).colour,
                "away": [[a.since, a.until] for a in profile(circle, member).away.values()],
            }
            for member, known in circle.roots.members.items()
        },
        "invitations": sorted(invitations(circle)),
    }

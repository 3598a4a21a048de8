"""What people do about who has which task for the circle, and for how long."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, EVERYBODY, Code, Id, Words, event

Name = Annotated[str, Meta(min_length=1, max_length=100, extra={"kind": "words"}, description="a name, erasable")]
Days = Annotated[int, Meta(ge=0, le=3660, description="days; 0: without end")]
Powers = Annotated[list[Code], Meta(max_length=20, description="what the charter lets few do, and this role may")]
Turn = Annotated[list[Id], Meta(max_length=50)]


@event(
    "roles.created",
    may=ADULTS | DECIDED,
    en="{by} made the role {name}. {purpose}",
    fr="{by} a créé le rôle « {name} ». {purpose}",
)
class Created(Struct, frozen=True, kw_only=True):
    """There is a task that somebody sees to for all: what for, for how many days at a time (`term`), and whose turn it
    is after whom, where it goes round by itself. `powers` are settings of the charter that say who may do something:
    who has the role may do that too."""

    name: Name
    purpose: Words = ""
    term: Days = 0
    turn: Turn = []
    powers: Powers = []


@event(
    "roles.changed",
    may=ADULTS | DECIDED,
    en="{by} changed the role {role}: {name}. {purpose}",
    fr="{by} a modifié le rôle « {role} » : {name}. {purpose}",
)
class Changed(Struct, frozen=True, kw_only=True):
    """A role is another one from here on; who has it keeps it until their term ends."""

    role: Id
    name: Name
    purpose: Words = ""
    term: Days = 0
    turn: Turn = []
    powers: Powers = []


@event(
    "roles.filled",
    may=ADULTS | DECIDED,
    en="{member} has the role {role} from now on.",
    fr="{member} a désormais le rôle « {role} ».",
)
class Filled(Struct, frozen=True, kw_only=True):
    """Somebody has a role, for its term."""

    role: Id
    member: Id


@event(
    "roles.handed_on",
    may=EVERYBODY,
    en="{by} handed the role {role} on to {member}.",
    fr="{by} a transmis le rôle « {role} » à {member}.",
)
class HandedOn(Struct, frozen=True, kw_only=True):
    """Who has a role lets somebody else have it until the term ends; without a member, gives it back."""

    role: Id
    member: Id | None = None


@event(
    "roles.recalled",
    may=DECIDED,
    en="The circle recalled who had the role {role}.",
    fr="Le cercle a rappelé qui avait le rôle « {role} ».",
)
class Recalled(Struct, frozen=True, kw_only=True):
    """The circle takes a role back, at any time."""

    role: Id


@event(
    "roles.ended",
    may=ADULTS | DECIDED,
    en="{by} ended the role {role}.",
    fr="{by} a mis fin au rôle « {role} ».",
)
class Ended(Struct, frozen=True, kw_only=True):
    """Nobody has this role any more, and it goes round no further."""

    role: Id

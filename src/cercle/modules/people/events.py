"""What people do about who is in the circle."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, EVERYBODY, Code, Day, Id, Words, event

Kind = Annotated[str, Meta(pattern=r"^(adult|child|guest)(?!\n)$", description="adult, child or guest")]
Colour = Annotated[int, Meta(ge=0, le=11, description="one of twelve colours")]
Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
Proof = Annotated[bytes, Meta(min_length=64, max_length=64)]


@event("people.added", may=ADULTS | DECIDED, en="{by} added {name}.", fr="{by} a ajouté {name}.")
class Added(Struct, frozen=True, kw_only=True):
    """A person is in the circle without a device of their own: a child, or somebody who will join later."""

    kind: Kind = "adult"
    colour: Colour = 0
    name: Words


@event(
    "people.invited",
    may=ADULTS | DECIDED,
    en="{by} made an invitation.",
    fr="{by} a préparé une invitation.",
)
class Invited(Struct, frozen=True, kw_only=True):
    """Whoever holds the private part of `key` may join, `uses` times (0: without limit), until the circle's
    time `until` (ms; 0: no end): as a new person of that kind, or as `member` on a further device."""

    key: Key
    kind: Kind = "adult"
    member: Id | None = None
    uses: Annotated[int, Meta(ge=0, le=1000)] = 1
    until: Annotated[int, Meta(ge=0)] = 0


@event(
    "people.spare_kept",
    may=EVERYBODY,
    en="{by} put a spare key aside, for after a restore.",
    fr="{by} a mis de côté une clé de secours, pour après une restauration.",
)
class SpareKept(Struct, frozen=True, kw_only=True):
    """Whoever holds the private part of `key` may come in as this very person on a further device, whenever: the node
    that writes for them keeps it in its backups."""

    key: Key


@event(
    "people.invitation_withdrawn",
    may=ADULTS | DECIDED,
    en="{by} withdrew an invitation.",
    fr="{by} a retiré une invitation.",
)
class InvitationWithdrawn(Struct, frozen=True, kw_only=True):
    """An invitation admits nobody any more."""

    invitation: Id


@event("people.joined", may=EVERYBODY, en="{by} joined the circle.", fr="{by} a rejoint le cercle.")
class Joined(Struct, frozen=True, kw_only=True):
    """A device's first entry, with the proof that it was invited: a new person, or a person's further device.
    `holder` says who holds its key: the node that serves the pages, or the member alone."""

    invitation: Id
    proof: Proof
    colour: Colour = 0
    holder: Code = "node"
    node: Code = ""
    name: Words = ""


@event(
    "people.described",
    may=EVERYBODY,
    en="{by} chose a name and a colour: {name}.",
    fr="{by} a choisi un nom et une couleur : {name}.",
)
class Described(Struct, frozen=True, kw_only=True):
    """A person's name and colour, by themselves; by an adult, for a person without a device."""

    member: Id
    colour: Colour = 0
    name: Words


@event(
    "people.kind_changed",
    may=ADULTS | DECIDED,
    en="{by} made {member} {kind}.",
    fr="{by} a donné à {member} le rôle d’{kind}.",
)
class KindChanged(Struct, frozen=True, kw_only=True):
    """A person becomes an adult, a child or a guest of the circle."""

    member: Id
    kind: Kind


@event(
    "people.went_away",
    may=EVERYBODY,
    en="{by} noted that {member} is away from {since} to {until}.",
    fr="{by} a noté une absence pour {member}, du {since} au {until}.",
)
class WentAway(Struct, frozen=True, kw_only=True):
    """A person is away for some days, both included."""

    member: Id
    since: Day
    until: Day
    note: Words = ""


@event(
    "people.came_back",
    may=EVERYBODY,
    en="{by} struck out an absence of {member}.",
    fr="{by} a annulé une absence notée pour {member}.",
)
class CameBack(Struct, frozen=True, kw_only=True):
    """An absence ends early, or was noted by mistake."""

    member: Id
    absence: Id


@event("people.left", may=EVERYBODY, en="{by} left the circle.", fr="{by} a quitté le cercle.")
class Left(Struct, frozen=True):
    """A person leaves, and takes a copy of the log along."""


@event(
    "people.removal_agreed",
    may=ADULTS,
    en="{by} agreed that {member} leaves.",
    fr="{by} est d’accord pour exclure {member}.",
)
class RemovalAgreed(Struct, frozen=True, kw_only=True):
    """Consent to a removal: it takes effect once more than half of the other adults, two at least, agreed."""

    member: Id


@event(
    "people.entry_erased",
    may=EVERYBODY,
    en="{by} erased the words of an entry.",
    fr="{by} a effacé les mots d’une écriture.",
)
class EntryErased(Struct, frozen=True, kw_only=True):
    """The words of one entry, written by `author`, are removed everywhere: one's own at once, another's by an
    adult, once settled."""

    entry: Id
    author: Id


@event(
    "people.words_erased",
    may=EVERYBODY,
    en="{by} erased all words of {member}.",
    fr="{by} a effacé tous les mots écrits par {member}.",
)
class WordsErased(Struct, frozen=True, kw_only=True):
    """All words that a person wrote, and their name, are removed everywhere: by themselves, or by an adult
    for somebody who has gone."""

    member: Id

"""What people do at the weekly meeting."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, HOUSEHOLD, Day, Id, Words, event

What = Annotated[str, Meta(min_length=1, max_length=500, extra={"kind": "words"}, description="words, erasable")]


@event(
    "week.agreed",
    may=HOUSEHOLD | DECIDED,
    en="The home agreed: {what}.",
    fr="La maison a décidé : {what}.",
)
class Agreed(Struct, frozen=True, kw_only=True):
    """Something was agreed at the table: a certain person sees to it, where one does, until that day."""

    member: Id | None = None
    until: Day | None = None
    what: What


@event(
    "week.kept",
    may=HOUSEHOLD,
    en="{by} says that this was kept: {agreement}.",
    fr="{by} dit que c’est tenu : {agreement}.",
)
class Kept(Struct, frozen=True, kw_only=True):
    """What was agreed has been done."""

    agreement: Id
    day: Day | None = None


@event(
    "week.dropped",
    may=HOUSEHOLD | DECIDED,
    en="The home let this go: {agreement}. {why}",
    fr="La maison a renoncé à ceci : {agreement}. {why}",
)
class Dropped(Struct, frozen=True, kw_only=True):
    """What was agreed is not wanted any more."""

    agreement: Id
    day: Day | None = None
    why: Words = ""

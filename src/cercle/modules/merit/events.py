"""What people do about points: what work is worth, thanks, and wishes for the home."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, EVERYBODY, HOUSEHOLD, Id, Words, event
from cercle.modules.tasks.events import Kind

Name = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a name, erasable")]
Confirm = Literal["nobody", "another", "beneficiary"]
Rate = Annotated[int, Meta(ge=0, le=10_000, description="points")]
Points = Annotated[int, Meta(ge=1, le=1_000_000, description="points")]


@event(
    "merit.rate_set",
    may=ADULTS | DECIDED,
    en="{by} set how many points work is worth: {per_turn} each time, {per_hour} an hour.",
    fr="{by} a fixé ce que vaut un travail en points : {per_turn} par fois, {per_hour} par heure.",
)
class RateSet(Struct, frozen=True, kw_only=True):
    """What a kind of work is worth, or one chore, whose rate outranks its kind's: so many points each time, an hour,
    and for each day that a turn has been due until somebody does it (30 days at most). `confirm` says who confirms it
    before the points come, `budget` how many a person gets by this rate in a week at most (0: no limit). All zero: it
    brings no points any more. Points that were earned before stay as they are."""

    kind: Kind | None = None
    chore: Id | None = None
    per_turn: Rate = 0
    per_hour: Rate = 0
    growing: Rate = 0
    confirm: Confirm = "nobody"
    budget: Annotated[int, Meta(ge=0, le=1_000_000, description="points a week and person")] = 0


@event(
    "merit.confirmed",
    may=EVERYBODY,
    en="{by} confirmed some work.",
    fr="{by} a confirmé un travail.",
)
class Confirmed(Struct, frozen=True, kw_only=True):
    """Somebody who did not do it says that some work was done: its points come. `claim` is the entry that noted it."""

    claim: Id


@event(
    "merit.declined",
    may=EVERYBODY,
    en="{by} did not confirm some work. {why}",
    fr="{by} n’a pas confirmé un travail. {why}",
)
class Declined(Struct, frozen=True, kw_only=True):
    """Somebody who might confirm some work does not: no points come, and none are taken. It can still be confirmed."""

    claim: Id
    why: Words = ""


@event(
    "merit.allowance_set",
    may=ADULTS | DECIDED,
    en="{by} set how many points each may give in thanks a week: {points}.",
    fr="{by} a fixé combien de points chacun peut donner en remerciement par semaine : {points}.",
)
class AllowanceSet(Struct, frozen=True, kw_only=True):
    """So many points of the commons each person may give in thanks in a week; 0: thanks come without points."""

    points: Rate


@event(
    "merit.thanked",
    may=EVERYBODY,
    en="{by} thanked {to}. {what}",
    fr="{by} a remercié {to}. {what}",
)
class Thanked(Struct, frozen=True, kw_only=True):
    """Thanks to somebody else, with points of the commons where the home has set an allowance, or without."""

    to: Id
    points: Annotated[int, Meta(ge=0, le=10_000, description="points")] = 0
    what: Words = ""


@event(
    "merit.wished",
    may=HOUSEHOLD,
    en="{by} wished for {name}, for {points} points.",
    fr="{by} a fait un vœu pour {points} points : « {name} ».",
)
class Wished(Struct, frozen=True, kw_only=True):
    """Something that the home is to have or to do, once so many points are pledged to it."""

    points: Points
    name: Name


@event(
    "merit.pledged",
    may=EVERYBODY,
    en="{by} pledged {points} points to {wish}.",
    fr="{by} a promis {points} points pour « {wish} ».",
)
class Pledged(Struct, frozen=True, kw_only=True):
    """Somebody puts points of their own towards a wish: no more than they have, and no more than it still takes."""

    wish: Id
    points: Points


@event(
    "merit.unpledged",
    may=EVERYBODY,
    en="{by} took back what they had pledged to {wish}.",
    fr="{by} a repris les points promis pour « {wish} ».",
)
class Unpledged(Struct, frozen=True, kw_only=True):
    """Somebody takes back all that they pledged to a wish that is still open."""

    wish: Id


@event(
    "merit.fulfilled",
    may=ADULTS | DECIDED,
    en="{by} fulfilled the wish {wish}.",
    fr="{by} a exaucé le vœu « {wish} ».",
)
class Fulfilled(Struct, frozen=True, kw_only=True):
    """A wish to which all points are pledged has come true: they go back to the commons."""

    wish: Id


@event(
    "merit.released",
    may=HOUSEHOLD | DECIDED,
    en="{by} let go of the wish {wish}.",
    fr="{by} a renoncé au vœu « {wish} ».",
)
class Released(Struct, frozen=True, kw_only=True):
    """A wish is given up, by who made it or by an adult: everybody has back what they pledged."""

    wish: Id

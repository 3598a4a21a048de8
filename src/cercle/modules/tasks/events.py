"""What people do about the work of the home."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, EVERYBODY, HOUSEHOLD, Day, Id, Words, event

Name = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a name, erasable")]
Kind = Literal[
    "cooking",
    "cleaning",
    "laundry",
    "shopping",
    "garden",
    "repairs",
    "care",
    "animals",
    "errands",
    "paperwork",
    "other",
]
Rotation = Literal["fixed", "in_turn", "least_recent", "fewest_minutes", "whoever", "together", "random"]
# Each such rhythm has a day to come, whenever it starts, and one spelling (RFC 5545, section 3.3.10).
Rhythm = Annotated[
    str,
    Meta(
        pattern=r"^(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;INTERVAL=([2-9]|[1-9][0-9]{1,2}))?"
        r"|FREQ=WEEKLY(;INTERVAL=([2-9]|[1-9][0-9]))?;BYDAY=(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU)){0,6}"
        r"|FREQ=MONTHLY(;INTERVAL=([2-9]|[1-9][0-9]))?;BYMONTHDAY=(-1|[1-9]|1[0-9]|2[0-8])"
        r"|FREQ=MONTHLY(;INTERVAL=([2-9]|[1-9][0-9]))?;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU))(?!\n)$",
        description="how often, as a recurrence rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,TH",
    ),
]
People = Annotated[list[Id], Meta(max_length=200)]
Who = Annotated[list[Id], Meta(min_length=1, max_length=200)]
Minutes = Annotated[int, Meta(ge=0, le=100_000, description="minutes of work, of each person")]
Seed = Annotated[int, Meta(ge=0, le=2**53, description="chance, by which the next person is drawn")]
Turn = Annotated[int, Meta(ge=0, le=10**9, description="how often it was someone’s turn before")]


@event(
    "tasks.chore_added",
    may=HOUSEHOLD | DECIDED,
    en="{by} added the chore {name}.",
    fr="{by} a ajouté la tâche « {name} ».",
)
class ChoreAdded(Struct, frozen=True, kw_only=True):
    """Something that has to be done, once, now and then, or by a rhythm. The rhythm counts from `start`, or, where it
    `follows`, from the day on which it was last done. `members` are those who take part, in their order (nobody named:
    everybody); `rotation` says whose turn it is. `minutes` is how long it takes, as a rule."""

    kind: Kind = "other"
    rhythm: Rhythm | None = None
    start: Day | None = None
    follows: bool = False
    rotation: Rotation = "whoever"
    members: People = []
    minutes: Minutes = 0
    seed: Seed = 0
    name: Name
    note: Words = ""


@event(
    "tasks.chore_changed",
    may=HOUSEHOLD | DECIDED,
    en="{by} described the chore {name} anew.",
    fr="{by} a modifié la tâche « {name} ».",
)
class ChoreChanged(Struct, frozen=True, kw_only=True):
    """All that is said of a chore, anew. What was done stays done."""

    chore: Id
    kind: Kind = "other"
    rhythm: Rhythm | None = None
    start: Day | None = None
    follows: bool = False
    rotation: Rotation = "whoever"
    members: People = []
    minutes: Minutes = 0
    seed: Seed = 0
    name: Name
    note: Words = ""


@event(
    "tasks.chore_archived",
    may=HOUSEHOLD | DECIDED,
    en="{by} put the chore {chore} away.",
    fr="{by} a archivé la tâche « {chore} ».",
)
class ChoreArchived(Struct, frozen=True, kw_only=True):
    """A chore is nobody's turn any more. What was done of it stays."""

    chore: Id


@event(
    "tasks.chore_restored",
    may=HOUSEHOLD | DECIDED,
    en="{by} brought the chore {chore} back.",
    fr="{by} a repris la tâche « {chore} ».",
)
class ChoreRestored(Struct, frozen=True, kw_only=True):
    """An archived chore is somebody's turn again."""

    chore: Id


@event(
    "tasks.done",
    may=EVERYBODY,
    en="{who} did {chore}. {note}",
    fr="« {chore} » : c’est fait, par {who}. {note}",
)
class Done(Struct, frozen=True, kw_only=True):
    """A turn of a chore is done, by those people, in so many minutes each (none named: as many as it takes as a rule),
    on that day. `due` is the day that it was for. A turn is done once: of two people who tap the same one apart, one
    has done it."""

    chore: Id
    turn: Turn
    who: Who
    minutes: Minutes | None = None
    due: Day | None = None
    day: Day | None = None
    seed: Seed = 0
    note: Words = ""


@event(
    "tasks.skipped",
    may=HOUSEHOLD,
    en="{by} left out {chore} this time. {why}",
    fr="{by} a passé un tour de « {chore} ». {why}",
)
class Skipped(Struct, frozen=True, kw_only=True):
    """A turn of a chore passes without being done, for a reason."""

    chore: Id
    turn: Turn
    due: Day | None = None
    day: Day | None = None
    seed: Seed = 0
    why: Words = ""


@event(
    "tasks.taken_over",
    may=HOUSEHOLD | DECIDED,
    en="{member} takes {chore} this time.",
    fr="{member} se charge de « {chore} » cette fois.",
)
class TakenOver(Struct, frozen=True, kw_only=True):
    """This turn of a chore is a certain person's, whoever's turn it was; the next is whose it would have been."""

    chore: Id
    turn: Turn
    member: Id


@event(
    "tasks.put_off",
    may=HOUSEHOLD | DECIDED,
    en="{by} put {chore} off until {until}.",
    fr="{by} a reporté « {chore} » au {until}.",
)
class PutOff(Struct, frozen=True, kw_only=True):
    """This turn of a chore is for another day."""

    chore: Id
    turn: Turn
    until: Day


@event(
    "tasks.worked",
    may=EVERYBODY,
    en="{who} worked {minutes} minutes: {what}.",
    fr="{who}, {minutes} minutes de travail : {what}.",
)
class Worked(Struct, frozen=True, kw_only=True):
    """Work that is no chore of the home's: of that kind, by those people, so many minutes each, on that day; for
    `whom`, where one person has the good of it."""

    kind: Kind = "other"
    minutes: Annotated[int, Meta(ge=1, le=100_000, description="minutes of work, of each person")]
    who: Who
    whom: Id | None = None
    day: Day | None = None
    what: Words = ""


@event(
    "tasks.undone",
    may=EVERYBODY,
    en="{by} took back that something was done. {why}",
    fr="{by} est revenu sur une tâche notée. {why}",
)
class Undone(Struct, frozen=True, kw_only=True):
    """What was noted as done, skipped or worked was not, or what was taken back was right after all: `entry` is what
    is taken back, once. Both stay in the log. Where nothing has followed, it is the same turn again."""

    entry: Id
    why: Words = ""

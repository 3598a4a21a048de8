"""What people do about their meetings."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, EVERYBODY, HOUSEHOLD, Day, Id, Words, event
from cercle.modules.tasks.events import Rhythm

Title = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a title, erasable")]
Note = Annotated[str, Meta(min_length=1, max_length=2000, extra={"kind": "words"}, description="words, erasable")]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$", description="what a clock shows, HH:MM")]
Zone = Annotated[
    str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,39}(?!\n)$", description="a zone of time, as IANA names it")
]
Minutes = Annotated[int, Meta(ge=0, le=1440, description="minutes")]
People = Annotated[list[Id], Meta(max_length=200)]


@event(
    "meetings.called",
    may=HOUSEHOLD | DECIDED,
    en="{by} called the meeting {name} for {day}, {at}. {about}",
    fr="{by} a convoqué la réunion « {name} » pour le {day}, {at}. {about}",
)
class Called(Struct, frozen=True, kw_only=True):
    """A meeting, once on that day, or by a rhythm from that day on: its `day` and `at` are those of the `zone`, where
    there is one. It takes so many `minutes`, as a rule."""

    day: Day
    at: Clock
    minutes: Minutes = 0
    zone: Zone | None = None
    rhythm: Rhythm | None = None
    name: Title
    place: Words = ""
    link: Words = ""
    about: Words = ""


@event(
    "meetings.changed",
    may=HOUSEHOLD | DECIDED,
    en="{by} described the meeting {name} anew: {day}, {at}. {about}",
    fr="{by} a modifié la réunion « {name} » : {day}, {at}. {about}",
)
class Changed(Struct, frozen=True, kw_only=True):
    """A meeting is another one from here on. What was moved or called off before by its old rhythm counts no more."""

    meeting: Id
    day: Day
    at: Clock
    minutes: Minutes = 0
    zone: Zone | None = None
    rhythm: Rhythm | None = None
    name: Title
    place: Words = ""
    link: Words = ""
    about: Words = ""


@event(
    "meetings.moved",
    may=HOUSEHOLD | DECIDED,
    en="{by} moved {meeting} from {day} to {to}, {at}. {why}",
    fr="{by} a déplacé « {meeting} » du {day} au {to}, {at}. {why}",
)
class Moved(Struct, frozen=True, kw_only=True):
    """One time of a meeting, which would have been on that day, is on another day, or at another hour."""

    meeting: Id
    day: Day
    to: Day
    at: Clock
    why: Words = ""


@event(
    "meetings.called_off",
    may=HOUSEHOLD | DECIDED,
    en="{by} called {meeting} off: {day}. {why}",
    fr="{by} a annulé « {meeting} » : {day}. {why}",
)
class CalledOff(Struct, frozen=True, kw_only=True):
    """One time of a meeting does not take place; without a day, no further one does."""

    meeting: Id
    day: Day | None = None
    why: Words = ""


@event(
    "meetings.answered",
    may=EVERYBODY,
    en="{by} answered {meeting} on {day}: {answer}. {why}",
    fr="{by} a répondu à « {meeting} » du {day} : {answer}. {why}",
)
class Answered(Struct, frozen=True, kw_only=True):
    """Whether somebody comes."""

    meeting: Id
    day: Day
    answer: Literal["yes", "no", "maybe"]
    why: Words = ""


@event(
    "meetings.item_put",
    may=HOUSEHOLD,
    en="{by} put on the agenda of {meeting}: {what}. {why}",
    fr="{by} a mis à l’ordre du jour de « {meeting} » : {what}. {why}",
)
class ItemPut(Struct, frozen=True, kw_only=True):
    """Something is to be talked about, the next time that there is time for it; for so many minutes, where it says so.
    A proposal that is put to the vote is on the agenda by itself."""

    meeting: Id
    minutes: Minutes = 0
    what: Title
    why: Words = ""


@event(
    "meetings.item_closed",
    may=HOUSEHOLD,
    en="{by} took this off the agenda: {item}.",
    fr="{by} a retiré ceci de l’ordre du jour : {item}.",
)
class ItemClosed(Struct, frozen=True, kw_only=True):
    """It was talked about, at the time of that day; without one it is left."""

    item: Id
    day: Day | None = None


@event(
    "meetings.begun",
    may=HOUSEHOLD,
    en="{by} opened {meeting} on {day}, with {members}.",
    fr="{by} a ouvert « {meeting} » le {day}, avec {members}.",
)
class Begun(Struct, frozen=True, kw_only=True):
    """A meeting begins, and who is there."""

    meeting: Id
    day: Day
    members: Annotated[list[Id], Meta(min_length=1, max_length=200)]


@event(
    "meetings.joined",
    may=HOUSEHOLD,
    en="These were there too, at {meeting} on {day}: {members}.",
    fr="Étaient là aussi, à « {meeting} » le {day} : {members}.",
)
class Joined(Struct, frozen=True, kw_only=True):
    """Others are there too, or came later: one of those who are there says so, or each of them of themselves."""

    meeting: Id
    day: Day
    members: Annotated[list[Id], Meta(min_length=1, max_length=200)]


@event(
    "meetings.noted",
    may=EVERYBODY,
    en="{by} wrote down at {meeting} on {day}: {what}",
    fr="{by} a noté à « {meeting} » le {day} : {what}",
)
class Noted(Struct, frozen=True, kw_only=True):
    """A line of the minutes, by one of those who were there; of an item of the agenda, or of a proposal, where it says
    so."""

    meeting: Id
    day: Day
    item: Id | None = None
    what: Note


@event(
    "meetings.amended",
    may=EVERYBODY,
    en="{by} wrote this line of the minutes anew: {what}",
    fr="{by} a réécrit cette ligne du compte rendu : {what}",
)
class Amended(Struct, frozen=True, kw_only=True):
    """A line of the minutes is another one, by one of those who were there; what it was before can still be read."""

    note: Id
    what: Note


@event(
    "meetings.closed",
    may=HOUSEHOLD,
    en="{by} closed {meeting} on {day}.",
    fr="{by} a clos « {meeting} » le {day}.",
)
class Closed(Struct, frozen=True, kw_only=True):
    """A meeting is over. Its minutes may still be amended by those who were there."""

    meeting: Id
    day: Day

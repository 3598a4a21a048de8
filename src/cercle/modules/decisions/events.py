"""What people do to decide together."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, HOUSEHOLD, Carried, Code, Id, Words, event

METHODS = "light|lazy|majority|two_thirds|consent|election|approval|score|ranked|lot|times"
Method = Annotated[str, Meta(pattern=rf"^({METHODS})(?!\n)$", description="the way of deciding")]
Title = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a title, erasable")]
Some = Annotated[list[Id], Meta(max_length=50)]
Choice = Annotated[dict[Code, Annotated[int, Meta(ge=0, le=100)]], Meta(max_length=50)]
Moment = Annotated[int, Meta(ge=0, le=10**14, description="ms since 1970")]
Fields = Annotated[dict[Code, Any], Meta(max_length=50, description="the fields of the event")]


@event(
    "decisions.proposed",
    may=HOUSEHOLD,
    en="{by} proposed: {title}. {why}",
    fr="{by} a proposé : {title}. {why}",
)
class Proposed(Struct, frozen=True, kw_only=True):
    """Something is proposed, with its reasons. It is talked about from now on, and put to the vote later."""

    title: Title
    why: Words = ""


@event(
    "decisions.clause_added",
    may=HOUSEHOLD,
    en="{by} added to the proposal {motion} what it would change.",
    fr="{by} a ajouté à la proposition « {motion} » ce qu’elle changerait.",
)
class ClauseAdded(Struct, frozen=True, kw_only=True):
    """What the circle would do: an event with its fields, and the words that go with it. With an `option`, only where
    that one is chosen. Anybody may suggest one; it is voted on once a round names it."""

    motion: Id
    does: Code
    fields: Fields = {}
    option: Id | None = None
    words: Carried = {}


@event(
    "decisions.option_added",
    may=HOUSEHOLD,
    en="{by} added a choice to the proposal {motion}: {what}.",
    fr="{by} a ajouté un choix à la proposition « {motion} » : {what}.",
)
class OptionAdded(Struct, frozen=True, kw_only=True):
    """One of the choices of a proposal, or one of the times, from `starts` to `ends`."""

    motion: Id
    starts: Moment = 0
    ends: Moment = 0
    what: Words = ""


@event(
    "decisions.spoken",
    may=HOUSEHOLD,
    en="{by} said of the proposal {motion}: {what}",
    fr="{by} a dit de la proposition « {motion} » : {what}",
)
class Spoken(Struct, frozen=True, kw_only=True):
    """What somebody has to say of a proposal."""

    motion: Id
    what: Title


@event(
    "decisions.opened",
    may=HOUSEHOLD,
    en="{by} put the proposal {motion} to the vote. {why}",
    fr="{by} a mis la proposition « {motion} » aux voix. {why}",
)
class Opened(Struct, frozen=True, kw_only=True):
    """A round begins: these clauses and options are voted on, in this way, for so many days from the seal that confirms
    it. What was said in an earlier round counts no more. The number under `review` says after how many months the
    decision is looked at again; without it, the charter does."""

    motion: Id
    method: Method
    clauses: Some = []
    options: Some = []
    days: Annotated[int, Meta(ge=0, le=365)] = 0
    review: Annotated[int, Meta(ge=0, le=120)] | None = None
    why: Words = ""


@event(
    "decisions.voted",
    may=HOUSEHOLD,
    en="{by} voted on the proposal {motion}. {why}",
    fr="{by} a voté sur la proposition « {motion} ». {why}",
)
class Voted(Struct, frozen=True, kw_only=True):
    """Somebody's vote in a round, in place of any earlier one; without a choice they abstain."""

    motion: Id
    round: Id
    choice: Choice = {}
    why: Words = ""


class Papers(Struct, frozen=True, array_like=True):
    """So many ballots on paper that say the same."""

    choice: Choice
    number: Annotated[int, Meta(ge=1, le=200)]


@event(
    "decisions.papers_counted",
    may=HOUSEHOLD,
    en="{by} counted the papers of {who} on the proposal {motion}. {why}",
    fr="{by} a dépouillé les bulletins de {who} sur la proposition « {motion} ». {why}",
)
class PapersCounted(Struct, frozen=True, kw_only=True):
    """What stands on the ballots of those who voted on paper: `who` they are, and how many papers say what. It counts
    once two people have counted the same; who has voted otherwise, handed in no paper."""

    motion: Id
    round: Id
    who: Annotated[list[Id], Meta(min_length=1, max_length=200)]
    papers: Annotated[list[Papers], Meta(min_length=1, max_length=200)]
    why: Words = ""


@event(
    "decisions.named",
    may=HOUSEHOLD,
    en="{by} asked for consent to {member} in the election {motion}. {why}",
    fr="{by} a demandé l’accord de tous pour {member} dans l’élection « {motion} ». {why}",
)
class Named(Struct, frozen=True, kw_only=True):
    """In an election without candidates, after what everybody has said: who it is to be, unless somebody objects."""

    motion: Id
    round: Id
    member: Id
    why: Words = ""


@event(
    "decisions.lot_read",
    may=ADULTS,
    en="{by} read the numbers for the lot of the proposal {motion}.",
    fr="{by} a relevé les numéros pour le tirage de la proposition « {motion} ».",
)
class LotRead(Struct, frozen=True, kw_only=True):
    """The numbers from which a lot is drawn, as they were made public after the vote had ended. The lot is drawn once
    two people have read the same."""

    motion: Id
    key: Annotated[str, Meta(pattern=r"^[0-9./]{3,200}(?!\n)$", description="numbers, points and slashes")]


@event(
    "decisions.withdrawn",
    may=HOUSEHOLD,
    en="{by} withdrew the proposal {motion}. {why}",
    fr="{by} a retiré la proposition « {motion} ». {why}",
)
class Withdrawn(Struct, frozen=True, kw_only=True):
    """Who had proposed something does so no more."""

    motion: Id
    why: Words = ""


@event(
    "decisions.proxy_named",
    may=HOUSEHOLD,
    en="{by} lets {member} vote for them for {days} days.",
    fr="{by} donne procuration à {member} pour {days} jours.",
)
class ProxyNamed(Struct, frozen=True, kw_only=True):
    """Somebody votes for one who is away, wherever that one does not vote themselves; 0 days ends it."""

    member: Id
    days: Annotated[int, Meta(ge=0, le=730)]


@event(
    "decisions.reviewed",
    may=HOUSEHOLD,
    en="{by} looked at the decision {motion} again. {why}",
    fr="{by} a revu la décision « {motion} ». {why}",
)
class Reviewed(Struct, frozen=True, kw_only=True):
    """A decision that was to be looked at again stays as it is, for so many months more; 0 without end. To change it is
    a new proposal."""

    motion: Id
    months: Annotated[int, Meta(ge=0, le=120)] = 0
    why: Words = ""

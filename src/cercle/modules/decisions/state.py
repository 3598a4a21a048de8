"""What the circle knows of its proposals, and what the rules ask of it before they change anything."""

from typing import Any

from msgspec import Struct

from cercle.core.enacting import Clause
from cercle.core.event import Reason, Refused
from cercle.core.fold import Circle
from cercle.modules.charter.rules import value
from cercle.modules.decisions.events import Papers

DAY = 86_400_000  # ms

# Ways of deciding on a proposal as it stands, each with what can be said of it; by the others, one of several is
# chosen.
YES_OR_NO = ("yes", "no")
STANCES = {
    "lazy": ("object",),
    "consent": ("consent", "object"),
    "majority": YES_OR_NO,
    "two_thirds": YES_OR_NO,
}
HIGHEST_NUMBER = {"approval": 1, "score": 5, "ranked": 50, "times": 2}


class Why(Reason):
    NO_MOTION = ("decisions.no_motion", "There is no such proposal.")
    ENDED = ("decisions.ended", "This proposal is over.")
    NO_ROUND = ("decisions.no_round", "This was put to the vote again since, or is not put to the vote yet.")
    CLOSED = ("decisions.closed", "This vote has ended.")
    NOT_YOURS = ("decisions.not_yours", "Only who proposed it can do that, as long as they are here.")
    NO_CLAUSE = ("decisions.no_clause", "There is no such clause in this proposal.")
    NO_OPTION = ("decisions.no_option", "There is no such choice in this proposal.")
    NOT_DECIDED = ("decisions.not_decided", "That is not for the circle to do by a decision.")
    TOO_MANY = ("decisions.too_many", "A proposal has 50 clauses and 50 choices at most.")
    FEW_OPTIONS = ("decisions.few_options", "To choose takes two choices at least.")
    NO_OPTIONS_HERE = ("decisions.no_options_here", "This way of deciding is about one proposal, without choices.")
    ONE_MEMBER = ("decisions.one_member", "An election is about one role, whose holder it fills in.")
    TOO_LIGHT = ("decisions.too_light", "The charter asks for a stricter way of deciding here.")
    TOO_SHORT = ("decisions.too_short", "The charter asks for more days than that.")
    NO_VOTER = ("decisions.no_voter", "Who votes on this was fixed when it was put to the vote.")
    NO_CHOICE = ("decisions.no_choice", "That cannot be said in this way of deciding.")
    NO_REASON = ("decisions.no_reason", "This comes with its reason.")
    BACKWARDS = ("decisions.backwards", "A time ends after it begins.")
    VOTED = ("decisions.voted_already", "One of these has voted on their own device, and hands in no paper.")
    MISCOUNTED = ("decisions.miscounted", "There is one paper for each who handed one in.")
    NO_LOT = ("decisions.no_lot", "There is no lot to be drawn.")
    READ = ("decisions.read_already", "You have read these numbers already.")
    NOBODY = ("decisions.nobody", "There is no such person in the circle.")
    NO_PROXY = ("decisions.no_proxy", "The charter does not let anybody vote for another for so long.")
    ONESELF = ("decisions.oneself", "You vote for yourself anyway.")
    SAME = ("decisions.same", "It is so already.")
    NO_REVIEW = ("decisions.no_review", "This decision is not to be looked at again.")


class Option(Struct, array_like=True, gc=False):
    """A choice, or a time from `starts` to `ends` (ms; 0 where it is none)."""

    by: str
    starts: int = 0
    ends: int = 0


class Suggested(Struct):
    """A clause, and by whom; with an `option`, it is for where that one is chosen."""

    clause: Clause
    by: str
    option: str = ""


class Ballot(Struct, frozen=True):
    """What somebody said, in which entry, written when by their device's clock (ms; a claim). `node`: the installation
    that held the key by which it was signed, and could have signed it by itself; "" where the member alone did."""

    entry: str
    choice: dict[str, int]
    time: int
    node: str


class Counted(Struct, frozen=True):
    """What somebody counted of papers: `who` handed one in, and the choices with how many papers say so, each in one
    order, so that two who counted the same are equal."""

    who: list[str]
    papers: list[Papers]


class Held(Struct, frozen=True):
    """The charter's settings that a round goes by, as they were when it was opened: what is changed meanwhile changes
    nothing of a vote that is under way."""

    quorum: int
    active_days: int
    tie: str
    reasons: bool
    proxy_most: int


class Round(Struct):
    """One putting to the vote: `voters` may take part. `until` (ms of the circle's time) is 0 as long as no seal has
    confirmed that it is open. `named`: in an election, who it is to be, as the entry `naming` says. `clocks`: of voters
    who have done something since then, what their own clock claimed at first (ms). `late`: ballots that arrived after
    the end. `counted`: by whom, what stood on papers."""

    id: str
    method: str
    clauses: list[str]
    options: list[str]
    days: int
    voters: list[str]
    held: Held
    until: int = 0
    named: str = ""
    naming: str = ""
    clocks: dict[str, int] = {}
    ballots: dict[str, Ballot] = {}
    late: dict[str, Ballot] = {}
    counted: dict[str, Counted] = {}


class Outcome(Struct, frozen=True):
    """How a round ended, at the circle's time `at` (ms). `result`: passed, failed, tied, few (the quorum was missed),
    drawing (a lot is to be drawn) or undone (a rule refused what was to be done: `clause`, for that `reason`).
    `figures` are those of `tally`, or how many said what. `proxies`: who voted for whom. `papers`: how many of them
    voted on paper. `chosen`: the option, or the person."""

    round: str
    result: str
    at: int
    took_part: int
    active: int
    figures: dict[str, list[int]] = {}
    leading: list[str] = []
    chosen: str = ""
    proxies: dict[str, str] = {}
    clause: str = ""
    reason: str = ""
    lot: str = ""
    papers: int = 0


class Motion(Struct):
    """A proposal. `ended` is "", "passed", "failed", "withdrawn"; `outcomes` those of its rounds so far; `review` (ms)
    is when it is looked at again, 0 never. `months`: until then, as the round has it. `keys`: what was read for a lot,
    and by whom. `talk`: the entries of what was said."""

    by: str
    time: int
    clauses: dict[str, Suggested] = {}
    options: dict[str, Option] = {}
    talk: list[str] = []
    rounds: list[str] = []
    round: Round | None = None
    outcomes: list[Outcome] = []
    ended: str = ""
    months: int = 0
    review: int = 0
    keys: dict[str, str] = {}


class Proxy(Struct):
    """To whom, and for how many days from the seal that confirms it: `until` (ms of the circle's time) is 0 as long as
    none has."""

    to: str
    days: int
    entry: str
    until: int = 0


class Decisions(Struct):
    """`heard`: for each member the circle's time (ms) when they last did something; `clocks`: the latest that their own
    clock has claimed. `came`: when they came in, of those who did since the circle decides so, which it has since
    `began`. `open`: the motions that have not ended. `crowded`: since when (ms) there are so many people that the
    circle talks about becoming two; 0 where there are not."""

    motions: dict[str, Motion] = {}
    open: list[str] = []
    proxies: dict[str, Proxy] = {}
    heard: dict[str, int] = {}
    clocks: dict[str, int] = {}
    came: dict[str, int] = {}
    began: int = 0
    crowded: int = 0


# --- what the rules ask ----------------------------------------------------------------------------------------------


def open_motion(circle: Circle, name: str) -> Motion:
    """Raises `Refused`."""
    motion: Motion | None = circle.decisions.motions.get(name)
    if motion is None:
        raise Refused(Why.NO_MOTION)
    if motion.ended:
        raise Refused(Why.ENDED)
    return motion


def round_of(motion: Motion, identifier: str) -> Round:
    """The round that is under way, where it is this one. Raises `Refused`."""
    if motion.round is None or motion.round.id != identifier:
        raise Refused(Why.NO_ROUND)
    return motion.round


def is_closed(motion: Motion) -> bool:
    """Whether the round that was opened last has ended."""
    return bool(motion.round and motion.outcomes and motion.outcomes[-1].round == motion.round.id)


def check_proposer(circle: Circle, motion: Motion, by: str) -> None:
    """Whose proposal it is decides what becomes of it; once they have gone, anybody. Raises `Refused`."""
    if not is_theirs(circle, motion, by):
        raise Refused(Why.NOT_YOURS)


def is_theirs(circle: Circle, motion: Motion, by: str) -> bool:
    return by == motion.by or bool(circle.roots.members[motion.by].gone)


def may_open(circle: Circle, motion: Motion, by: str) -> bool:
    """Whether it is for them to put it to the vote: who proposed it, or, where they do not vote themselves, anybody."""
    return is_theirs(circle, motion, by) or motion.by not in voters(circle)


def voters(circle: Circle) -> list[str]:
    """Who votes on what is opened now: each of them has one vote, whatever else they have. Nobody is a newcomer where
    all are: in a circle that has decided for no longer than that itself."""
    kinds = ("adult", "child") if value(circle, "voters") == "household" else ("adult",)
    since = circle.time - int(value(circle, "newcomer_days")) * DAY
    is_young = not circle.decisions.began or circle.decisions.began > since
    came: dict[str, int] = {} if is_young else circle.decisions.came
    return [
        name
        for name, member in circle.roots.members.items()
        if member.kind in kinds and not member.gone and came.get(name, since) <= since
    ]


def still_here(circle: Circle, names: list[str]) -> list[str]:
    return [name for name in names if not circle.roots.members[name].gone]


def held(circle: Circle) -> Held:
    """The settings that a round goes by."""
    found: dict[str, Any] = {name: value(circle, name) for name in ("quorum", "active_days", "tie", "proxy_most")}
    return Held(**found, reasons=value(circle, "reasons") == "yes")

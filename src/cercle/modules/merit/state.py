"""What is kept of points, and how they move: in the ledger of the accounts, and never below nothing."""

from msgspec import Struct, field

from cercle.core.event import Reason, monday_of, utc_day
from cercle.core.fold import Circle
from cercle.core.shelf import Shelf
from cercle.modules.accounts.rules import Accounts, Move, post

MERIT = "merit"
COMMONS = "commons"


class Why(Reason):
    ONE_OF_TWO = ("merit.one_of_two", "Say for which kind of work, or for which chore.")
    NO_CHORE = ("merit.no_chore", "There is no such chore.")
    SAME = ("merit.same", "It is so already.")
    NO_CLAIM = ("merit.no_claim", "There is no such work to confirm.")
    GIVEN = ("merit.given", "This was confirmed already.")
    NOT_YOURS_TO_CONFIRM = ("merit.not_yours_to_confirm", "Somebody else confirms this work.")
    NOBODY = ("merit.nobody", "There is no such person in the circle.")
    TO_ONESELF = ("merit.to_oneself", "Thanks go to somebody else.")
    ALLOWANCE = ("merit.allowance", "That is more than you may still give this week.")
    NO_WISH = ("merit.no_wish", "There is no such wish.")
    CLOSED = ("merit.closed", "This wish was fulfilled or let go already.")
    TOO_MANY = ("merit.too_many", "You do not have that many points.")
    NOT_NEEDED = ("merit.not_needed", "This wish does not take that many any more.")
    NO_PLEDGE = ("merit.no_pledge", "You have pledged nothing to this wish.")
    NOT_FULL = ("merit.not_full", "Not all points are pledged yet.")
    NOT_YOURS = ("merit.not_yours", "Only who made this wish, or an adult, can let it go.")


class Rate(Struct, frozen=True):
    """What work is worth, in points; `entry` set it."""

    entry: str
    per_turn: int
    per_hour: int
    growing: int
    confirm: str
    budget: int

    @property
    def is_nothing(self) -> bool:
        return not (self.per_turn or self.per_hour or self.growing)


class Earning(Struct, frozen=True, array_like=True, gc=False):
    """What the work that an entry noted is worth to each: `by` says by whose rate (a chore, or a kind), `rate`
    is the entry that had set it, `week` the one in whose budget it counts. `given`: nobody had to confirm it, or it was
    confirmed. `declined`: the entry that did so before, if any. `undone`: the work was taken back."""

    by: str
    rate: str
    points: dict[str, int]
    week: str
    confirm: str
    whom: str = ""
    given: bool = False
    declined: str = ""
    undone: bool = False


class Earnings(Shelf[Earning]):
    kind = Earning


class Flow(Struct, frozen=True, array_like=True, gc=False):
    """What an entry brought to people, or took: points by member, in full, whatever of it made up for what they owed.
    `of`: the work or the wish that it was for; `rate`: the entry that set what the work is worth."""

    points: dict[str, int]
    of: str = ""
    rate: str = ""


class Flows(Shelf[Flow]):
    kind = Flow


class Said(Struct, frozen=True, array_like=True, gc=False):
    """Thanks to somebody, with so many points or none; `time` (ms) is what the clock of the device claimed."""

    by: str
    to: str
    points: int
    time: int


class Thanks(Shelf[Said]):
    kind = Said


class Tally(Struct):
    """How often something went from one person to another, and how many points with it."""

    times: int = 0
    points: int = 0


Tallies = dict[str, dict[str, dict[str, Tally]]]  # week (its Monday), from whom, to whom


class Wish(Struct):
    """`by` made it; `pledges` are points by member; `ended` is "", "fulfilled" or "released", by the entry
    `end`."""

    by: str
    points: int
    pledges: dict[str, int] = {}
    ended: str = ""
    end: str = ""

    @property
    def pledged(self) -> int:
        return sum(self.pledges.values())


class Merit(Struct):
    """`rates`: by chore, or by kind of work. `waiting`: the entries that noted work which somebody is to confirm.
    `owed`: points by member that were taken back when they were no longer there. `used`: what came in `week` by each
    rate, for its budget: rate, member, points."""

    rates: dict[str, Rate] = {}
    allowance: int = 0
    earnings: Earnings = field(default_factory=Earnings)
    flows: Flows = field(default_factory=Flows)
    waiting: list[str] = []
    owed: dict[str, int] = {}
    week: str = ""
    used: dict[str, dict[str, int]] = {}
    confirmed: Tallies = {}
    thanked: Tallies = {}
    thanks: Thanks = field(default_factory=Thanks)
    wishes: dict[str, Wish] = {}


def week_of(circle: Circle) -> str:
    """The Monday of the week (in UTC) that the circle's time is in; the rules know no time zones."""
    return monday_of(utc_day(circle.time))


def balance(circle: Circle, account: str) -> int:
    accounts: Accounts = circle.accounts
    return accounts.balances.get(MERIT, {}).get(account, 0)


def move(
    circle: Circle, entry: str, points: dict[str, int], others: dict[str, int], of: str = "", rate: str = ""
) -> None:
    """Moves points between people and `others` (the commons, wishes), both as signed changes that add up to zero.

    Nobody falls below nothing: what somebody is to give back and has no more, they owe, and what comes to them next
    makes up for that first, whatever it is. So whoever owes has nothing, and whoever has something owes nothing.
    """
    merit, changes = circle.merit, dict(others)
    for member, change in points.items():
        before, owed = balance(circle, member), merit.owed.get(member, 0)
        after = before - owed + change
        changes[member] = max(after, 0) - before
        changes[COMMONS] = changes.get(COMMONS, 0) - (max(-after, 0) - owed)
        if after < 0:
            merit.owed[member] = -after
        elif owed:
            del merit.owed[member]
    if any(points.values()):
        merit.flows.put(entry, Flow(points, of, rate))
    post_together(circle.accounts, entry, {account: change for account, change in changes.items() if change})


def post_together(accounts: Accounts, entry: str, changes: dict[str, int]) -> None:
    """Posts changes that add up to zero as what the greatest of them shares with all others, by weights that come out
    even: the ledger tells it again as it does every shared cost, and nothing is carried."""
    if not changes:
        return
    main = max(changes, key=lambda account: abs(changes[account]))
    amount = changes.pop(main)
    for account, change in changes.items():
        post(accounts, MERIT, main, account, -change)
    sign = 1 if amount > 0 else -1
    shares = {account: -change * sign for account, change in changes.items()}
    accounts.moves.put(entry, Move(MERIT, amount, main, shares=shares, module="merit"))


def tally(tallies: Tallies, week: str, by: str, to: str, points: int) -> None:
    """Once more from one person to another."""
    found = tallies.setdefault(week, {}).setdefault(by, {}).setdefault(to, Tally())
    found.times += 1
    found.points += points

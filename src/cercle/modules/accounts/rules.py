"""The ledger: integers in minor units, every posting balanced, the parts of a cent carried from bill to bill."""

from math import gcd, lcm

from msgspec import Struct, field
from msgspec.structs import replace

from cercle.core.event import Reason, Refused, is_day
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.core.shelf import Shelf
from cercle.modules.accounts.events import Corrected, Shared, Transferred

RESERVED = ("merit", "hours")
FINEST = 1000


class Why(Reason):
    NOBODY = ("accounts.nobody", "There is no such person in the circle.")
    NOTHING = ("accounts.nothing", "An amount is more than nothing.")
    TO_ONESELF = ("accounts.to_oneself", "Nobody can give to themselves.")
    RESERVED = ("accounts.reserved", "This cannot be counted as money.")
    TOO_FINE = ("accounts.too_fine", "These shares are too finely divided.")
    NO_DAY = ("accounts.no_day", "There is no such day in the calendar.")
    NO_ENTRY = ("accounts.no_entry", "There is no such entry in the accounts.")
    CORRECTION = (
        "accounts.is_correction",
        "What took an entry back is not taken back itself: enter it anew.",
    )
    ELSEWHERE = ("accounts.elsewhere", "This came with something else: take that back, and this follows.")
    CORRECTED = ("accounts.corrected_already", "This entry was taken back already.")


class Move(Struct, frozen=True, array_like=True, gc=False):
    """What an entry posted: a transfer `to` one person, or `shares` by weight, for that module; or, with `of`, the
    opposite of what that earlier entry did. In the order of the log, so that a statement can be told again."""

    unit: str
    amount: int
    payer: str
    to: str = ""
    shares: dict[str, int] | None = None
    module: str = "accounts"
    of: str = ""
    corrected: bool = False


class Moves(Shelf[Move]):
    kind = Move


class Carry(Struct):
    """What each account still has to bear beyond its posted cents: numerators over `scale`, as decimal text,
    since the common denominator of all shares so far may outgrow 64 bits."""

    scale: str = "1"
    of: dict[str, str] = {}


class Accounts(Struct):
    """`balances`: unit, account, minor units: positive where the circle owes them. `moves`: by entry."""

    balances: dict[str, dict[str, int]] = {}
    carries: dict[str, Carry] = {}
    moves: Moves = field(default_factory=Moves)


@rule(Shared)
def shared(circle: Circle, act: Act) -> None:
    event = act.event
    check(circle, event.unit, event.amount, event.day, [event.payer, *event.shares])
    check_shares(event.shares)
    share(circle, act.id, event.unit, event.amount, event.payer, event.shares)


@rule(Transferred)
def transferred(circle: Circle, act: Act) -> None:
    event = act.event
    check(circle, event.unit, event.amount, event.day, (event.payer, event.to))
    if event.payer == event.to:
        raise Refused(Why.TO_ONESELF)
    accounts = circle.accounts
    post(accounts, event.unit, event.payer, event.to, event.amount)
    accounts.moves.put(act.id, Move(event.unit, event.amount, event.payer, event.to))


@rule(Corrected)
def corrected(circle: Circle, act: Act) -> None:
    take_back(circle, act.event.entry, act.id, "accounts")


def check(circle: Circle, unit: str, amount: int, day: str | None, members: list[str] | tuple[str, ...]) -> None:
    """Raises `Refused`; people who have gone still settle, so they count as people here."""
    known = circle.roots.members
    for member in members:
        if member not in known:
            raise Refused(Why.NOBODY)
    if amount == 0:
        raise Refused(Why.NOTHING)
    if unit in RESERVED:
        raise Refused(Why.RESERVED)
    if day is not None and not is_day(day):
        raise Refused(Why.NO_DAY)


def check_shares(shares: dict[str, int]) -> None:
    if sum(shares.values()) // gcd(*shares.values()) > FINEST:
        raise Refused(Why.TOO_FINE)


def post(accounts: Accounts, unit: str, payer: str, to: str, amount: int) -> None:
    balances = accounts.balances.get(unit)
    if balances is None:
        balances = accounts.balances.setdefault(unit, {})
    balances[payer] = balances.get(payer, 0) + amount
    balances[to] = balances.get(to, 0) - amount


def share(
    circle: Circle,
    entry: str,
    unit: str,
    amount: int,
    payer: str,
    shares: dict[str, int],
    module: str = "accounts",
) -> None:
    """Posts a cost and remembers it under `entry`. The caller has checked people, amount and shares."""
    accounts = circle.accounts
    bear(accounts, unit, amount, payer, shares)
    accounts.moves.put(entry, Move(unit, amount, payer, shares=dict(shares), module=module))


def take_back(circle: Circle, entry: str, correction: str, module: str) -> None:
    """Posts the opposite of what `entry` posted for that module, and remembers it under `correction`. Raises
    `Refused` where there is no such entry, where it was done already, or belongs to another module."""
    accounts = circle.accounts
    move = accounts.moves.get(entry)
    if move is None:
        raise Refused(Why.NO_ENTRY)
    if move.of:
        raise Refused(Why.CORRECTION)
    if move.module != module:
        raise Refused(Why.ELSEWHERE)
    if move.corrected:
        raise Refused(Why.CORRECTED)
    reverse(accounts, move)
    accounts.moves.change(entry, replace(move, corrected=True))
    accounts.moves.put(correction, Move(move.unit, move.amount, move.payer, module=module, of=entry))


def reverse(accounts: Accounts, move: Move) -> None:
    if move.shares is None:
        post(accounts, move.unit, move.to, move.payer, move.amount)
    else:
        bear(accounts, move.unit, -move.amount, move.payer, move.shares)


def bear(accounts: Accounts, unit: str, amount: int, payer: str, shares: dict[str, int]) -> None:
    """Posts `amount` to the payer, and to each the whole cents of their exact share, the rest being carried.

    Every account stays within one cent of its exact rational balance, and each posting sums to zero: everyone is
    posted the exact share plus what they carried, rounded down or up, the largest remainders up, as many as it takes.
    Where that is not enough (it seldom is), a cent goes to people who bear no share but carry one in the right
    direction: as all carries sum to zero, somebody always does.
    """
    balances = accounts.balances.setdefault(unit, {})
    carry = accounts.carries.setdefault(unit, Carry())
    common = gcd(*shares.values())
    total = sum(shares.values()) // common
    scale = rescale(carry, total)
    each = amount * (scale // total)
    posted: dict[str, int] = {}
    left: dict[str, int] = {}
    for member, weight in shares.items():
        posted[member], left[member] = divmod(each * (weight // common) + int(carry.of.get(member, "0")), scale)
    missing = amount - sum(posted.values())
    upward = sorted((member for member in left if left[member]), key=lambda member: (-left[member], member))
    for member in upward[: max(missing, 0)]:
        posted[member] += 1
        left[member] -= scale
    missing -= len(upward[: max(missing, 0)])
    if missing:
        ask_others(carry, scale, missing, posted, left)
    for member, cents in posted.items():
        balances[member] = balances.get(member, 0) - cents
        carry.of[member] = str(left[member])
    balances[payer] = balances.get(payer, 0) + amount


def ask_others(carry: Carry, scale: int, missing: int, posted: dict[str, int], left: dict[str, int]) -> None:
    """Finds the cents that those who share cannot take without being a whole cent off."""
    sign = 1 if missing > 0 else -1
    others = [(-sign * int(part), member) for member, part in carry.of.items() if member not in left]
    for part, member in sorted(others)[: abs(missing)]:
        posted[member] = sign
        left[member] = -sign * part - sign * scale


def rescale(carry: Carry, total: int) -> int:
    """Makes the common denominator a multiple of `total`, and gives it."""
    old = int(carry.scale)
    scale = lcm(old, total)
    if scale != old:
        carry.scale = str(scale)
        carry.of = {member: str(int(part) * (scale // old)) for member, part in carry.of.items()}
    return scale

"""What pages need of the accounts."""

from fractions import Fraction
from typing import Any

from msgspec import Struct

from cercle.core.fold import Circle
from cercle.modules.accounts.rules import RESERVED, Accounts, bear, post, reverse


class Transfer(Struct, frozen=True):
    """`payer` gives `to` this many minor units, and both are nearer to zero."""

    payer: str
    to: str
    amount: int


def balances(circle: Circle, unit: str) -> dict[str, int]:
    """Everybody's balance in minor units, positive where the circle owes them; people with none are at zero.
    Accounts of other modules that are nobody's add up to zero among themselves."""
    members = circle.roots.members
    posted = {name: amount for name, amount in circle.accounts.balances.get(unit, {}).items() if name in members}
    return {member: 0 for member, known in members.items() if not known.gone} | posted


def exact(circle: Circle, unit: str, account: str) -> Fraction:
    """The exact rational balance: what is posted less what is still carried."""
    posted = circle.accounts.balances.get(unit, {}).get(account, 0)
    carry = circle.accounts.carries.get(unit)
    if carry is None:
        return Fraction(posted)
    return posted - Fraction(int(carry.of.get(account, "0")), int(carry.scale))


class Line(Struct, frozen=True):
    """One line of a statement: what an entry posted to the account, and the balance after it, in minor units."""

    entry: str
    amount: int
    after: int
    corrected: bool
    of: str


def statement(circle: Circle, unit: str, account: str) -> list[Line]:
    """Every entry that moved an account, oldest first: the ledger told again, since what a share came to in whole
    cents depends on what was carried at that moment."""
    moves = circle.accounts.moves
    again = Accounts()
    lines, balance = [], 0
    for entry, move in moves.items():
        if move.unit != unit:
            continue
        told = moves[move.of] if move.of else move
        if move.of:
            reverse(again, told)
        elif move.shares is None:
            post(again, unit, move.payer, move.to, move.amount)
        else:
            bear(again, unit, move.amount, move.payer, move.shares)
        after = again.balances[unit].get(account, 0)
        if after != balance or account in (told.payer, told.to) or account in (told.shares or ()):
            lines.append(Line(entry, after - balance, after, move.corrected, move.of))
        balance = after
    return lines


def settlement(positions: dict[str, int]) -> list[Transfer]:
    """Transfers that bring every position to zero: the largest debt meets the largest credit, again and again,
    so that each transfer ends at least one of the two, and there are never more than people less one."""
    rest = dict(positions)
    transfers = []
    while any(rest.values()):
        debtor = min(rest, key=lambda member: (rest[member], member))
        creditor = max(rest, key=lambda member: (rest[member], member))
        amount = min(-rest[debtor], rest[creditor])
        transfers.append(Transfer(debtor, creditor, amount))
        rest[debtor] += amount
        rest[creditor] -= amount
    return transfers


def units(circle: Circle) -> list[str]:
    """The money that this circle counts, its own currency first; nobody settles points or hours."""
    own = circle.roots.unit
    return [own, *sorted(unit for unit in circle.accounts.balances if unit != own and unit not in RESERVED)]


def show(circle: Circle) -> dict[str, Any]:
    """`balances`: unit, member, minor units. The settlement beside it, per unit."""
    return {
        "balances": {unit: balances(circle, unit) for unit in units(circle)},
        "settlement": {
            unit: [[t.payer, t.to, t.amount] for t in settlement(balances(circle, unit))] for unit in units(circle)
        },
    }

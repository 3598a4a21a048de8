"""What pages need of the purses."""

from typing import Any

from msgspec import Struct

from cercle.core.fold import Circle
from cercle.modules.pools.rules import OUTSIDE, Pool, fair_shares, held


def whole(circle: Circle, pool: str) -> int:
    """All that is in a purse, in minor units."""
    return -held(circle, pool, OUTSIDE)


class Share(Struct, frozen=True):
    """What a device has for itself of a purse, in minor units; `surplus`: how much more than it uses, where that is
    more than half of it. `ending`: it goes back at the next seal."""

    device: str
    amount: int
    surplus: int
    ending: bool


def shares(circle: Circle, name: str) -> list[Share]:
    """Of every device that has one, or is about to, in the order in which they came."""
    pool: Pool = circle.pools.pools[name]
    fair = fair_shares(circle, name, pool)
    found = []
    for device in circle.roots.devices:
        amount = held(circle, name, device)
        if amount or device in pool.used:
            over = amount - fair.get(device, 0)
            found.append(Share(device, amount, over if 2 * over > amount else 0, device in pool.ending))
    return found


def put_in(circle: Circle, name: str) -> dict[str, int]:
    """What each person has put into a purse in all, in minor units, in the order of the circle."""
    found = dict.fromkeys(circle.roots.members, 0)
    for move in circle.pools.moves.values():
        if move.pool == name and move.amount > 0 and not move.corrected:
            found[move.by] += move.amount
    return {member: amount for member, amount in found.items() if amount}


def names(circle: Circle) -> dict[str, str]:
    """Each purse's id, to the entry whose words name it."""
    return {name: name for name in circle.pools.pools}


def show(circle: Circle) -> dict[str, Any]:
    """By purse: all that is in it, what is free, and what each device has for itself, in minor units."""
    return {
        name: {
            "whole": whole(circle, name),
            "free": held(circle, name),
            "shares": {share.device: share.amount for share in shares(circle, name)},
            "closed": bool(pool.closed),
        }
        for name, pool in circle.pools.pools.items()
    }

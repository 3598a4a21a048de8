"""Who may spend what from a common purse: each device its own share, which nobody else can touch.

What is in a purse is split in the ledger: a share for each device that uses it, and what is free. A share grows only
at a seal, so that it is settled from the start; it shrinks only by its own device's chain, or at a seal that ends
it. So what a device spends from it stands, whatever others do meanwhile and wherever they are. Source of the idea: the
escrow method (P. O'Neil, "The Escrow Transactional Method", ACM Transactions on Database Systems 11(4), 1986).
"""

from msgspec import Struct, field
from msgspec.structs import replace

from cercle.core.event import CIRCLE, Reason, Refused
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle.core.shelf import Shelf
from cercle.modules.accounts.rules import check, post
from cercle.modules.pools import events

MONTH = 30 * 86_400_000  # ms
ASKED = 1  # as if it had taken out a cent: so it is not forgotten with the first month that ends


NO_LIMIT = 10**12  # minor units: no event says more


class Why(Reason):
    NO_POOL = ("pools.no_pool", "There is no such purse.")
    CLOSED = ("pools.closed", "This purse was closed.")
    TOO_MUCH = ("pools.too_much", "That is more than this device can spend for sure.")
    NOT_THERE = ("pools.not_there", "That much is not free in this purse any more.")
    NO_ENTRY = ("pools.no_entry", "There is no such entry in a purse.")
    CORRECTED = ("pools.corrected_already", "This entry was taken back already.")
    ASKED = ("pools.asked_already", "This device has its share of this purse already.")
    NO_SHARE = ("pools.no_share", "This device has no share of this purse.")
    NOT_EMPTY = ("pools.not_empty", "There is still something in this purse.")
    SECOND = ("pools.second", "That is more than one person takes out alone: ask for a second signature.")
    TO_DECIDE = ("pools.to_decide", "The circle decides on so much: propose it.")
    NO_ASK = ("pools.no_ask", "There is nothing to be signed any more.")
    ONESELF = ("pools.oneself", "Somebody else signs what you have asked for.")
    NOT_YOURS = ("pools.not_yours", "Only who asked for it, or an adult, can take that back.")


class Pool(Struct):
    """`used`: what each device that has to do with this purse took out lately, in minor units; a month counts half as
    much as the next. `ending`: the devices whose share goes back at the next seal. `closed`: the entry that did so."""

    used: dict[str, int] = {}
    ending: list[str] = []
    closed: str = ""


class Move(Struct, frozen=True, array_like=True, gc=False):
    """What an entry put into a purse, or took out (less than nothing), in minor units, and who did. `corrected`: the
    entry that took it back."""

    pool: str
    amount: int
    by: str
    corrected: str = ""


class Moves(Shelf[Move]):
    kind = Move


class Ask(Struct, frozen=True):
    """What somebody wants to take out with a second signature."""

    pool: str
    amount: int
    by: str


class Pools(Struct):
    """`pools` by the entry that opened them; devices by their keys in hexadecimal. `asks`: what waits for a second
    signature. `alone`: what each member took out this month without one, in minor units."""

    pools: dict[str, Pool] = {}
    asks: dict[str, Ask] = {}
    alone: dict[str, int] = {}
    moves: Moves = field(default_factory=Moves)


# --- the ledger --------------------------------------------------------------------------------------------------


def account(pool: str, part: str = "") -> str:
    """Of a device's share; without `part`, of what is free; of what came from outside and went there, as one."""
    return f"pool:{pool}:{part}" if part else f"pool:{pool}"


OUTSIDE = "outside"


def held(circle: Circle, pool: str, device: str = "") -> int:
    """What a part of a purse has: a device's share, or what is free, in minor units and never less than nothing."""
    balances: dict[str, int] = circle.accounts.balances.get(circle.roots.unit, {})
    return -balances.get(account(pool, device), 0)


def shift(circle: Circle, pool: str, amount: int, source: str, to: str) -> None:
    """Moves money between two parts of a purse, or the outside."""
    post(circle.accounts, circle.roots.unit, account(pool, source), account(pool, to), amount)


def open_pool(circle: Circle, name: str) -> Pool:
    """Raises `Refused`."""
    found: Pool | None = circle.pools.pools.get(name)
    if found is None:
        raise Refused(Why.NO_POOL)
    if found.closed:
        raise Refused(Why.CLOSED)
    return found


# --- what people do ----------------------------------------------------------------------------------------------


@rule(events.Opened)
def opened(circle: Circle, act: Act) -> None:
    check(circle, circle.roots.unit, 1, None, ())
    circle.pools.pools[act.id] = Pool({act.entry.device.hex(): ASKED})


@rule(events.PaidIn)
def paid_in(circle: Circle, act: Act) -> None:
    event = act.event
    open_pool(circle, event.pool)
    check(circle, circle.roots.unit, event.amount, event.day, (event.payer,))
    shift(circle, event.pool, event.amount, OUTSIDE, "")
    circle.pools.moves.put(act.id, Move(event.pool, event.amount, event.payer))


@rule(events.Spent)
def spent(circle: Circle, act: Act) -> None:
    """A share and what is free are never spent together: were they, what is left of a share would hang on what others
    do with what is free."""
    event, device = act.event, act.entry.device.hex()
    pool = open_pool(circle, event.pool)
    check(circle, circle.roots.unit, event.amount, event.day, ())
    source = "" if event.free else device
    if event.amount > held(circle, event.pool, source):
        raise Refused(Why.NOT_THERE if event.free else Why.TOO_MUCH)
    if act.by != CIRCLE:
        alone, most = circle.pools.alone.get(act.by, 0) + event.amount, circle.setting("spend_alone", 0)
        if most and alone > most:
            raise Refused(Why.SECOND)
        circle.pools.alone[act.by] = alone
        pool.used[device] = pool.used.get(device, 0) + event.amount
    shift(circle, event.pool, event.amount, source, OUTSIDE)
    circle.pools.moves.put(act.id, Move(event.pool, -event.amount, act.by))


@rule(events.Asked)
def asked(circle: Circle, act: Act) -> None:
    event = act.event
    open_pool(circle, event.pool)
    check(circle, circle.roots.unit, event.amount, event.day, ())
    check_together(circle, event.amount)
    circle.pools.asks[act.id] = Ask(event.pool, event.amount, act.by)


@rule(events.Signed)
def signed(circle: Circle, act: Act) -> None:
    ask = open_ask(circle, act.event.ask)
    if act.by == ask.by:
        raise Refused(Why.ONESELF)
    open_pool(circle, ask.pool)
    check_together(circle, ask.amount)
    if ask.amount > held(circle, ask.pool):
        raise Refused(Why.NOT_THERE)
    del circle.pools.asks[act.event.ask]
    shift(circle, ask.pool, ask.amount, "", OUTSIDE)
    circle.pools.moves.put(act.id, Move(ask.pool, -ask.amount, ask.by))


@rule(events.AskDropped)
def ask_dropped(circle: Circle, act: Act) -> None:
    ask = open_ask(circle, act.event.ask)
    if act.by != ask.by and not circle.is_adult(act.by):
        raise Refused(Why.NOT_YOURS)
    del circle.pools.asks[act.event.ask]


def open_ask(circle: Circle, name: str) -> Ask:
    """Raises `Refused`."""
    found: Ask | None = circle.pools.asks.get(name)
    if found is None:
        raise Refused(Why.NO_ASK)
    return found


def check_together(circle: Circle, amount: int) -> None:
    """Raises `Refused` where the circle decides on so much."""
    if amount > most_together(circle):
        raise Refused(Why.TO_DECIDE)


def most_together(circle: Circle) -> int:
    """What two may take out together at a time, in minor units."""
    return int(circle.setting("spend_together", 0)) or NO_LIMIT


@rule(events.Corrected)
def corrected(circle: Circle, act: Act) -> None:
    moves, entry = circle.pools.moves, act.event.entry
    move: Move | None = moves.get(entry)
    if move is None:
        raise Refused(Why.NO_ENTRY)
    if move.corrected:
        raise Refused(Why.CORRECTED)
    open_pool(circle, move.pool)
    if move.amount > held(circle, move.pool):
        raise Refused(Why.NOT_THERE)
    shift(circle, move.pool, move.amount, "", OUTSIDE)
    moves.change(entry, replace(move, corrected=act.id))


@rule(events.AllowanceAsked)
def allowance_asked(circle: Circle, act: Act) -> None:
    pool, device = open_pool(circle, act.event.pool), act.entry.device.hex()
    if device in pool.used:
        raise Refused(Why.ASKED)
    pool.used[device] = ASKED


@rule(events.Returned)
def returned(circle: Circle, act: Act) -> None:
    event, device = act.event, act.entry.device.hex()
    open_pool(circle, event.pool)
    check(circle, circle.roots.unit, event.amount, None, ())
    if event.amount > held(circle, event.pool, device):
        raise Refused(Why.TOO_MUCH)
    shift(circle, event.pool, event.amount, device, "")


@rule(events.AllowanceRevoked)
def allowance_revoked(circle: Circle, act: Act) -> None:
    pool, device = open_pool(circle, act.event.pool), act.event.device.hex()
    has_share = device in pool.used or held(circle, act.event.pool, device)
    if not has_share or device in pool.ending:
        raise Refused(Why.NO_SHARE)
    pool.ending.append(device)


@rule(events.Closed)
def closed(circle: Circle, act: Act) -> None:
    name = act.event.pool
    pool = open_pool(circle, name)
    if held(circle, name, OUTSIDE):
        raise Refused(Why.NOT_EMPTY)
    pool.closed = act.id


# --- what a seal does --------------------------------------------------------------------------------------------


def at_seal(circle: Circle, since: int) -> None:
    """Shares that end go back; what was used longer ago counts less; then shares grow by what is used."""
    months = circle.time // MONTH - since // MONTH if since else 0
    if months:
        circle.pools.alone.clear()
    for name, pool in circle.pools.pools.items():
        if pool.closed:
            continue
        end_shares(circle, name, pool)
        if months:
            pool.used = {device: used >> min(months, 63) for device, used in pool.used.items() if used}
        for device, more in grants(circle, name, pool).items():
            shift(circle, name, more, "", device)


def end_shares(circle: Circle, name: str, pool: Pool) -> None:
    """Of the devices whose share is revoked, and of those that write no more: frozen, or of who has gone."""
    roots = circle.roots
    for device, known in roots.devices.items():
        stands = known.member and not known.forked and not roots.members[known.member].gone
        if device in pool.ending or not stands:
            pool.used.pop(device, None)
            if has := held(circle, name, device):
                shift(circle, name, has, device, "")
    pool.ending.clear()


def fair_shares(circle: Circle, name: str, pool: Pool) -> dict[str, int]:
    """What each device that uses a purse should have for itself: half of all, less what others still hold, is split by
    what each took out lately, with a little for those that took nothing."""
    others = sum(held(circle, name, device) for device in circle.roots.devices if device not in pool.used)
    half = max(-held(circle, name, OUTSIDE) // 2 - others, 0)
    lately = sum(pool.used.values())
    weights = {device: 3 * len(pool.used) * used + lately + 1 for device, used in pool.used.items()}
    return {device: half * weight // sum(weights.values()) for device, weight in weights.items()}


def grants(circle: Circle, name: str, pool: Pool) -> dict[str, int]:
    """What each device gets beyond what it has, who uses most first, as long as a quarter of all is free then."""
    free, found = held(circle, name) + held(circle, name, OUTSIDE) // 4, {}
    shares = fair_shares(circle, name, pool)
    for device in sorted(shares, key=lambda device: (-pool.used[device], device)):
        more = min(shares[device] - held(circle, name, device), free)
        if more > 0:
            found[device] = more
            free -= more
    return found

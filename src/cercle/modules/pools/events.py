"""What people do with a common purse."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, HOUSEHOLD, Day, Id, Money, Words, event
from cercle.modules.devices.events import Key

Name = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a name, erasable")]


@event(
    "pools.opened",
    may=ADULTS,
    en="{by} opened the common purse {name}.",
    fr="{by} a ouvert la cagnotte « {name} ».",
)
class Opened(Struct, frozen=True, kw_only=True):
    """A common purse is there, with nothing in it yet. It counts the currency of the circle."""

    name: Name


@event(
    "pools.paid_in",
    may=HOUSEHOLD,
    en="{payer} put {amount} into the purse {pool}.",
    fr="{payer} a mis {amount} dans la cagnotte « {pool} ».",
)
class PaidIn(Struct, frozen=True, kw_only=True):
    """Somebody put money into a purse. It is everybody’s from then on, and owed to nobody. It has happened: no
    limit."""

    pool: Id
    amount: Money
    payer: Id
    day: Day | None = None


@event(
    "pools.spent",
    may=HOUSEHOLD | DECIDED,
    en="{by} took {amount} out of the purse {pool}. {what}",
    fr="{by} a pris {amount} dans la cagnotte « {pool} ». {what}",
)
class Spent(Struct, frozen=True, kw_only=True):
    """Money is taken out of a purse: no more than the device by which that is said has for itself. With `free`, no more
    than what no device has for itself; that is sure only once it is settled."""

    pool: Id
    amount: Money
    free: bool = False
    day: Day | None = None
    what: Words = ""


@event(
    "pools.asked",
    may=HOUSEHOLD,
    en="{by} asked for a second signature to take {amount} out of the purse {pool}. {what}",
    fr="{by} a demandé une seconde signature pour prendre {amount} dans la cagnotte « {pool} ». {what}",
)
class Asked(Struct, frozen=True, kw_only=True):
    """Somebody wants to take out more than they may alone. The money stays in the purse until an adult signs too."""

    pool: Id
    amount: Money
    day: Day | None = None
    what: Words = ""


@event(
    "pools.signed",
    may=ADULTS,
    en="{by} signed too: {ask}.",
    fr="{by} a contresigné : {ask}.",
)
class Signed(Struct, frozen=True, kw_only=True):
    """An adult who did not ask for it signs: the money is taken out of what is free, by who had asked."""

    ask: Id


@event(
    "pools.ask_dropped",
    may=HOUSEHOLD,
    en="{by} took back the wish for a second signature: {ask}.",
    fr="{by} a retiré la demande de seconde signature : {ask}.",
)
class AskDropped(Struct, frozen=True, kw_only=True):
    """Nobody signs this any more: by who had asked, or by an adult."""

    ask: Id


@event(
    "pools.corrected",
    may=HOUSEHOLD | DECIDED,
    en="{by} took back an entry of a purse. {why}",
    fr="{by} a annulé une écriture d’une cagnotte. {why}",
)
class Corrected(Struct, frozen=True, kw_only=True):
    """Takes back, once, what was put in or taken out; both stay in the log. What comes back is nobody’s share; what was
    put in is taken back only as far as it is there, and no device has it for itself."""

    entry: Id
    why: Words = ""


@event(
    "pools.allowance_asked",
    may=HOUSEHOLD,
    en="{by} asked for a share of the purse {pool} for a device.",
    fr="{by} a demandé pour un appareil une part de la cagnotte « {pool} ».",
)
class AllowanceAsked(Struct, frozen=True, kw_only=True):
    """The device by which that is said is to have a share of a purse for itself, from the next seal on."""

    pool: Id


@event(
    "pools.returned",
    may=HOUSEHOLD,
    en="{by} gave {amount} of a device’s share back to the purse {pool}.",
    fr="{by} a rendu à la cagnotte « {pool} » {amount} de la part d’un appareil.",
)
class Returned(Struct, frozen=True, kw_only=True):
    """A device gives back what it had for itself, or a part of it."""

    pool: Id
    amount: Money


@event(
    "pools.allowance_revoked",
    may=ADULTS | DECIDED,
    en="{by} took back the share of a device in the purse {pool}.",
    fr="{by} a repris la part d’un appareil dans la cagnotte « {pool} ».",
)
class AllowanceRevoked(Struct, frozen=True, kw_only=True):
    """What a device has for itself goes back to the purse at the next seal. What it has spent, and is heard of only
    later, does not count then."""

    pool: Id
    device: Key


@event(
    "pools.closed",
    may=ADULTS | DECIDED,
    en="{by} closed the purse {pool}.",
    fr="{by} a fermé la cagnotte « {pool} ».",
)
class Closed(Struct, frozen=True, kw_only=True):
    """An empty purse is used no more."""

    pool: Id

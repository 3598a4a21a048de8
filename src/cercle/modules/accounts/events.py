"""What people do about money."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import DECIDED, HOUSEHOLD, Day, Id, Money, Words, event

Unit = Annotated[str, Meta(pattern=r"^[a-z]{3,10}(?!\n)$", description="what is counted, such as eur")]
Shares = Annotated[
    dict[Id, Annotated[int, Meta(ge=1, le=1000)]],
    Meta(min_length=1, max_length=200, description="member: weight; equal weights share equally"),
]


@event(
    "accounts.shared",
    may=HOUSEHOLD | DECIDED,
    en="{payer} paid {amount} for {what}, shared by {shares}.",
    fr="{payer} a payé {amount} pour {shares} : {what}.",
)
class Shared(Struct, frozen=True, kw_only=True):
    """Somebody paid for several people, each of whom bears a share by weight."""

    unit: Unit
    amount: Money
    payer: Id
    shares: Shares
    day: Day | None = None
    what: Words = ""


@event(
    "accounts.transferred",
    may=HOUSEHOLD | DECIDED,
    en="{payer} gave {amount} to {to}.",
    fr="{payer} a donné {amount} à {to}.",
)
class Transferred(Struct, frozen=True, kw_only=True):
    """One person gave another something that is counted, as to settle a debt. It has happened: no limit."""

    unit: Unit
    amount: Money
    payer: Id
    to: Id
    day: Day | None = None
    what: Words = ""


@event(
    "accounts.corrected",
    may=HOUSEHOLD | DECIDED,
    en="{by} took back an entry of the accounts. {why}",
    fr="{by} a annulé une écriture des comptes. {why}",
)
class Corrected(Struct, frozen=True, kw_only=True):
    """Takes back, once, all that an earlier entry posted; both stay in the log."""

    entry: Id
    why: Words = ""

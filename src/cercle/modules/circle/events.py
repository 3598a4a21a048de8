"""What happens to the circle as such."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import ADULTS, DECIDED, EVERYBODY, KEEPER, Code, Words, event

Form = Annotated[str, Meta(pattern=r"^(household|circle|village|online|council)(?!\n)$")]
Unit = Annotated[str, Meta(pattern=r"^[a-z]{3,10}(?!\n)$", description="its currency, such as eur")]
Versions = Annotated[dict[str, int], Meta(max_length=100)]


@event(
    "circle.begun",
    may=frozenset(),
    en="{by} started the circle {name}.",
    fr="{by} a fondé le cercle {name}.",
)
class Begun(Struct, frozen=True, kw_only=True):
    """A circle begins: its form, its currency, the modules that it uses, each at which version, and its name."""

    form: Form = "household"
    unit: Unit = "eur"
    modules: Versions
    holder: Code = "node"
    node: Code = ""
    name: Words = ""


@event(
    "circle.linked",
    may=EVERYBODY,
    en="{by} gathered what had been written apart.",
    fr="{by} a rassemblé ce qui avait été écrit à part.",
)
class Linked(Struct, frozen=True):
    """Gathers more heads than one entry can cite, and nothing else."""


@event(
    "circle.sealed",
    may=KEEPER,
    en="{by} sealed the log up to entry {count}.",
    fr="{by} a scellé le journal jusqu’à l’écriture {count}.",
)
class Sealed(Struct, frozen=True, kw_only=True):
    """The keeper settles what the seal's ancestors hold: how many entries, their Merkle root and, now and then,
    the state's hash."""

    term: int
    count: int
    root: bytes
    state: bytes = b""


@event("circle.renamed", may=ADULTS | DECIDED, en="{by} named the circle {name}.", fr="{by} a nommé le cercle {name}.")
class Renamed(Struct, frozen=True, kw_only=True):
    """The circle has another name from here on."""

    name: Words


@event(
    "circle.adopted",
    may=ADULTS | DECIDED,
    en="{by} brought {module} into the circle.",
    fr="{by} a ajouté au cercle le module {module}.",
)
class Adopted(Struct, frozen=True, kw_only=True):
    """The circle uses a module, or a newer version of one, in force from the next seal."""

    module: Code
    version: Annotated[int, Meta(ge=1, le=1000)]


@event(
    "circle.turned_on",
    may=ADULTS | DECIDED,
    en="{by} turned on the page {part}.",
    fr="{by} a activé la page « {part} ».",
)
class TurnedOn(Struct, frozen=True, kw_only=True):
    """A page that the circle did not use shows up in its menu."""

    part: Code


@event(
    "circle.turned_off",
    may=ADULTS | DECIDED,
    en="{by} turned off the page {part}.",
    fr="{by} a désactivé la page « {part} ».",
)
class TurnedOff(Struct, frozen=True, kw_only=True):
    """A page leaves the menu; nothing that was written is lost."""

    part: Code

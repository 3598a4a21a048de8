"""What people do with books."""

from typing import Annotated

from msgspec import Meta, Struct

from cercle.core.event import EVERYBODY, Id, event

Name = Annotated[str, Meta(min_length=1, max_length=200, extra={"kind": "words"}, description="a title, erasable")]


@event("books.added", may=EVERYBODY, en="{by} put {name} on the shelf.", fr="{by} a mis sur l’étagère : {name}.")
class Added(Struct, frozen=True, kw_only=True):
    """A book that its owner lends."""

    name: Name


@event("books.lent", may=EVERYBODY, en="{to} took {book} home.", fr="{to} a emprunté {book}.")
class Lent(Struct, frozen=True, kw_only=True):
    """Somebody has the book now."""

    book: Id
    to: Id


@event("books.returned", may=EVERYBODY, en="{book} is back on the shelf.", fr="De retour sur l’étagère : {book}.")
class Returned(Struct, frozen=True, kw_only=True):
    """The book is there for the next."""

    book: Id

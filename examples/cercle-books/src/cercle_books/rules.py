"""A book is with one person at a time."""

from msgspec import Struct

from cercle.core.event import Reason, Refused
from cercle.core.fold import Act, Circle
from cercle.core.module import rule
from cercle_books import events


class Why(Reason):
    NO_BOOK = ("books.no_book", "There is no such book.")
    NOBODY = ("books.nobody", "There is no such person in the circle.")
    LENT = ("books.lent_already", "Somebody has this book.")
    HERE = ("books.here", "This book is on the shelf.")


class Book(Struct):
    """`words` is the entry with the title; `reader` is whoever has it, "" on the shelf."""

    words: str
    owner: str
    reader: str = ""


class Books(Struct):
    books: dict[str, Book] = {}


@rule(events.Added)
def added(circle: Circle, act: Act) -> None:
    circle.books.books[act.id] = Book(act.id, act.by)


@rule(events.Lent)
def lent(circle: Circle, act: Act) -> None:
    book, reader = book_of(circle, act.event.book), circle.roots.members.get(act.event.to)
    if reader is None or reader.gone:
        raise Refused(Why.NOBODY)
    if book.reader:
        raise Refused(Why.LENT)
    book.reader = act.event.to


@rule(events.Returned)
def returned(circle: Circle, act: Act) -> None:
    book = book_of(circle, act.event.book)
    if not book.reader:
        raise Refused(Why.HERE)
    book.reader = ""


def book_of(circle: Circle, identifier: str) -> Book:
    found: Book | None = circle.books.books.get(identifier)
    if found is None:
        raise Refused(Why.NO_BOOK)
    return found

"""The books that a circle lends to one another."""

from cercle.core.module import Module, Part, events_in, rules_in
from cercle_books import events, read, rules

MODULE = Module(
    name="books",
    needs=("people",),
    state=rules.Books,
    events=events_in(events),
    rules=rules_in(rules),
    reasons=rules.Why,
    names=read.names,
    show=read.show,
    parts=(Part("books", "Books", "books", "books", offer="Know who has which book.", rank=60),),
    web="cercle_books.web",
)

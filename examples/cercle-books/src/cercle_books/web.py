"""The page of the books."""

from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.page.visit import Form, Visit, name_in
from cercle_books.events import Added, Lent, Returned


@get("/c/{circle:str}/books")
async def books_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    books = [
        {
            "key": key,
            "name": visit.name(book.words),
            "owner": visit.person_of(book.owner)["name"],
            "reader": visit.person_of(book.reader) if book.reader else None,
        }
        for key, book in visit.circle.books.books.items()
    ]
    here = f"{visit.home}/books"
    return visit.render("books/books.html", visit.gettext("Books"), "books", status, books=books, form=form, here=here)


@post("/c/{circle:str}/books")
async def done(visit: Visit) -> Response[Any]:
    """A book is put on the shelf, taken home, or brought back."""
    filled = await visit.form()
    try:
        if "take" in filled:
            visit.act(Lent(book=filled["take"], to=visit.member), act=filled.get("act", ""))
        elif "bring" in filled:
            visit.act(Returned(book=filled["bring"]), act=filled.get("act", ""))
        elif name := name_in(filled.get("name", ""), 200):
            visit.act(Added(name=name), act=filled.get("act", ""))
        else:
            return show(visit, Form(dict(filled), {"name": visit.gettext("A title has 1 to 200 letters.")}), 422)
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/books")


handlers = [books_page, done]

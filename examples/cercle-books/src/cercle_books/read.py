"""What pages need of the books."""

from typing import Any

from cercle.core.fold import Circle


def names(circle: Circle) -> dict[str, str]:
    """Each book's id, to the entry whose words name it."""
    return {key: book.words for key, book in circle.books.books.items()}


def show(circle: Circle) -> dict[str, Any]:
    return {"books": {key: {"owner": book.owner, "reader": book.reader} for key, book in circle.books.books.items()}}

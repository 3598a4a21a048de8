"""Taking the log along: a member at any time, and who has left for a day more, as it was when they went."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Response, get
from litestar.response import Stream

from cercle.page.visit import WHOSE, Visit
from cercle.store.database import FILE, connect
from cercle.store.node import Node
from cercle.store.rows import raw_entries
from cercle.sync.bundle import write
from cercle.web.door import Closed


@get("/c/{circle:str}/log/file")
async def whole_log(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return file(visit.node, visit.here.no, 0)


@get("/left/{token:str}")
async def left(visit: Visit, token: str) -> Response[Any]:
    row = kept(visit, token)
    live = visit.node.live(row.circle)
    answer = visit.render(
        "left.html",
        visit.gettext("You have left %(circle)s", circle=live.name(live.circle.roots.name)),
        href=f"/left/{token}/file",
    )
    answer.headers[WHOSE] = ""  # what this device kept of the circle goes
    return answer


@get("/left/{token:str}/file")
async def log_of_who_left(visit: Visit, token: str) -> Response[Any]:
    row = kept(visit, token)
    return file(visit.node, row.circle, int(row.label))


def kept(visit: Visit, token: str) -> Any:
    """The row of a token that still opens the log to this very person. Raises `Closed`."""
    row = visit.node.token(token, "log")
    if row is None or row.person != visit.person:
        raise Closed
    return row


def file(node: Node, no: int, up_to: int) -> Response[Any]:
    """The log as a bundle; entries past number `up_to` (0: none) stay out of it."""
    identifier = node.numbers()[no]
    name = f"{identifier.hex()[:20]}.cercle"
    return Stream(
        pieces(node, no, identifier, up_to),
        media_type="application/octet-stream",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def pieces(node: Node, no: int, identifier: bytes, up_to: int) -> AsyncIterator[bytes]:
    """Read beside the node's own connection, as it stands now, however long the download takes."""
    engine = connect(node.data / FILE)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            for piece in write(identifier, raw_entries(connection, no, up_to)):
                yield piece
    finally:
        engine.dispose()


handlers = [whole_log, left, log_of_who_left]

"""The log verifies itself on a button: every signature, every link, and what follows from them."""

import asyncio
from typing import Any

from litestar import Response, post

from cercle.page.visit import Visit
from cercle.sentences import number
from cercle.store.database import FILE, connect
from cercle.store.node import Node
from cercle.store.verify import Finding, verify
from cercle.web.log import Asked, show

MOST_SHOWN = 50


@post("/c/{circle:str}/log/verify", status_code=200)
async def verified(visit: Visit) -> Response[Any]:
    await visit.form()
    found = await asyncio.to_thread(look, visit.node, visit.here.no)
    return show(visit, Asked(), checked=checked(visit, found))


def look(node: Node, no: int) -> list[Finding]:
    """Beside the node's own connection, at the log as it stands now, while others go on."""
    engine = connect(node.data / FILE)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            return verify(connection, node.modules, no)
    finally:
        engine.dispose()


def checked(visit: Visit, found: list[Finding]) -> dict[str, Any]:
    replica = visit.here.replica
    settled, pending = replica.tree.size, len(replica.pending.entries)
    if found:
        title = visit.ngettext(
            "%(num)s thing is not as it should be", "%(num)s things are not as they should be", len(found)
        )
        sentence = visit.gettext("Nothing was changed. Another member’s copy of the log can mend this one.")
    else:
        title = visit.gettext("All there, and untouched")
        sentence = visit.gettext(
            "Every signature is right, every line follows from those before it, and so does every figure."
        )
    figures = [
        (visit.gettext("Entries sealed"), number(settled, visit.language)),
        (visit.gettext("Since the last seal"), number(pending, visit.language)),
        (visit.gettext("Devices"), number(len(visit.circle.roots.devices), visit.language)),
    ]
    return {
        "ok": not found,
        "title": title,
        "sentence": sentence,
        "figures": [{"label": label, "text": text} for label, text in figures],
        "found": [finding(visit, one) for one in found[:MOST_SHOWN]],
    }


def finding(visit: Visit, one: Finding) -> dict[str, str]:
    is_entry = len(one.place) == 64
    sentence = visit.gettext(one.reason.sentence)
    return {
        "sentence": sentence if is_entry or not one.place else f"{sentence} ({one.place})",
        "href": f"{visit.home}/log/{one.place[:20]}" if is_entry else f"{visit.home}/log",
    }


handlers = [verified]

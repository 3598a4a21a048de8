"""The circle by a stick: a file to take along, locked for the machines of its members, and one that is taken in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Stream

from cercle.core.event import Refused
from cercle.page.visit import Form, Visit, shown
from cercle.stick import openers, take
from cercle.store.database import FILE, connect
from cercle.store.keyring import opening_seeds
from cercle.store.receive import Received
from cercle.store.rows import raw_entries
from cercle.web.front import lives

PIECE = 65_536


@get("/c/{circle:str}/machines/stick")
async def stick_page(visit: Visit) -> Response[Any]:
    visit.on_own_device()
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    here, can_open = f"{visit.home}/machines/stick", openers(visit.here)
    people = [person for person in visit.everybody() if person["key"] in can_open]
    return visit.render(
        "stick.html",
        visit.gettext("By a stick"),
        "",
        status,
        people=people,
        chosen=form.filled.get("to", [person["key"] for person in people]),
        form=form,
        ways={"out": f"{here}/file", "in": here},
        back=f"{visit.home}/machines",
    )


# --- taken along -------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/machines/stick/file", status_code=200)
async def taken_along(visit: Visit) -> Response[Any]:
    """The whole circle, for who is chosen."""
    await visit.form()
    visit.on_own_device()
    chosen = await visit.all_of("to")
    keys = [key for found in openers(visit.here, chosen).values() for key in found]
    if not keys:
        return show(visit, Form({"to": []}, {"to": visit.gettext("Choose for whom it is.")}), 422)
    visit.here.seal()
    try:
        file = await asyncio.to_thread(locked_file, visit.node.data, visit.here.no, visit.here.id, keys)
    except Refused as refusal:
        return show(visit, Form({"to": chosen}, {"to": visit.reason(refusal)}), 422)
    said = f'attachment; filename="cercle-{visit.today()}.age"'
    return Stream(pieces_of(file), media_type="application/octet-stream", headers={"content-disposition": said})


def locked_file(data: Path, no: int, circle: bytes, keys: list[bytes]) -> BinaryIO:
    """All that the circle has written, in a file without a name, which is gone once it is closed. It reads beside the
    pages, which others look at meanwhile."""
    from cercle.meeting import pack
    from cercle.sync.locked import lock  # large, and needed only where somebody carries a file

    engine = connect(data / FILE)
    file: BinaryIO = TemporaryFile(dir=data)  # noqa: SIM115 (whoever sends it closes it)
    try:
        with engine.connect() as connection:
            lock(pack(circle, raw_entries(connection, no)), file, keys)
    except BaseException:
        file.close()
        raise
    finally:
        engine.dispose()
    file.seek(0)
    return file


async def pieces_of(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


# --- taken in ----------------------------------------------------------------------------------------------------


@post("/c/{circle:str}/machines/stick", status_code=200)
async def taken_in(visit: Visit) -> Response[Any]:
    """What a file brings that is not here yet. Only keys of the visitor's own circles open it: nobody learns that there
    is another circle here."""
    from cercle.sync.locked import reading

    await visit.form()
    visit.on_own_device()
    file = (await visit.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return refused(visit, visit.gettext("Choose a file."))
    mine = {live.id: live for live in lives(visit)}
    seeds = opening_seeds(visit.node.connection, [live.no for live in mine.values()])
    try:
        with reading(file.file, seeds) as reader:
            if reader.circle != visit.here.id:
                return refused(visit, of_another(visit, mine.get(reader.circle)))
            received = await take(visit.node, reader)
    except Refused as refusal:
        return refused(visit, visit.reason(refusal))
    if received.stopped is not None or received.rejected:
        return refused(visit, " ".join(what_came(visit, received)))
    return visit.go(f"{visit.home}/machines/stick", " ".join(what_came(visit, received)))


def refused(visit: Visit, sentence: str) -> Response[Any]:
    return show(visit, Form({}, {"file": sentence}), 422)


def of_another(visit: Visit, live: Any) -> str:
    if live is None:
        return visit.gettext("This file holds nothing of this circle.")
    name = shown(live.name(live.circle.roots.name)) or visit.gettext("another circle")
    return visit.gettext("This file is of %(name)s: take it in there.", name=name)


def what_came(visit: Visit, received: Received) -> list[str]:
    """In a sentence, or a few."""
    told = [visit.reason(received.stopped)] if received.stopped is not None else []
    if received.new:
        told.append(visit.ngettext("%(num)s new entry came in.", "%(num)s new entries came in.", received.new))
    elif received.filled:
        told.append(visit.ngettext("%(num)s entry got its words.", "%(num)s entries got their words.", received.filled))
    elif not received.waiting and not told:
        told.append(visit.gettext("Nothing in it was new."))
    if received.waiting:
        told.append(
            visit.ngettext(
                "%(num)s waits for what another file brings: an earlier one, or the whole circle.",
                "%(num)s wait for what another file brings: an earlier one, or the whole circle.",
                received.waiting,
            )
        )
    if received.rejected:
        told.append(
            visit.ngettext(
                "%(num)s was not taken: it is not as it was signed.",
                "%(num)s were not taken: they are not as they were signed.",
                len(received.rejected),
            )
        )
    return told


handlers = [stick_page, taken_along, taken_in]

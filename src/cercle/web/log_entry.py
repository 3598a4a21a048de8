"""One entry of the log: its sentence, its fields, and the bare facts by which anybody can check it."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.acknowledging import Machine, machines_after
from cercle.core.entry import Entry, read_words, short
from cercle.modules.people.read import may_erase_entry
from cercle.page.visit import Visit
from cercle.sentences import moment, number
from cercle.store import rows
from cercle.telling import plain
from cercle.web.log import Found, author, said, state_of


@get("/c/{circle:str}/log/{entry:str}")
async def entry_page(visit: Visit, entry: str) -> Response[Any]:
    row = rows.by_short_id(visit.node.connection, visit.here.no, entry)
    if row is None:
        raise NotFoundException
    told = rows.as_entry(row.id, row.key, row.header)
    by = author(visit, row)
    state, reason = state_of(visit, row, visit.keeper_is_quiet())
    return visit.render(
        "entry.html",
        visit.gettext("One entry of the log"),
        "log",
        by=visit.person_of(by) | {"href": f"{visit.home}/people/{by}" if by else None},
        said=said(visit, Found(row, 0)),
        at=moment(told.time, visit.language, visit.zone),
        state=state,
        reason=reason,
        about=visit.here.modules.events[told.event].about if told.event in visit.here.modules.events else "",
        event=told.event,
        words=[{"label": name, "text": str(text)} for name, text in read_words(row.body).items()],
        fields=fields(visit, told),
        facts=facts(visit, row, told),
        erase=erase_way(visit, row, by),
        proof=f"{visit.home}/log/{entry}/proof" if row.position is not None and not visit.is_tablet else None,
        machines=[machine(visit, one) for one in machines_after(visit.here, told)] if row.erased else [],
        back=f"{visit.home}/log",
    )


def machine(visit: Visit, one: Machine) -> dict[str, Any]:
    names = [visit.person_of(member)["name"] for member in one.members]
    if one.has_dropped:
        said = visit.gettext("gone")
    else:
        said = visit.gettext("not heard of since; last on %(when)s", when=moment(one.heard, visit.language, visit.zone))
    return {"names": ", ".join(names), "gone": one.has_dropped, "line": said}


def erase_way(visit: Visit, row: Any, by: str) -> str | None:
    may = by and row.body is not None and not visit.is_tablet
    if may and may_erase_entry(visit.circle, visit.member, by):
        return f"{visit.home}/people/erase/{short(row.id)}"
    return None


def fields(visit: Visit, told: Entry) -> list[dict[str, Any]]:
    """What the rules read of it, and where an id leads."""
    shown = []
    for name, value in told.kept.items():
        is_entry = isinstance(value, str) and visit.here.entry(value) is not None
        text = value if isinstance(value, str) else msgspec.json.encode(plain(value)).decode()
        shown.append({"label": name, "text": text, "href": f"{visit.home}/log/{value}" if is_entry else None})
    return shown


def facts(visit: Visit, row: Any, told: Entry) -> list[dict[str, Any]]:
    """(label, values, each a text with or without an address)."""

    def fact(label: str, *texts: str, href: str = "") -> dict[str, Any]:
        return {
            "label": label,
            "values": [{"text": text, "href": href + text[:20] if href else None} for text in texts],
        }

    settled = row.position is not None
    signed = visit.gettext("yes") if row.signature else visit.gettext("by a later one of the same device")
    place = number(row.position, visit.language) if settled else visit.gettext("not sealed yet")
    digest = told.body_hash.hex() if told.body_hash else "–"
    return [
        fact(visit.gettext("Id"), told.id.hex()),
        fact(visit.gettext("Device"), told.device.hex()),
        fact(visit.gettext("Number on that device"), str(told.seq)),
        fact(visit.gettext("Comes after"), *(one.hex() for one in told.parents), href=f"{visit.home}/log/"),
        fact(visit.gettext("Height in the log"), str(told.lamport)),
        fact(visit.gettext("Time by that device, in ms"), str(told.time)),
        fact(visit.gettext("Signed"), signed),
        fact(visit.gettext("Place in the sealed order"), place),
        fact(visit.gettext("Bytes of words"), str(told.body_size)),
        fact(visit.gettext("Hash of the words"), digest),
    ]


handlers = [entry_page]

"""A circle told as plain data: entries, and states with names, for the command line and the API alike."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from cercle.core.entry import read_words
from cercle.core.fold import Circle
from cercle.store.live import Live
from cercle.store.rows import as_entry
from cercle.store.tables import devices, entries


def tell(live: Live, after: int = 0, limit: int = 0) -> list[dict[str, Any]]:
    """Entries that arrived after number `after`, as JSON can hold them; `limit` 0 for all."""
    query = select(entries, devices.c.key).select_from(entries.join(devices, entries.c.device == devices.c.no))
    query = query.where(entries.c.circle == live.no, entries.c.no > after).order_by(entries.c.no)
    rows = live.connection.execute(query.limit(limit) if limit else query)
    return [told_row(live, row) for row in rows]


def told_row(live: Live, row: Any) -> dict[str, Any]:
    """One entry: `verdict` ok or void with its `reason`; `settled` once a seal covers it; `time` in ms, a claim."""
    entry = as_entry(row.id, row.key, row.header)
    settled = row.position is not None
    reason = (row.verdict or "") if settled else live.replica.verdicts.get(row.id, "")
    device = live.circle.roots.devices.get(row.key.hex())
    return {
        "no": row.no,
        "id": row.id.hex(),
        "seq": entry.seq,
        "device": row.key.hex(),
        "by": device.member if device else None,
        "event": entry.event,
        "kept": plain(entry.kept),
        "words": plain(read_words(row.body)),
        "time": entry.time,
        "verdict": "void" if reason else "ok",
        "reason": reason or None,
        "settled": settled,
        "erased": bool(row.erased),
    }


def plain(value: Any) -> Any:
    """Bytes as hexadecimal text, so that JSON can hold it."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def told_circle(live: Live, module: str | None = None) -> dict[str, Any]:
    """The state of one module, or of all, by module. Raises `KeyError` where the circle does not use it."""
    circle = live.circle
    if module is not None:
        if module not in circle.roots.modules:
            raise KeyError(module)
        return told_module(live, circle, module)
    return {"id": live.id.hex(), "name": live.name(circle.roots.name)} | {
        name: told_module(live, circle, name) for name in circle.roots.modules
    }


def told_module(live: Live, circle: Circle, module: str) -> dict[str, Any]:
    """What the module shows of its state; `names` has the name of every thing that it brought, by id."""
    declared = circle.loaded.by_name[module]
    shown = with_names(live, circle, declared.show(circle)) if declared.show else {}
    if declared.names is None or module == "people":
        return shown
    return shown | {"names": {thing: live.name(words) for thing, words in declared.names(circle).items()}}


def with_names(live: Live, circle: Circle, state: dict[str, Any]) -> dict[str, Any]:
    """Puts members' names in the place of their ids."""
    names = member_names(live)
    return {key: renamed(value, names) for key, value in state.items()}


def member_names(live: Live) -> dict[str, str]:
    """Everybody who is or was in the circle: member to a name that no other has. Where two share one, or where it was
    erased, the id tells them apart."""
    names = live.modules.by_name["people"].names
    naming = names(live.circle) if names else {}
    return unique({member: live.name(naming.get(member, "")) for member in live.circle.roots.members})


def unique(names: dict[str, str]) -> dict[str, str]:
    """Names by id, made different by the id where they are the same or empty."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    count = Counter(names.values())
    for identifier, name in names.items():
        shown = name or identifier
        while shown in taken or count[shown] > (shown == name):
            shown += f" ({identifier})"
        taken.add(shown)
        found[identifier] = shown
    return found


def renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    return names.get(value, value) if isinstance(value, str) else value

"""What goes in and out as JSON, by the command line and the API alike: an event's fields, a circle's state, its log."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from sqlalchemy import select

from cercle.core.entry import read_words
from cercle.core.event import Event, kind_of
from cercle.core.module import Module
from cercle.page.languages import translations
from cercle.store import rows
from cercle.store.erasure import author
from cercle.store.live import Live
from cercle.store.tables import devices, entries


class Unfit(ValueError):
    """What was sent does not fit the event: the sentence says what is wrong, `code` which kind of thing."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Line(msgspec.Struct, frozen=True):
    """One entry of the log as others read it. `id` and `device` are hexadecimal, `by` the member's id ("" for a
    stranger's), `time` in ms as the device's clock claimed. `verdict` is "ok" or "void", and then `code` and `reason`
    say why. `words` are empty where there are none, where they are missing, and where they were `erased`."""

    id: str
    seq: int
    device: str
    by: str
    event: str
    kept: dict[str, Any]
    words: dict[str, Any]
    time: int
    verdict: str
    reason: str | None
    code: str | None
    settled: bool
    erased: bool


# --- names -------------------------------------------------------------------------------------------------------


def member_names(live: Live) -> dict[str, str]:
    """Everybody who is or was in the circle: member to a name that no other has. Where two share one, or where
    it was erased, the id tells them apart."""
    module = live.modules.by_name["people"]
    naming = module.names(live.circle) if module.names else {}
    names = {member: live.name(naming.get(member, "")) for member in live.circle.roots.members}
    return unique(names)


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


def member_called(live: Live, wanted: str, among: Iterable[str] | None = None, language: str = "en") -> str:
    """The id of the member who has this id or is called so (among some, where they are given); of several, of the one
    who is still here. Raises `Unfit` with the names of those who may be meant."""
    names = member_names(live)
    may_be = [member for member in (names if among is None else among) if member in names]
    if wanted in may_be:
        return wanted
    here = [member for member in may_be if not live.circle.roots.members[member].gone]
    called = _called(live, wanted, names)
    found = [member for member in here if member in called] or [member for member in may_be if member in called]
    if len(found) == 1:
        return found[0]
    _ = translations(language).gettext
    there = ", ".join(names[member] for member in found or here)
    if found:
        sentence = _("More than one person is called %(name)s: %(names)s.")
    elif there:
        sentence = _("Nobody is called %(name)s here. There is: %(names)s.")
    else:
        sentence = _("Nobody is called %(name)s here.")
    raise Unfit("ambiguous_name" if found else "unknown_name", sentence % {"name": wanted, "names": there})


def _called(live: Live, wanted: str, names: dict[str, str]) -> set[str]:
    """Those who are called so by themselves, or by the name that tells them from others."""
    naming = live.modules.by_name["people"].names
    entries_of = naming(live.circle) if naming else {}
    return {m for m in names if wanted and wanted in (names[m], live.name(entries_of.get(m, "")))}


# --- an event ----------------------------------------------------------------------------------------------------


def event_from(live: Live, name: str, fields: Any, language: str = "en") -> msgspec.Struct:
    """The event of that name with these fields, as JSON gives them: bytes are base64, and where an id names a person,
    their name will do. Raises `Unfit`."""
    _ = translations(language).gettext
    declared = live.modules.events.get(name)
    if declared is None:
        raise Unfit("unknown_event", _("There is no event called %(event)s.") % {"event": name})
    if not isinstance(fields, dict):
        raise Unfit("not_fields", _("The fields of an event are one JSON object."))
    unknown = sorted(set(fields) - {field for field, _default in declared.fields})
    if unknown:
        sentence = _("%(event)s has no field called %(field)s.")
        raise Unfit("unknown_field", sentence % {"event": name, "field": ", ".join(unknown)})
    hints = get_type_hints(declared.type, include_extras=True)
    filled = {field: _with_ids(live, hints[field], value, language) for field, value in fields.items()}
    try:
        return msgspec.convert(filled, declared.type)
    except msgspec.ValidationError as error:
        sentence = _("The fields of %(event)s are not as they should be: %(what)s.")
        raise Unfit("malformed", sentence % {"event": name, "what": str(error)}) from error


def _with_ids(live: Live, hint: Any, value: Any, language: str) -> Any:
    """The value with a member's id for every name that stands where an id should."""
    if isinstance(value, str):
        if kind_of(hint) == "id" and not rows.is_short_id(value):
            return member_called(live, value, language=language)
        return value
    for inner in _choices(hint):
        if isinstance(value, dict) and get_origin(inner) is dict:
            key_hint, value_hint = get_args(inner)
            return {
                _with_ids(live, key_hint, key, language): _with_ids(live, value_hint, item, language)
                for key, item in value.items()
            }
        if isinstance(value, list) and get_origin(inner) is list:
            return [_with_ids(live, get_args(inner)[0], item, language) for item in value]
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            hints = get_type_hints(inner, include_extras=True)
            return {key: _with_ids(live, hints.get(key), item, language) for key, item in value.items()}
    return value


def _choices(hint: Any) -> list[Any]:
    """The types that a hint allows, without what is said about them."""
    if get_origin(hint) is Annotated:
        return _choices(get_args(hint)[0])
    if get_origin(hint) in (dict, list):
        return [hint]
    return [choice for inner in get_args(hint) for choice in _choices(inner)] or [hint]


def described(declared: Event) -> dict[str, Any]:
    """What there is to know of an event: its help, who may by default, its words, and the JSON Schema of its fields."""
    return {
        "event": declared.name,
        "help": declared.about,
        "may": sorted(declared.may),
        "words": list(declared.words),
        "sentences": declared.sentences,
        "schema": msgspec.json.schema(declared.type),
    }


# --- the state ---------------------------------------------------------------------------------------------------


def state(live: Live, module: str = "") -> dict[str, Any]:
    """The circle's state, or that of one of its modules, as one object. Names are joined in: people's in lists and as
    keys of figures, where no two share one; an object that is keyed by an id has its `name`; `names` has them all.
    Raises `Unfit` where the circle has no such module."""
    adopted = live.circle.roots.modules
    if module:
        if module not in adopted:
            raise Unfit("unknown_module", f"{module}: {', '.join(adopted)}")
        return _state_of(live, live.modules.by_name[module])
    shown: dict[str, Any] = {"id": live.id.hex(), "name": live.name(live.circle.roots.name)}
    return shown | {name: _state_of(live, live.modules.by_name[name]) for name in adopted}


def _state_of(live: Live, module: Module) -> dict[str, Any]:
    naming = module.names(live.circle) if module.names else {}
    names = {identifier: live.name(words) for identifier, words in naming.items()}
    shown = module.show(live.circle) if module.show else {}
    joined: dict[str, Any] = _join(shown, names, member_names(live))
    return joined | {"names": names} if names else joined


def _join(value: Any, names: dict[str, str], people: dict[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [people.get(item, item) if isinstance(item, str) else _join(item, names, people) for item in value]
    if not isinstance(value, dict):
        return value
    joined = {}
    for key, item in value.items():
        if isinstance(item, dict):
            name = names.get(key)
            joined[key] = ({} if name is None else {"name": name}) | _join(item, names, people)
        else:
            joined[people.get(key, key)] = _join(item, names, people)
    return joined


# --- the log -----------------------------------------------------------------------------------------------------

_ENTRY = (
    entries.c.id,
    devices.c.key,
    entries.c.header,
    entries.c.body,
    entries.c.erased,
    entries.c.verdict,
    entries.c.position,
)


def lines(live: Live, language: str = "en", is_newest_first: bool = False) -> Iterator[Line]:
    """Every entry in the order of the log: what is settled, then what is pending; or the other way round."""
    query = select(*_ENTRY).select_from(entries.join(devices, entries.c.device == devices.c.no))
    query = query.where(entries.c.circle == live.no)
    settled = query.where(entries.c.position.is_not(None))
    settled = settled.order_by(entries.c.position.desc() if is_newest_first else entries.c.position)
    waiting = {row.id: row for row in live.connection.execute(query.where(entries.c.position.is_(None)))}
    pending = [waiting[entry.id] for entry in live.replica.pending.ordered() if entry.id in waiting]
    streamed = live.connection.execution_options(yield_per=1000).execute(settled)
    parts: list[Iterable[Any]] = [reversed(pending), streamed] if is_newest_first else [streamed, pending]
    for part in parts:
        for row in part:
            yield _line(live, row, language)


def _line(live: Live, row: Any, language: str) -> Line:
    entry = rows.as_entry(row.id, row.key, row.header)
    code = live.replica.verdicts.get(entry.id, "") if row.position is None else row.verdict
    return Line(
        id=entry.id.hex(),
        seq=entry.seq,
        device=entry.device.hex(),
        by=author(live.circle, entry.device),
        event=entry.event,
        kept=entry.kept,
        words=read_words(row.body),
        time=entry.time,
        verdict="void" if code else "ok",
        reason=translations(language).gettext(live.modules.reason(code)) if code else None,
        code=code or None,
        settled=row.position is not None,
        erased=bool(row.erased),
    )

"""What the command line takes in and gives out: people by name, an event's fields as JSON, the log line by line."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from sqlalchemy import select

from cercle.core.event import Event, kind_of
from cercle.page.languages import translations
from cercle.store import rows
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.store.tables import devices, entries, keys
from cercle.telling import member_names, told_row


class Unfit(ValueError):
    """What was sent does not fit the event: the sentence says what is wrong, `code` which kind of thing."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


# --- names -------------------------------------------------------------------------------------------------------


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


def writers(node: Node, live: Live) -> list[str]:
    """The members for whom this node writes in a circle, in the order in which they came."""
    held = select(keys.c.member).where(keys.c.circle == live.no, keys.c.purpose == "device")
    here = set(node.connection.scalars(held))
    return [member for member in live.replica.roots.members if member in here]


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


# --- the log -----------------------------------------------------------------------------------------------------


def lines(live: Live) -> Iterator[dict[str, Any]]:
    """Every entry as `told_row` tells it, in the order of the log: what is settled, then what is pending."""
    query = select(entries, devices.c.key).select_from(entries.join(devices, entries.c.device == devices.c.no))
    query = query.where(entries.c.circle == live.no)
    settled = query.where(entries.c.position.is_not(None)).order_by(entries.c.position)
    for row in live.connection.execute(settled.execution_options(yield_per=1000)):
        yield told_row(live, row)
    waiting = {row.id: row for row in live.connection.execute(query.where(entries.c.position.is_(None)))}
    for entry in live.replica.pending.ordered():
        yield told_row(live, waiting[entry.id])

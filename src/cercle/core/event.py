"""Events: the typed things that entries say. One frozen struct is the event, its form, its API schema and its help."""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

# The kinds of field that a person sees formatted: the page, the sentence and the command line read them here.
Words = Annotated[str, Meta(max_length=2000, extra={"kind": "words"}, description="words, erasable")]
Carried = Annotated[
    dict[str, Annotated[str, Meta(max_length=2000)]],
    Meta(max_length=20, extra={"kind": "carried"}, description="the words of an event that this one carries, erasable"),
]
Id = Annotated[str, Meta(min_length=20, max_length=20, extra={"kind": "id"}, description="an id, 20 hex digits")]
Code = Annotated[str, Meta(min_length=1, max_length=40, extra={"kind": "code"}, description="a code")]
Amount = Annotated[
    int, Meta(ge=0, le=10**12, extra={"kind": "amount"}, description="a quantity in thousandths of its unit")
]
Money = Annotated[int, Meta(ge=0, le=10**12, extra={"kind": "money"}, description="minor units, such as cents")]
Day = Annotated[str, Meta(min_length=10, max_length=10, extra={"kind": "day"}, description="a day, YYYY-MM-DD")]

# Who may, by default; the charter overrides it. A kind of member is a code in the log.
ADULTS = frozenset({"adult"})
HOUSEHOLD = frozenset({"adult", "child"})
EVERYBODY = frozenset({"adult", "child", "guest"})
KEEPER = frozenset({"keeper"})

# The circle itself, by a decision; and by whom that is done: no member has such an id.
CIRCLE = "circle"
DECIDED = frozenset({CIRCLE})


class Reason(Enum):
    """Why a rule refuses: members are (code, sentence in English); a module has one such enumeration."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence


class Refused(Exception):
    """Raised by a rule before it changes anything: the page shows the sentence, a replica marks the entry void."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


StructType = type[msgspec.Struct]


class Event(msgspec.Struct, frozen=True):
    """What is known of one type of event. `type` has all fields, `kept` only those that rules may read; `fields` are
    the names of all, each with its default (`msgspec.NODEFAULT` where it must be given). `read` makes a `kept` of the
    map of an entry, or raises `msgspec.ValidationError`."""

    name: str
    type: StructType
    kept: StructType
    read: Callable[[Any, StructType], Any]
    words: tuple[str, ...]
    fields: tuple[tuple[str, Any], ...]
    may: frozenset[str]
    sentences: dict[str, str]
    about: str

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]


def event(
    name: str, *, may: frozenset[str], en: str, fr: str
) -> Callable[[type[msgspec.Struct]], type[msgspec.Struct]]:
    """Declares a frozen struct as the event `name`; `en` and `fr` are its sentences, with its fields in braces."""

    def declare(struct: type[msgspec.Struct]) -> type[msgspec.Struct]:
        hints = get_type_hints(struct, include_extras=True)
        words = tuple(field for field, hint in hints.items() if kind_of(hint) in ("words", "carried"))
        fields = tuple((field.name, _default(field)) for field in msgspec.structs.fields(struct))
        kept_fields: list[Any] = [("act", bytes, b"")]
        for field, default in fields:
            if field not in words:
                whole = (field, hints[field])
                kept_fields.append(whole if default is msgspec.NODEFAULT else (*whole, _as_default(default)))
        kept = msgspec.defstruct(
            struct.__name__, kept_fields, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
        )
        about = " ".join((struct.__doc__ or "").split())
        with_bytes = any(_holds_bytes(hint) for field, hint in hints.items() if field not in words)
        read = _read_with_bytes if with_bytes else msgspec.convert
        known = Event(name, struct, kept, read, words, fields, may, {"en": en, "fr": fr}, about)
        struct.__event__ = known  # type: ignore[attr-defined]
        return struct

    return declare


def _holds_bytes(hint: Any) -> bool:
    parts = get_args(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        parts = tuple(get_type_hints(hint, include_extras=True).values())
    return hint is bytes or any(_holds_bytes(part) for part in parts)


def _read_with_bytes(kept: Any, to: StructType) -> Any:
    """Text never stands for bytes. (An `act` is held to that by the entry, so that the many events without any other
    bytes are read in half the time.)"""
    return msgspec.convert(kept, to, builtin_types=(bytes,))


def _default(field: Any) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _as_default(default: Any) -> Any:
    """As msgspec takes it: a list or a map is made anew for each event."""
    return msgspec.field(default_factory=type(default)) if isinstance(default, list | dict) else default


def kind_of(hint: Any) -> str:
    """The kind of a field (words, id, code, amount, money, day) or "" for a plain type."""
    for part in _parts(hint):
        if isinstance(part, Meta) and part.extra and "kind" in part.extra:
            return str(part.extra["kind"])
    return ""


def _parts(hint: Any) -> list[Any]:
    if get_origin(hint) is Annotated:
        return list(hint.__metadata__)
    return [part for inner in get_args(hint) if get_origin(inner) is Annotated for part in inner.__metadata__]


def known(struct: type[msgspec.Struct]) -> Event:
    """The declaration of an event's struct."""
    return struct.__event__  # type: ignore[attr-defined,no-any-return]


def split(declared: Event, event: msgspec.Struct) -> tuple[dict[str, Any], dict[str, Any]]:
    """(kept, words) of one event; fields that stand at their default are left out of both."""
    kept: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for field, default in declared.fields:
        value = getattr(event, field)
        if field in declared.words:
            if value:
                words |= value if isinstance(value, dict) else {field: value}
        elif value != default:
            kept[field] = msgspec.to_builtins(value, builtin_types=(bytes,))
    return kept, words


_MS_A_DAY = 86_400_000
_FIRST_DAY = date(1970, 1, 1).toordinal()


def utc_day(time: int) -> str:
    """The day (YYYY-MM-DD) of a moment in ms since 1970, in UTC, since the rules know no time zones; of a moment past
    all days, the last one."""
    return _day(time // _MS_A_DAY)


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return date.fromordinal(min(_FIRST_DAY + number, date.max.toordinal())).isoformat()


@lru_cache(maxsize=4096)
def monday_of(day: str) -> str:
    """The Monday of a day's week (ISO 8601); of the first days of all, the first one."""
    number = date.fromisoformat(day).toordinal()
    return date.fromordinal(max(number - (number - 1) % 7, 1)).isoformat()


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@lru_cache(maxsize=4096)  # the same days are said again and again
def is_day(text: str) -> bool:
    """Whether `text` is a day of the calendar, YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

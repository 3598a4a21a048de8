"""docs/states.md: each module's state, field by field, from the structs themselves."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from cercle.core.shelf import Shelf
from cercle.modules import load

HEAD = """# The states

What [the protocol](protocol.md#12-the-state-and-its-hash) hashes, as values. This page is written by
`.venv/bin/python -m tests.vectors` from the structs in the source, whose docstrings say what each field means. *Short*
ones leave out the fields that stand at their default; *list* ones are the list of their values, in this order. How a
shelf is spelled stands there too.
"""
PLAIN = {int: "integer", str: "text", bool: "boolean", bytes: "bytes", NoneType: "null"}


def told(hint: Any) -> str:
    """A type in words."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return told(inner[0])
    if origin in (Union, UnionType):
        return " or ".join(told(one) for one in inner)
    if origin is list:
        return f"list of {told(inner[0])}"
    if origin is tuple:
        return "list: " + ", ".join(told(one) for one in inner)
    if isinstance(hint, type) and issubclass(hint, Shelf):
        return f"shelf of {told(hint.kind)}"
    if origin is dict:
        return f"map from {told(inner[0])} to {told(inner[1])}"
    return PLAIN.get(hint) or f"`{hint.__name__}`"


def structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs that stand in a type, the outer ones first."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
        inner: Any = get_type_hints(hint, include_extras=True).values()
    elif isinstance(hint, type) and issubclass(hint, Shelf):
        inner = (hint.kind,)
    else:
        inner = get_args(hint)
    for one in inner:
        yield from structs(one)


def states() -> str:
    parts = [HEAD]
    for module in load():
        parts.append(f"\n## {module.name} {module.version}\n")
        for struct in dict.fromkeys(structs(module.state)):
            config = struct.__struct_config__
            how = ", *short*" * config.omit_defaults + ", *list*" * config.array_like
            parts.append(f"\n`{struct.__name__}`{how}\n\n")
            hints = get_type_hints(struct, include_extras=True)
            for field in msgspec.structs.fields(struct):
                default = "" if field.required or not config.omit_defaults else f" = {_default(field)}"
                parts.append(f"- `{field.encode_name}`: {told(hints[field.name])}{default}\n")
    return "".join(parts)


def _default(field: Any) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if isinstance(value, list | dict):
        return "empty"
    return msgspec.json.encode(value).decode()

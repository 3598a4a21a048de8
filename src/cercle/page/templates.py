"""Jinja2 over the templates of the web and of every module, once for each language."""

import os
import sys
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from cercle.modules import load
from cercle.page.languages import translations

WEB = Path(__file__).parent.parent / "web"


@cache
def environment(language: str) -> Environment:
    folders = [WEB / "templates"]
    for module in load():
        spec = find_spec(f"{module.web.rpartition('.')[0]}") if module.web else None
        folders += [Path(place) / "templates" for place in (spec.submodule_search_locations or [])] if spec else []
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        bytecode_cache=compiled(),
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static
    return made


def compiled() -> FileSystemBytecodeCache | None:
    """Within the .venv, where there is one that can be written: to compile the templates anew takes a fifth of a second
    and four megabytes each time that a node starts."""
    folder = Path(sys.prefix) / "cache" / "cercle"
    try:
        if sys.prefix == sys.base_prefix:
            return None
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


@cache
def static(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for ever."""
    content = (WEB / "static" / name).read_bytes()
    return f"/static/{name}?{sha256(content).hexdigest()[:12]}"

"""Jinja2 over the templates of the web and of every module, once for each language."""

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

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
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static
    return made


@cache
def static(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it for ever."""
    content = (WEB / "static" / name).read_bytes()
    return f"/static/{name}?{sha256(content).hexdigest()[:12]}"

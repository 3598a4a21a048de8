"""Help: what each module says of itself in its README."""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from cercle.core.module import Module
from cercle.modules import load
from cercle.page.visit import Visit

CIRCLE = "circle"


@cache
def text_of(module: str, language: str) -> str:
    """The module's README as HTML, in that language where there is one; "" where there is none. What stands in it
    as HTML is shown as text, and a link that is no plain address is none."""
    package = load().by_name[module].rules
    folder = files(next(iter(package.values())).__module__.rpartition(".")[0]) if package else None
    for name in (f"README.{language}.md", "README.md"):
        page = folder / name if folder is not None else None
        if page is not None and page.is_file():
            from markdown_it import MarkdownIt  # heavy, and seldom needed

            markdown = MarkdownIt("commonmark", {"html": False})
            return str(markdown.render(page.read_text(encoding="utf-8")))
    return ""


def label_of(visit: Visit, module: Module) -> str:
    """What the page of help calls it: as its first page, but for the circle, whose pages gather those of others."""
    if module.name == CIRCLE:
        return visit.gettext("The circle")
    return visit.gettext(module.parts[0].label) if module.parts else module.name


def subjects(visit: Visit) -> list[dict[str, Any]]:
    found = []
    for module in load():
        text = text_of(module.name, visit.language)
        if module.name not in visit.circle.roots.modules or not text:
            continue
        found.append(
            {
                "href": f"{visit.home}/help/{module.name}",
                "label": label_of(visit, module),
                "key": module.name,
                "icon": module.parts[0].icon if module.parts else "home",
                "sentence": text.partition("<p>")[2].partition(".")[0] + ".",
            }
        )
    return found


@get(["/c/{circle:str}/help", "/c/{circle:str}/help/{module:str}"])
async def help_page(visit: Visit, module: str = "") -> Response[Any]:
    """One subject, or the choice of one."""
    known = subjects(visit)
    one = next((subject for subject in known if subject["key"] == module), None)
    if module and one is None:
        raise NotFoundException
    text = text_of(module, visit.language) if module else ""
    title = one["label"] if one else visit.gettext("Help")
    return visit.render("help.html", title, subjects=known, text=text, chosen=module)


handlers = [help_page]

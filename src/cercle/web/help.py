"""Help: what each module says of itself in its README."""

from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

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


def subjects(visit: Visit) -> list[dict[str, Any]]:
    found = []
    for module in load():
        text = text_of(module.name, visit.language)
        if module.name not in visit.circle.roots.modules or not module.parts or not text:
            continue
        is_circle = module.name == CIRCLE  # whose pages gather those of others
        found.append(
            {
                "href": f"{visit.home}/help/{module.name}",
                "label": visit.gettext("The circle") if is_circle else visit.gettext(module.parts[0].label),
                "key": module.name,
                "icon": "home" if is_circle else module.parts[0].icon,
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

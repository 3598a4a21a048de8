"""The page of imports: a file that another program wrote, brought into a circle, and what became of it."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from cercle.core.event import Refused
from cercle.imports import KINDS, Report, Where
from cercle.modules.circle.read import is_on
from cercle.page.visit import CIRCLE_NAME_LIMIT, Form, Visit, name_in, shown
from cercle.sentences import number
from cercle.store.live import Live
from cercle.store.node import NotFound
from cercle.web.door import Closed
from cercle.web.front import lives

ENDINGS = (".json", ".csv", ".db")
SHOWN_ON = {
    "people": "people",
    "bills": "money",
    "products": "list",
    "list items": "list",
    "stock movements": "stock",
    "chores": "tasks",
    "chore executions": "tasks",
}


@get("/import")
async def import_page(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200, report: Any = None) -> Response[Any]:
    names = {live.circle.roots.begun: shown(live.name(live.circle.roots.name)) for live in lives(visit)}
    into = [{"value": "", "label": visit.gettext("A circle of its own, or where it went before")}]
    return visit.render(
        "import.html",
        visit.gettext("Import"),
        status=status,
        form=form,
        kinds=[
            {"value": key, "label": kind.title, "sentence": visit.gettext(kind.sentence)} for key, kind in KINDS.items()
        ],
        circles=into + [{"value": key, "label": name or visit.gettext("A circle")} for key, name in names.items()],
        report=report,
    )


@post("/import", status_code=200)
async def imported(visit: Visit) -> Response[Any]:
    if visit.person is None:
        raise Closed
    filled = await visit.form()
    file = (await visit.request.form()).get("file")
    mine = {live.circle.roots.begun: live for live in lives(visit)}
    errors = {}
    if filled.get("kind") not in KINDS:
        errors["kind"] = visit.gettext("Choose the program that wrote the file.")
    if not isinstance(file, UploadFile) or not file.filename:
        errors["file"] = visit.gettext("Choose a file.")
    if filled.get("circle", "") not in {"", *mine}:
        errors["circle"] = visit.gettext("Choose one of your circles.")
    if errors or not isinstance(file, UploadFile):
        return show(visit, Form(dict(filled), errors), 422)
    chosen = mine[filled["circle"]].id.hex() if filled.get("circle") else ""
    name = name_in(Path(file.filename).stem, CIRCLE_NAME_LIMIT)
    where = Where(circle=chosen, name=name, founder=name_in(filled.get("founder", "")), person=visit.person)
    try:
        report = await bring(visit, filled["kind"], file, where)
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"file": visit.reason(refusal)}), 422)
    except NotFound:
        return show(visit, Form(dict(filled), {"circle": visit.gettext("Choose one of your circles.")}), 422)
    return show(visit, Form(), report=told(visit, filled["kind"], report))


async def bring(visit: Visit, kind: str, file: UploadFile, where: Where) -> Report:
    """Reads the file beside the pages, which others look at meanwhile."""
    ending = next((one for one in ENDINGS if file.filename.lower().endswith(one)), "")
    with TemporaryDirectory() as folder:
        path = Path(folder, f"file{ending}")
        path.write_bytes(await file.read())
        return await asyncio.to_thread(KINDS[kind].bring, visit.node, path, where)


# --- the report --------------------------------------------------------------------------------------------------


def told(visit: Visit, kind: str, report: Report) -> dict[str, Any]:
    live = visit.node.find(report.circle)
    begun = visit.gettext("A circle has begun with it.") if report.new else visit.gettext("It is in the circle.")
    home = f"/c/{live.circle.roots.begun}"
    nothing = not report.brought
    return {
        "title": visit.gettext("%(program)s has been brought in", program=KINDS[kind].title),
        "sentence": visit.gettext("All of it was there already.") if nothing and report.already else begun,
        "brought": [line(visit, live, home, what, count) for what, count in report.brought.items()],
        "already": [line(visit, live, home, what, count) for what, count in report.already.items()],
        "left": [
            {
                "label": visit.gettext(left.what),
                "text": number(left.count, visit.language),
                "why": " ".join([visit.gettext(left.why.sentence), *examples(left.examples)]),
            }
            for left in report.left
        ],
        "warnings": [visit.gettext(said.sentence, **said.values) for said in report.warnings],
        "home": f"{home}/list" if is_on(live.circle, "list") else f"{home}/log",
    }


def examples(names: tuple[str, ...]) -> list[str]:
    return [f"({', '.join(names)})"] if names else []


def line(visit: Visit, live: Live, home: str, what: str, count: int) -> dict[str, Any]:
    page = SHOWN_ON.get(what, "")
    return {
        "label": visit.gettext(what),
        "text": number(count, visit.language),
        "href": f"{home}/{page}" if page and is_on(live.circle, page) else None,
    }


handlers = [import_page, imported]

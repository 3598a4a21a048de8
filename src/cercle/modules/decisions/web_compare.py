"""A charter as a file, beside another one line by line, and what of that the circle takes over by a decision."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile

from cercle.core.event import Refused
from cercle.modules.charter.rules import template_of, value
from cercle.modules.charter.settings import SETTINGS, TEMPLATES, Value, fits, value_in
from cercle.modules.decisions import events
from cercle.modules.decisions.web_charter import CHANGED, GROUPS, templates
from cercle.modules.decisions.web_charter_words import sentence, told
from cercle.modules.decisions.web_propose import TITLE_LIMIT, Carried, days_in, propose, shortest, ways, wrong
from cercle.page.visit import Form, Visit, name_in

MOST = 20_000  # bytes of a file
FORMAT = "cercle-charter/1"


class File(msgspec.Struct):
    """A charter as a file: the circle's name, its currency (in whose minor units sums of money are), and each
    setting."""

    format: str
    settings: dict[str, Value]
    name: str = ""
    unit: str = ""
    template: str = ""


@get("/c/{circle:str}/charter/file")
async def charter_file(visit: Visit) -> Response[Any]:
    """This circle's charter, for others to compare theirs with."""
    found = File(
        FORMAT,
        {setting: value(visit.circle, setting) for setting in SETTINGS},
        visit.name(visit.circle.roots.name),
        visit.circle.roots.unit,
        template_of(visit.circle),
    )
    return Response(
        msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n",
        media_type="application/json",
        headers={"content-disposition": 'attachment; filename="charter.json"'},
    )


@get("/c/{circle:str}/charter/compare")
async def compare_page(visit: Visit, template: str = "") -> Response[Any]:
    if template not in TEMPLATES:
        return show(visit, None, "", Form())
    return show(visit, of_template(template), template, Form())


def of_template(template: str) -> dict[str, Value]:
    return {setting: value_in(template, setting) for setting in SETTINGS}


def show(
    visit: Visit, theirs: dict[str, Value] | None, template: str, form: Form, status: int = 200, name: str = ""
) -> Response[Any]:
    here, found = f"{visit.home}/charter/compare", differences(visit, theirs or {})
    carried = ["charter.adopted"] if template and found else [CHANGED]
    return visit.render(
        "decisions/compare.html",
        visit.gettext("Compare charters"),
        "decisions",
        status,
        form=form,
        templates=[
            {"label": label, "href": f"{here}?template={code}", "current": code == template}
            for code, label in templates(visit).items()
        ],
        with_name=templates(visit).get(template, name),
        compared=theirs is not None,
        same=len(SETTINGS) - len(found),
        lines=found,
        chosen=form.filled.get("rule", [one["key"] for one in found]),
        theirs=msgspec.json.encode(theirs).decode() if theirs is not None and not template else "",
        whole=template,
        ways=ways(visit, carried),
        days=shortest(visit),
        post={"read": here, "propose": f"{here}/propose" if visit.may(events.Proposed) else None},
        back=f"{visit.home}/charter",
    )


def differences(visit: Visit, theirs: dict[str, Value]) -> list[dict[str, Any]]:
    """The rules that are others there, in the order in which a charter is read: theirs as a sentence, and ours."""
    order = [setting for group in GROUPS.values() for setting in group]
    return [
        {
            "key": setting,
            **sentence(visit, setting, theirs[setting]),
            "ours": told(visit, setting, value(visit.circle, setting)),
        }
        for setting in order
        if setting in theirs and theirs[setting] != value(visit.circle, setting)
    ]


def settings_in(raw: bytes) -> dict[str, Value] | None:
    """The settings that there are here, of a map of them; None for what is no such map, or holds what no charter
    can."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, Value])
    except msgspec.DecodeError:
        return None
    known = {setting: one for setting, one in found.items() if setting in SETTINGS}
    return known if known and all(fits(setting, one) for setting, one in known.items()) else None


@post("/c/{circle:str}/charter/compare")
async def compared(visit: Visit) -> Response[Any]:
    """With the file of another circle."""
    await visit.form()
    file = (await visit.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return show(visit, None, "", Form({}, {"file": visit.gettext("Choose a file.")}), 422)
    try:
        read = msgspec.json.decode((await file.read())[:MOST], type=File)
        theirs = settings_in(msgspec.json.encode(read.settings)) if read.format == FORMAT else None
    except msgspec.DecodeError:
        theirs = None
    if theirs is None:
        wrong = visit.gettext("This is no charter that Cercle wrote, or it holds a rule that no charter can have.")
        return show(visit, None, "", Form({}, {"file": wrong}), 422)
    if read.unit and read.unit != visit.circle.roots.unit:  # sums in another currency say nothing here
        theirs = {setting: one for setting, one in theirs.items() if SETTINGS[setting].kind != "money"}
    return show(visit, theirs, "", Form(), name=name_in(read.name, TITLE_LIMIT))


@post("/c/{circle:str}/charter/compare/propose")
async def proposed(visit: Visit) -> Response[Any]:
    """What was ticked, as a proposal: a template as a whole where all of it was, else a clause for each rule."""
    filled: dict[str, Any] = await visit.form()
    filled["rule"] = await visit.all_of("rule")
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    template = filled.get("template", "")
    theirs = of_template(template) if template in TEMPLATES else settings_in(filled.get("theirs", "").encode()[:MOST])
    errors: dict[str, str] = {}
    days = days_in(visit, filled, errors)
    title = name_in(filled.get("title", ""), TITLE_LIMIT)
    if not title:
        errors["title"] = visit.gettext("Say in a line what you propose.")
    wanted = [one["key"] for one in differences(visit, theirs or {}) if one["key"] in filled["rule"]]
    if not wanted:
        errors["rule"] = visit.gettext("Tick what is to be taken over.")
    if errors or theirs is None:
        return show(visit, theirs, template if template in TEMPLATES else "", Form(filled, errors), 422)
    is_whole = template in TEMPLATES and len(wanted) == len(differences(visit, theirs))
    try:
        added = clauses(template if is_whole else "", {setting: theirs[setting] for setting in wanted})
        motion = propose(visit, filled, title, added, days)
    except (Refused, msgspec.ValidationError) as error:
        form = Form(filled, {"": wrong(visit, error)})
        return show(visit, theirs, template if template in TEMPLATES else "", form, 409)
    return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))


def clauses(template: str, wanted: dict[str, Value]) -> list[Carried]:
    """The template as a whole, or each rule."""
    if template:
        return [Carried("charter.adopted", {"template": template})]
    return [
        Carried(CHANGED, {"setting": setting, ("number" if isinstance(one, int) else "choice"): one})
        for setting, one in wanted.items()
    ]


handlers = [charter_file, compare_page, compared, proposed]

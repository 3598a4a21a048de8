"""Coming into a circle that another machine holds: this one comes to hold it too."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from cercle.beginnings import MEMBER, NODE
from cercle.core.event import Refused
from cercle.page.visit import Form, Visit, name_in
from cercle.store.codes import Slip
from cercle.web.door import Closed
from cercle.web.front import first_page


@get("/arrive")
async def arriving(visit: Visit, code: str = "") -> Response[Any]:
    return show(visit, Form({"code": code}))


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    if visit.person is None or visit.is_tablet:
        raise Closed
    return visit.render("arrive.html", visit.gettext("Come in from another machine"), status=status, form=form)


@post("/arrive")
async def arrived(visit: Visit) -> Response[Any]:
    from cercle.coming import arrive, why_not_met  # large, and seldom needed
    from cercle.meeting import NotMet

    filled = await visit.form()
    if visit.person is None or visit.is_tablet:
        raise Closed
    name = name_in(filled.get("name", ""))
    if not name:
        return show(visit, Form(dict(filled), {"name": visit.gettext("A name has 1 to 60 letters.")}), 422)
    try:
        holder = MEMBER if filled.get("mine") == "yes" else NODE
        live, _ = await arrive(visit.node, filled.get("code", ""), visit.person, name, holder)
    except Slip:
        wrong = visit.gettext("There is a slip in this code: compare it sign by sign.")
        return show(visit, Form(dict(filled), {"code": wrong}), 422)
    except NotMet as error:
        return show(visit, Form(dict(filled), {"code": why_not_met(error, visit.gettext)}), 409)
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return Redirect(first_page(live), status_code=303)


handlers = [arriving, arrived]

"""Coming in by a recovery kit: on a machine that holds the circle, or on any other, which takes it from one at home,
from an address or from a file."""

from typing import Any, BinaryIO, cast

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from cercle import beginnings, recovering
from cercle.core.event import Refused
from cercle.page.visit import Form, Visit
from cercle.store.kits import Slip, read_kit, seed_of
from cercle.store.live import Live
from cercle.sync.address import EXAMPLE, plain_address
from cercle.sync.bundle import Unreadable
from cercle.web.door import open_session


@get("/kit")
async def kit_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    """Who has no way in here is asked for nothing but the words: this machine goes nowhere for strangers."""
    return visit.render(
        "kit.html",
        visit.gettext("Come in by a recovery kit"),
        status=status,
        form=form,
        goes_out=goes_out(visit),
    )


def goes_out(visit: Visit) -> bool:
    return visit.person is not None and not visit.is_tablet


@post("/kit")
async def came(visit: Visit) -> Response[Any]:
    from cercle.meeting import NotMet  # large, and seldom needed

    filled = await visit.form()
    try:
        seed = seed_of(read_kit(filled.get("words", "")))
    except Slip as slip:
        return show(visit, Form(dict(filled), {"words": recovering.what_is_wrong(slip, visit.gettext)}), 422)
    try:
        found = await brought_in(visit, seed, filled)
    except ValueError:
        wrong = visit.gettext("Write the address of its pages, such as %(example)s.", example=EXAMPLE)
        return show(visit, Form(dict(filled), {"address": wrong}), 422)
    except NotMet as error:
        return show(visit, Form(dict(filled), {"address": recovering.why_not_met(error, visit.gettext)}), 409)
    except Unreadable as unreadable:
        return show(visit, Form(dict(filled), {"file": visit.reason(unreadable)}), 409)
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    if found is None:
        wrong = visit.gettext("No circle on this machine knows these words.")
        return show(visit, Form(dict(filled), {"words": wrong}), 401)
    live, member, person = found
    there = await recovering.tell(visit.node, live, seed) if goes_out(visit) else []
    said = [recovering.unheard(there, visit.gettext)]
    if not recovering.has_rank(live.circle, recovering.device_of(visit.node, live, member)):
        said.insert(0, visit.gettext("You are in. This kit is not 14 days old: revoke what is lost under “Change”."))
    answer: Response[Any] = visit.go(f"/c/{live.circle.roots.begun}/devices")
    if person != visit.person:
        answer = open_session(visit, person, answer)
    visit.say(" ".join(filter(None, said)))
    return answer


async def brought_in(visit: Visit, seed: bytes, filled: dict[str, str]) -> tuple[Live, str, int] | None:
    """Raises `ValueError` where the address is none, `NotMet` and `Refused`."""
    node, holder = visit.node, beginnings.MEMBER if filled.get("mine") == "yes" else beginnings.NODE
    if not goes_out(visit) or visit.person is None:
        node.owner()  # somebody is it, before a stranger could be the first one here
        return recovering.come_in_by_kit(node, seed, None)
    file = (await visit.request.form()).get("file")
    if isinstance(file, UploadFile) and file.filename:
        await recovering.take_in(node, cast(BinaryIO, file.file), seed)
    found = recovering.come_in_by_kit(node, seed, visit.person, holder)
    if found is not None:
        return found
    address = plain_address(filled["address"]) if filled.get("address") else ""
    return await recovering.come_in_from_afar(node, seed, visit.person, address, holder)


handlers = [kit_page, came]

"""Showing that an entry was settled, to anybody; and that all members were told the same, to each other."""

from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.page.visit import Form, Visit
from cercle.proofs import compare, prove
from cercle.web.log import Asked, show


@get("/c/{circle:str}/log/{entry:str}/proof")
async def proof(visit: Visit, entry: str, words: str = "") -> Response[Any]:
    visit.on_own_device()
    raw = prove(visit.here, entry, with_words=bool(words))
    name = f'attachment; filename="{entry}.cercle-proof"'
    return Response(raw, media_type="application/octet-stream", headers={"content-disposition": name})


@post("/c/{circle:str}/log/compare", status_code=200)
async def compared(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    said = filled.get("said", "")
    try:
        same = compare(visit.here, said)
    except Refused as refused:
        return show(visit, Asked(), compared=Form({"said": said}, {"said": visit.reason(refused)}), status=422)
    return show(visit, Asked(), compared=Form({"said": said}), same=answer(visit, same))


def answer(visit: Visit, same: bool | None) -> dict[str, Any]:
    sentence = {
        True: visit.gettext("Both tell the same."),
        False: visit.gettext("They tell two stories: ask the keeper of the log, and verify the log on both machines."),
        None: visit.gettext("This machine has not got so far yet: let both meet, and compare again."),
    }[same]
    return {"ok": same is True, "sentence": sentence}


handlers = [proof, compared]

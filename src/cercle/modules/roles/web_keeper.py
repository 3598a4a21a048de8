"""The keeper of the log, as one of the roles: who it is, since when, how that is handed on and taken back."""

from typing import Any

import msgspec
from litestar import Response, get, post

from cercle.core.entry import short
from cercle.core.event import Refused, known
from cercle.modules.decisions.events import Proposed
from cercle.modules.decisions.web_propose import carried, days_in, propose, wrong
from cercle.modules.devices.events import HandedOn, KeeperAgreed
from cercle.modules.roles.web_propose import deciding
from cercle.modules.roles.web_words import told_day
from cercle.page.visit import Form, Visit
from cercle.store import rows


def row(visit: Visit) -> dict[str, Any]:
    """Who keeps the log, by which device, since when."""
    roots, devices = visit.circle.roots, visit.circle.devices
    since, entry = visit.remembered(("keeper", roots.keeper), lambda: began(visit))
    return {
        "person": visit.person_of(roots.devices[roots.keeper].member),
        "device": visit.name(devices.names.get(roots.keeper, ""), visit.gettext("Key %(key)s", key=roots.keeper[:8])),
        "here": roots.keeper == visit.device,
        "since": told_day(visit, since),
        "entry": f"{visit.home}/log/{entry}",
        "href": f"{visit.home}/roles/keeper",
        "wanting": len(devices.agreed),
        "needed": len(devices.deciding) // 2 + 1,
    }


def began(visit: Visit) -> tuple[int, str]:
    """Since when (ms) this device keeps the log, and the entry by which it does: the last one that handed it on, or by
    which enough people wanted it, or the decision; the first of all, where it is the founder's."""
    roots, motions = visit.circle.roots, visit.circle.decisions.motions
    genesis = visit.here.entry(roots.begun)
    found = [(genesis.time if genesis is not None else 0, roots.begun)]
    for event in (HandedOn, KeeperAgreed) if roots.term else ():
        for one in rows.settled_with(visit.node.connection, visit.here.no, known(event).name):
            entry = rows.as_entry(one.id, one.key, one.header)
            if entry.kept.get("device") == bytes.fromhex(roots.keeper):
                found.append((entry.time, short(entry.id)))
    for motion in motions.values() if roots.term else ():
        done = motion.outcomes[-1].at if motion.ended == "passed" else 0
        for name, one in motion.clauses.items():
            if done and one.clause.event == known(HandedOn).name and one.clause.kept["device"].hex() == roots.keeper:
                found.append((done, name))
    return max(found)


def heirs(visit: Visit) -> list[dict[str, str]]:
    """The devices that could keep it instead."""
    from cercle.modules.devices import web_keeper  # which its own pages import first

    return web_keeper.heirs(visit)


@get("/c/{circle:str}/roles/keeper")
async def keeper_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    from cercle.modules.roles import web  # which stands on this file

    web.known(visit)
    return visit.render(
        "roles/keeper.html",
        visit.gettext("Keeper of the log"),
        "roles",
        status,
        form=form,
        keeper=row(visit),
        heirs=heirs(visit),
        deciding=deciding(visit, HandedOn),
        ways={
            "propose": f"{visit.home}/roles/keeper" if visit.may(Proposed) else None,
            "devices": None if visit.is_tablet else f"{visit.home}/devices",
            "back": f"{visit.home}/roles",
        },
    )


@post("/c/{circle:str}/roles/keeper")
async def proposed(visit: Visit) -> Response[Any]:
    """The proposal that the circle hands the log on to another device."""
    filled = await visit.form()
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/decisions")
    errors: dict[str, str] = {}
    days, choices = days_in(visit, filled, errors), {one["value"]: one["label"] for one in heirs(visit)}
    chosen = filled.get("heir", "")
    if chosen not in choices:
        errors["heir"] = visit.gettext("Choose one.")
    if errors:
        return show(visit, Form(dict(filled), errors), 422)
    title = visit.gettext("The log is kept by %(device)s", device=choices[chosen])
    try:
        motion = propose(visit, filled, title, [carried(HandedOn(device=bytes.fromhex(chosen)))], days)
    except (Refused, msgspec.ValidationError) as error:
        return show(visit, Form(dict(filled), {"": wrong(visit, error)}), 409)
    return visit.go(f"{visit.home}/decisions/{motion}", visit.gettext("Proposed."))


handlers = [keeper_page, proposed]

"""Who votes for whom while they are away."""

from typing import Any

from litestar import Response, get, post

from cercle.core.event import Refused
from cercle.modules.charter.rules import number
from cercle.modules.decisions.events import ProxyNamed
from cercle.modules.decisions.read import proxies
from cercle.modules.decisions.read import until as ends
from cercle.modules.decisions.state import Proxy, still_here, voters
from cercle.page.visit import Form, Visit
from cercle.sentences import day


@get("/c/{circle:str}/decisions/proxy")
async def proxy_page(visit: Visit) -> Response[Any]:
    return show(visit, Form())


def show(visit: Visit, form: Form, status: int = 200) -> Response[Any]:
    most = number(visit.circle, "proxy_days")
    standing: dict[str, Proxy] = visit.circle.decisions.proxies
    others = proxies(visit.circle)
    voting = [name for name in still_here(visit.circle, voters(visit.circle)) if name != visit.member]
    may = visit.may(ProxyNamed) and most > 0 and bool(voting)
    return visit.render(
        "decisions/proxy.html",
        visit.gettext("Somebody votes for you"),
        "decisions",
        status,
        form=form,
        most=most,
        limit=number(visit.circle, "proxy_most"),
        mine=line(visit, visit.member, standing[visit.member]) if visit.member in standing else None,
        others=[line(visit, name, one) for name, one in others.items() if name != visit.member],
        people=[{"value": name, "label": str(visit.person_of(name)["name"])} for name in voting],
        post=f"{visit.home}/decisions/proxy" if may else None,
        back=f"{visit.home}/decisions",
    )


def line(visit: Visit, name: str, one: Proxy) -> dict[str, Any]:
    until = day(visit.day_of(ends(visit.circle, one)), visit.language, visit.today())
    return {
        "person": visit.person_of(name),
        "to": visit.person_of(one.to),
        "until": visit.gettext("until %(day)s", day=until),
        "over": ends(visit.circle, one) < visit.circle.time,
        "href": f"{visit.home}/log/{one.entry}",
    }


@post("/c/{circle:str}/decisions/proxy")
async def named(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    most, text = number(visit.circle, "proxy_days"), filled.get("days", "").strip()
    standing = visit.circle.decisions.proxies.get(visit.member)
    if "end" in filled and standing is not None:
        event, done = ProxyNamed(member=standing.to, days=0), visit.gettext("You vote for yourself again.")
    elif not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= most:
        wrong = visit.gettext("A whole number from %(least)s to %(most)s.", least=1, most=most)
        return show(visit, Form(dict(filled), {"days": wrong}), 422)
    else:
        event = ProxyNamed(member=filled.get("member", "")[:20].ljust(20, "0"), days=int(text))
        done = visit.gettext("Done. Where you vote yourself, your own vote counts.")
    try:
        visit.act(event, act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"": visit.reason(refusal)}), 409)
    return visit.go(f"{visit.home}/decisions/proxy", done)


handlers = [proxy_page, named]

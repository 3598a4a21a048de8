"""The common purse: what is in it, what can be spent from it for sure, and who put in and took out what."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from cercle.core.event import Refused
from cercle.modules.pools import events, web_asks, web_lines
from cercle.modules.pools.read import whole
from cercle.modules.pools.rules import Pool, Why, held, most_together
from cercle.page.typed import day_in, minor
from cercle.page.visit import Form, ToDecide, Visit, name_in
from cercle.sentences import money, symbol

LONGEST = 120
NAME_LIMIT = 60


@get("/c/{circle:str}/purse")
async def purse_page(visit: Visit, of: str = "") -> Response[Any]:
    return show(visit, Form(), of)


def show(visit: Visit, form: Form, of: str = "", status: int = 200) -> Response[Any]:
    """The purse that was asked for, or else the first that is open; where there is none, how to open one."""
    known = [name for name, pool in visit.circle.pools.pools.items() if not pool.closed]
    name = of if of in known else known[0] if known else ""
    here = f"{visit.home}/purse"
    return visit.render(
        "pools/purse.html",
        visit.name(name) if name else visit.gettext("Purse"),
        "purse",
        status,
        form=form,
        purses=[{"label": visit.name(one), "href": f"{here}?of={one}", "current": one == name} for one in known],
        purse=purse(visit, name) if name else None,
        open=here if visit.may(events.Opened) else None,
        offer=visit.offer() if name else None,
    )


def purse(visit: Visit, name: str) -> dict[str, Any]:
    unit, here = visit.circle.roots.unit, f"{visit.home}/purse/{name}"
    share, free = own_share(visit, name), held(visit.circle, name)

    def way(path: str, event: type[msgspec.Struct]) -> str | None:
        return f"{here}/{path}" if visit.may(event) else None

    asks = visit.device not in visit.circle.pools.pools[name].used
    return {
        "key": name,
        "whole": money(whole(visit.circle, name), unit, visit.language),
        "share": money(share, unit, visit.language),
        "free": money(free, unit, visit.language),
        "is_empty": not whole(visit.circle, name),
        "has_share": bool(share),
        "is_at_hand": visit.keeper_is_here(),
        "unit": symbol(unit, visit.language),
        "day": visit.today(),
        "payer": visit.member,
        "payers": [{"value": one["key"], "label": one["name"]} for one in visit.everybody()],
        "asks": web_asks.asks(visit, name),
        "shares": web_lines.shares(visit, name),
        "moves": web_lines.moves(visit, name),
        "void": web_lines.void(visit, name),
        "put_in": web_lines.put_in(visit, name),
        "log": f"{visit.home}/log?module=pools",
        "ways": {
            "pay": way("in", events.PaidIn),
            "spend": way("out", events.Spent),
            "sign": way("sign", events.AskDropped),
            "correct": way("correct", events.Corrected),
            "ask": way("ask", events.AllowanceAsked) if asks else None,
            "give_back": way("return", events.Returned),
            "revoke": way("revoke", events.AllowanceRevoked),
            "close": way("close", events.Closed) if not whole(visit.circle, name) else None,
        },
    }


def own_share(visit: Visit, name: str) -> int:
    """What the visitor can spend here for sure; nothing where this node holds no key of theirs."""
    return held(visit.circle, name, visit.device) if visit.device else 0


def pool_of(visit: Visit, name: str) -> Pool:
    """Raises `NotFoundException`."""
    found: Pool | None = visit.circle.pools.pools.get(name)
    if found is None:
        raise NotFoundException
    return found


def act(
    visit: Visit, name: str, filled: dict[str, str], done: str, *said: msgspec.Struct, box: str = ""
) -> Response[Any]:
    """Does it, and says so; a refusal stands at its box."""
    try:
        visit.act(*said, act=filled.get("act", ""))
    except Refused as refusal:
        second = {"second": "yes"} if refusal.reason is Why.SECOND else {}
        return show(visit, Form(dict(filled) | second, {box: visit.reason(refusal)}), name, 409)
    return visit.go(f"{visit.home}/purse?of={name}", done)


# --- money in and out --------------------------------------------------------------------------------------------


def sum_in(visit: Visit, filled: dict[str, str], box: str, errors: dict[str, str]) -> int:
    """Minor units of what a box says; what is none goes to `errors`."""
    found = minor(filled.get(box, ""), visit.circle.roots.unit, visit.language)
    if not found:
        errors[box] = visit.gettext("An amount looks like 12.50.")
    return found or 0


def day_of(visit: Visit, filled: dict[str, str], box: str, errors: dict[str, str]) -> str | None:
    when = day_in(filled.get(box, ""))
    if filled.get(box, "").strip() and when is None:
        errors[box] = visit.gettext("A day looks like 2026-12-31.")
    return when


@post("/c/{circle:str}/purse/{pool:str}/in")
async def paid_in(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    errors: dict[str, str] = {}
    amount, when = sum_in(visit, filled, "amount", errors), day_of(visit, filled, "on", errors)
    payer = filled.get("payer") or visit.member
    if payer not in visit.circle.roots.members:
        errors["payer"] = visit.gettext("Choose one.")
    if errors:
        return show(visit, Form(dict(filled), errors), pool, 422)
    event = events.PaidIn(pool=pool, amount=amount, payer=payer, day=when)
    return act(visit, pool, filled, visit.gettext("Put in."), event, box="amount")


@post("/c/{circle:str}/purse/{pool:str}/out")
async def spent(visit: Visit, pool: str) -> Response[Any]:
    """From this device's share, if that is enough. If not, from what is free, once its visitor wants that, or where the
    keeper is at hand; what is missing there is given back from the share in the same breath."""
    filled = await visit.form()
    pool_of(visit, pool)
    if visit.is_done(filled.get("act", "")):
        return visit.go(f"{visit.home}/purse?of={pool}")
    errors: dict[str, str] = {}
    amount, when = sum_in(visit, filled, "total", errors), day_of(visit, filled, "day", errors)
    what = " ".join(filled.get("what", "").split())[:LONGEST]
    if errors:
        return show(visit, Form(dict(filled), errors), pool, 422)
    if filled.get("ask"):
        done = visit.gettext("Asked. Once somebody else has signed, it is taken out.")
        out = events.Spent(pool=pool, amount=amount, free=True, day=when, what=what)
        return ask(visit, pool, filled, done, out)
    share, free = own_share(visit, pool), held(visit.circle, pool)
    is_sure, at_once = amount <= share, visit.keeper_is_here()
    if amount > share + free or not (is_sure or at_once or filled.get("free")):
        over = {"over": "yes"} if amount <= share + free else {}
        return show(visit, Form(filled | over, {"total": too_much(visit, share, share + free, bool(over))}), pool, 409)
    event = events.Spent(pool=pool, amount=amount, free=not is_sure, day=when, what=what)
    first = [events.Returned(pool=pool, amount=amount - free)] if event.free and amount > free else []
    done = visit.gettext("Taken out.")
    if not (is_sure or at_once):
        done = visit.gettext("Written down. It counts once the keeper of the log has confirmed it.")
    return act(visit, pool, filled, done, *first, event, box="total")


def ask(visit: Visit, pool: str, filled: dict[str, str], done: str, out: events.Spent) -> Response[Any]:
    """Somebody else is asked to sign; or the circle, where it decides on so much."""
    if most_together(visit.circle) < out.amount and visit.may_propose():
        raise ToDecide(Why.TO_DECIDE, (out,))
    wanted = events.Asked(pool=pool, amount=out.amount, day=out.day, what=out.what)
    return act(visit, pool, filled, done, wanted, box="total")


def too_much(visit: Visit, share: int, most: int, is_possible: bool) -> str:
    """Why so much cannot be taken out, or not for sure."""
    unit, language = visit.circle.roots.unit, visit.language
    if is_possible:
        sure = money(share, unit, language)
        return visit.gettext("For sure, this machine can spend %(amount)s. More may be taken elsewhere.", amount=sure)
    at_most = money(most, unit, language)
    return visit.gettext("From here, %(amount)s can be taken out at most: the rest is others’ share.", amount=at_most)


@post("/c/{circle:str}/purse/{pool:str}/correct")
async def corrected(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    done = visit.gettext("Taken back. Both lines stay in the log.")
    return act(visit, pool, filled, done, events.Corrected(entry=filled.get("correct", "")))


# --- shares, and the purse itself --------------------------------------------------------------------------------


@post("/c/{circle:str}/purse/{pool:str}/ask")
async def asked(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    done = visit.gettext("This machine gets a share, once the keeper of the log has confirmed it.")
    if visit.keeper_is_here():
        done = visit.gettext("This machine has a share now.")
    return act(visit, pool, filled, done, events.AllowanceAsked(pool=pool))


@post("/c/{circle:str}/purse/{pool:str}/return")
async def returned(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    errors: dict[str, str] = {}
    amount = sum_in(visit, filled, "back", errors)
    if errors:
        return show(visit, Form(dict(filled), errors), pool, 422)
    event = events.Returned(pool=pool, amount=amount)
    return act(visit, pool, filled, visit.gettext("Given back: all can spend it."), event, box="back")


@post("/c/{circle:str}/purse/{pool:str}/revoke")
async def revoked(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    try:
        key = bytes.fromhex(filled.get("device", ""))
    except ValueError:
        key = b""
    event = events.AllowanceRevoked(pool=pool, device=key if len(key) == 32 else bytes(32))
    return act(visit, pool, filled, visit.gettext("Its share goes back to the purse."), event)


@post("/c/{circle:str}/purse/{pool:str}/close")
async def closed(visit: Visit, pool: str) -> Response[Any]:
    filled = await visit.form()
    pool_of(visit, pool)
    return act(visit, pool, filled, visit.gettext("Closed."), events.Closed(pool=pool))


@post("/c/{circle:str}/purse")
async def opened(visit: Visit) -> Response[Any]:
    filled = await visit.form()
    name = name_in(filled.get("name", ""), NAME_LIMIT)
    if not name:
        wrong = {"name": visit.gettext("A name has 1 to 60 letters.")}
        return show(visit, Form(dict(filled), wrong), filled.get("of", ""), 422)
    try:
        written = visit.act(events.Opened(name=name), act=filled.get("act", ""))
    except Refused as refusal:
        return show(visit, Form(dict(filled), {"name": visit.reason(refusal)}), status=409)
    of = f"?of={written[0].id[:10].hex()}" if written else ""
    return visit.go(f"{visit.home}/purse{of}", visit.gettext("Opened."))


handlers = [purse_page, paid_in, spent, corrected, asked, returned, revoked, closed, opened, *web_asks.handlers]

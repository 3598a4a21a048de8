"""What waits for a second signature: asked for, signed by somebody else, or taken back."""

from typing import Any

from litestar import Response, post

from cercle.modules.pools import events
from cercle.modules.pools.rules import Ask
from cercle.page.visit import Visit, shown
from cercle.sentences import money


def asks(visit: Visit, name: str) -> list[dict[str, Any]]:
    """Of one purse, in the order in which they were asked."""
    found: dict[str, Ask] = visit.circle.pools.asks
    return [line(visit, key, one) for key, one in found.items() if one.pool == name]


def line(visit: Visit, key: str, one: Ask) -> dict[str, Any]:
    is_own = one.by == visit.member
    is_adult = visit.circle.is_adult(visit.member)
    return {
        "key": key,
        "what": shown(str(visit.here.words(key).get("what") or "")) or visit.gettext("something"),
        "by": visit.person_of(one.by),
        "text": money(one.amount, visit.circle.roots.unit, visit.language),
        "href": f"{visit.home}/log/{key}",
        "signs": not is_own and visit.may(events.Signed),
        "drops": (is_own or is_adult) and visit.may(events.AskDropped),
    }


@post("/c/{circle:str}/purse/{pool:str}/sign")
async def signed(visit: Visit, pool: str) -> Response[Any]:
    """Somebody else signs, and it is taken out; or it is not wanted any more."""
    from cercle.modules.pools.web import act, pool_of  # which stands on this file

    filled = await visit.form()
    pool_of(visit, pool)
    if filled.get("drop"):
        return act(visit, pool, filled, visit.gettext("Taken back."), events.AskDropped(ask=key_in(filled["drop"])))
    return act(visit, pool, filled, visit.gettext("Signed."), events.Signed(ask=key_in(filled.get("sign", ""))))


def key_in(text: str) -> str:
    return text[:20].ljust(20, "0")


handlers = [signed]

"""Where other nodes meet this one. Whoever is not in a circle gets the same answer about it as about any other address
under /sync."""

from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import State

from cercle.modules.people.read import invitations
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync.signing import NONCE, NotSigned, Watch, place_of


@post("/sync/{place:str}", request_max_body_size=None, status_code=200)
async def sync(request: Request[Any, Any, Any], state: State, place: str) -> Response[Any]:
    watch: Watch = state["watch"]
    try:
        live, secret = circle_at(state["node"], request.headers.get("host", "").lower(), place)
        from cercle.web.answering import answer  # large, and needed only once somebody meets

        return await answer(request, state["node"], watch, state["watchers"], live, secret)
    except (NotSigned, ValueError):
        return Response(b"", status_code=401, headers={NONCE: watch.challenge()})


def circle_at(node: Node, authority: str, place: str) -> tuple[Live, bytes]:
    """The circle that an address means to those who know its secret. Raises `NotSigned`."""
    for no, identifier in node.numbers().items():
        if place_of(identifier, authority) == place:
            return node.live(no), identifier
    for no in node.numbers():
        live = node.live(no)
        for invitation in () if live.replica.lacking else invitations(live.circle):
            entry = live.entry(invitation)
            key = entry.kept.get("key") if entry is not None else None
            if isinstance(key, bytes) and place_of(key, authority) == place:
                return live, key
    raise NotSigned


handlers = [sync]

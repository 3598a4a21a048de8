"""Where other nodes meet this one. Whoever is not in a circle gets the same answer about it as about any other address
under /sync; so does what was signed for another node."""

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response, post
from litestar.datastructures import State

from cercle.modules.devices.read import kits_in_use
from cercle.modules.people.read import invitations
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync.address import is_own
from cercle.sync.signing import NONCE, NotSigned, Watch, place_of


@post("/sync/{place:str}", request_max_body_size=None, status_code=200)
async def sync(request: Request[Any, Any, Any], state: State, place: str) -> Response[Any]:
    watch: Watch = state["watch"]
    authority = request.headers.get("host", "").lower()
    try:
        if not is_own(authority, request.scope["server"] or ("", 0), state["names"]):
            raise NotSigned  # it was signed for another node
        live, secret = circle_at(state["node"], authority, place)
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
        for key in () if live.replica.lacking else keys_let_in(live):
            if place_of(key, authority) == place:
                return live, key
    raise NotSigned


def keys_let_in(live: Live) -> Iterator[bytes]:
    """Those of the invitations that still admit somebody, and of the recovery kits."""
    for invitation in invitations(live.circle):
        entry = live.entry(invitation)
        key = entry.kept.get("key") if entry is not None else None
        if isinstance(key, bytes):
            yield key
    yield from (key for _, key in kits_in_use(live.circle))


handlers = [sync]

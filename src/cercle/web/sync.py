"""Where other nodes meet this one: the answering end of the conversation that `cercle.meeting` describes.

Whoever is not in a circle gets the same answer about it as about any other address under /sync.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.response import Stream

from cercle.core.event import Refused
from cercle.core.keys import Signer, public
from cercle.meeting import BUNDLE, HASH, Intake, devices, hashed, own_key, pack_for, read_frontier, spelled
from cercle.modules.people.read import invitations
from cercle.store.frontier import frontier
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync import signing
from cercle.sync.signing import FRONTIER, NONCE, Message, NotSigned, Watch, key_name, place_of

LONGEST = 16_384


class Asked(NamedTuple):
    """A request that may be answered: by whom it is signed there, and with which key here."""

    live: Live
    message: Message
    secret: bytes
    authority: str


@post("/sync/{place:str}", request_max_body_size=None, status_code=200)
async def sync(request: Request[Any, Any, Any], state: State, place: str) -> Response[Any]:
    node: Node = state["node"]
    watch: Watch = state["watch"]
    try:
        asked = let_in(node, watch, request, place)
        key = own_key(node, asked.live)
        said = request.headers[FRONTIER]
        if key is None:
            raise NotSigned
        if said.startswith(HASH):
            mine = frontier(asked.live)
            return signed(asked, key, said if hashed(mine) == said else spelled(mine), node.clock())
        there = read_frontier(said)
    except (NotSigned, ValueError):
        return Response(b"", status_code=401, headers={NONCE: watch.challenge()})
    intake = Intake(node, asked.live.id)
    try:
        async for piece in request.stream():
            intake.feed(piece)
        intake.finish()
    except Refused:
        return Response(b"", status_code=400)
    return signed(asked, key, HASH, node.clock(), pieces(asked.live, there))


async def pieces(live: Live, there: Any) -> AsyncIterator[bytes]:
    for piece in pack_for(live, there):
        yield piece


def let_in(node: Node, watch: Watch, request: Request[Any, Any, Any], place: str) -> Asked:
    """Raises `NotSigned`."""
    authority = request.headers.get("host", "").lower()
    headers = {name: value for name, value in request.headers.items() if len(value) <= LONGEST}
    message = Message(headers, "POST", f"{request.scope['scheme']}://{authority}{request.url.path}")
    live, secret = circle_at(node, authority, place)
    keys = devices(live, secret, authority) if secret == live.id else {key_name(secret, authority, secret): secret}
    watch.let_in(signing.read_signature(message, keys), headers["signature"])
    return Asked(live, message, secret, authority)


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


def signed(asked: Asked, key: Signer, said: str, now: int, body: AsyncIterator[bytes] | None = None) -> Response[Any]:
    answer = signing.Answer(200, {FRONTIER: said}, asked.message)
    signing.sign_answer(answer, key, key_name(asked.secret, asked.authority, public(key)), now)
    if body is None:
        return Response(b"", headers=answer.headers)
    return Stream(body, media_type=BUNDLE, headers=answer.headers)


handlers = [sync]

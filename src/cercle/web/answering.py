"""The answering end of the conversation that `cercle.meeting` describes."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, NamedTuple

from litestar import Request, Response
from litestar.response import Stream

from cercle.core.event import Refused
from cercle.core.keys import Signer, public
from cercle.meeting import BUNDLE, HASH, WAIT, Intake, devices, hashed, pack_for, read_frontier, spelled, voices
from cercle.store.frontier import Frontier, frontier
from cercle.store.live import Live
from cercle.store.node import Node
from cercle.sync import signing
from cercle.sync.signing import FRONTIER, Message, NotSigned, Watch, key_name
from cercle.web.events import Watchers

LONGEST = 16_384
MOST_WAITING = 100
WAIT_FOR = re.compile(r"\bwait=(\d{1,4})\b", re.ASCII)


class Asked(NamedTuple):
    """A request that may be answered: by the secret of who asks, at this authority, and with which key here."""

    message: Message
    secret: bytes
    authority: str
    key: Signer


async def answer(
    request: Request[Any, Any, Any], node: Node, watch: Watch, watchers: Watchers, live: Live, secret: bytes
) -> Response[Any]:
    """Raises `NotSigned` and `ValueError` where it is not to be answered."""
    asked = let_in(request, node, watch, live, secret)
    said = request.headers[FRONTIER]
    if said.startswith(HASH):
        mine = frontier(live)
        if hashed(mine) == said:
            await news(watchers, live, wanted_wait(request))
            mine = frontier(live)
        return signed(asked, said if hashed(mine) == said else spelled(mine), node.clock())
    there = read_frontier(said)
    intake = Intake(node, live.id)
    try:
        try:
            async for piece in request.stream():
                intake.feed(piece)
        finally:
            intake.store()
        intake.finish()
    except Refused:
        return Response(b"", status_code=400)
    return signed(asked, HASH, node.clock(), pieces(live, there))


def wanted_wait(request: Request[Any, Any, Any]) -> int:
    """For how many seconds the asker would wait for news. Source: RFC 7240, section 4.3."""
    found = WAIT_FOR.search(request.headers.get("prefer", ""))
    return min(int(found[1]), WAIT) if found else 0


async def news(watchers: Watchers, live: Live, wait: int) -> None:
    """Waits for it; not at all where too many wait already."""
    if not wait or watchers.count() >= MOST_WAITING:
        return
    heard = watchers.listen(live.no)
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.wait(), wait)
    finally:
        watchers.leave(live.no, heard)


async def pieces(live: Live, there: Frontier) -> AsyncIterator[bytes]:
    for piece in pack_for(live, there):
        yield piece


def let_in(request: Request[Any, Any, Any], node: Node, watch: Watch, live: Live, secret: bytes) -> Asked:
    """Raises `NotSigned`."""
    authority = request.headers.get("host", "").lower()
    headers = {name: value for name, value in request.headers.items() if len(value) <= LONGEST}
    message = Message(headers, "POST", f"{request.scope['scheme']}://{authority}{request.url.path}")
    is_member = secret == live.id
    keys = devices(live, secret, authority) if is_member else {key_name(secret, authority, secret): secret}
    watch.let_in(signing.read_signature(message, keys), headers["signature"])
    found = voices(node, live)
    if not found:
        raise NotSigned
    return Asked(message, secret, authority, found[0])


def signed(asked: Asked, said: str, now: int, body: AsyncIterator[bytes] | None = None) -> Response[Any]:
    made = signing.Answer(200, {FRONTIER: said}, asked.message)
    signing.sign_answer(made, asked.key, key_name(asked.secret, asked.authority, public(asked.key)), now)
    if body is None:
        return Response(b"", headers=made.headers)
    return Stream(body, media_type=BUNDLE, headers=made.headers)

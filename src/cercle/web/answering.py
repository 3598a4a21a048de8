"""The answering end of the conversation that `cercle.meeting` describes."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
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
from cercle.sync.signing import CERTIFICATE, FRONTIER, VOICE, Message, NotSigned, Watch, key_name
from cercle.web.events import Watchers

LONGEST = 16_384
MOST_WAITING = 100
# Of one member, however many devices they have; and of all together, since each may take some 16 MiB.
WAITING_EACH, TAKEN_IN_EACH, TAKEN_IN_AT_ONCE = 8, 2, 6
VOICE_NUMBER = re.compile(r"\d", re.ASCII)
WAIT_FOR = re.compile(r"\bwait=(\d{1,4})\b", re.ASCII)


class Asked(NamedTuple):
    """A request that may be answered: by the secret of who asks, at this authority, and with which key here."""

    message: Message
    secret: bytes
    authority: str
    key: Signer
    who: str


class Busy(Exception):
    """More is going on than may at once."""


class Bounds:
    """How much goes on for each member."""

    def __init__(self) -> None:
        self.going_on: Counter[str] = Counter()

    @contextmanager
    def one(self, who: str, each: int, of_all: int) -> Iterator[None]:
        """Raises `Busy`."""
        if self.going_on[who] >= each or self.going_on.total() >= of_all:
            raise Busy
        self.going_on[who] += 1
        try:
            yield
        finally:
            self.going_on[who] -= 1
            if not self.going_on[who]:
                del self.going_on[who]


waits, takings, givings = Bounds(), Bounds(), Bounds()


async def answer(
    request: Request[Any, Any, Any], node: Node, watch: Watch, watchers: Watchers, live: Live, secret: bytes
) -> Response[Any]:
    """Raises `NotSigned` and `ValueError` where it is not to be answered."""
    asked = let_in(request, node, watch, live, secret)
    said = request.headers[FRONTIER]
    if said.startswith(HASH):
        mine = frontier(live)
        if hashed(mine) == said:
            with suppress(Busy), waits.one(asked.who, WAITING_EACH, MOST_WAITING):
                await news(watchers, live, wanted_wait(request))
            mine = frontier(live)
        return signed(asked, said if hashed(mine) == said else spelled(mine), node.clock())
    there = read_frontier(said)
    try:
        with takings.one(asked.who, TAKEN_IN_EACH, TAKEN_IN_AT_ONCE):
            await take_in(request, Intake(node, live.id))
    except Busy:
        return Response(b"", status_code=503)
    except Refused:
        return Response(b"", status_code=400)
    return signed(asked, HASH, node.clock(), pieces(live, there, asked.who))


async def take_in(request: Request[Any, Any, Any], intake: Intake) -> None:
    """Raises `Refused` where it cannot be read; what came before stands."""
    try:
        async for piece in request.stream():
            intake.feed(piece)
    finally:
        intake.store()
    intake.finish()


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


async def pieces(live: Live, there: Frontier, who: str) -> AsyncIterator[bytes]:
    """Nothing where too much is given already: who asked comes again."""
    with suppress(Busy), givings.one(who, TAKEN_IN_EACH, TAKEN_IN_AT_ONCE):
        for piece in pack_for(live, there):
            yield piece
            await asyncio.sleep(0)  # others are to be answered meanwhile


def let_in(request: Request[Any, Any, Any], node: Node, watch: Watch, live: Live, secret: bytes) -> Asked:
    """Raises `NotSigned`."""
    authority = request.headers.get("host", "").lower()
    headers = {name: value for name, value in request.headers.items() if len(value) <= LONGEST}
    message = Message(headers, "POST", f"{request.scope['scheme']}://{authority}{request.url.path}")
    secure = request.app.state["secure"]
    if CERTIFICATE in headers and (secure is None or headers[CERTIFICATE] != secure.digest):
        raise NotSigned  # somebody stands between
    is_member = secret == live.id
    keys = devices(live, secret, authority) if is_member else {key_name(secret, authority, secret): secret}
    by = signing.read_signature(message, keys)
    watch.let_in(by)
    device = live.replica.roots.devices.get(by.key.hex())
    found = voices(node, live)
    if not found:
        raise NotSigned
    wanted = headers.get(VOICE, "0")
    key = found[int(wanted) % len(found)] if VOICE_NUMBER.fullmatch(wanted) else found[0]
    return Asked(message, secret, authority, key, device.member if device is not None else by.key.hex())


def signed(asked: Asked, said: str, now: int, body: AsyncIterator[bytes] | None = None) -> Response[Any]:
    made = signing.Answer(200, {FRONTIER: said}, asked.message)
    signing.sign_answer(made, asked.key, key_name(asked.secret, asked.authority, public(asked.key)), now)
    if body is None:
        return Response(b"", headers=made.headers)
    return Stream(body, media_type=BUNDLE, headers=made.headers)

"""Going to another node that holds a circle, or will: the asking end of a conversation. See `cercle.meeting`."""

import asyncio
import ssl
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from functools import cache
from urllib.parse import urlsplit

import httpx
import msgspec

from cercle import beginnings
from cercle.core.event import Refused
from cercle.core.keys import Signer, public, signer
from cercle.meeting import (
    MOST_AT_ONCE,
    WAIT,
    Intake,
    NotLetIn,
    NotMet,
    devices,
    hashed,
    pack_for,
    read_frontier,
    spelled,
    voices,
)
from cercle.store.frontier import Frontier, frontier
from cercle.store.live import Live
from cercle.store.live import Why as LiveWhy
from cercle.store.node import Node
from cercle.store.peers import invitation_at, invited_to, keep_peer, note_met
from cercle.store.receive import Received
from cercle.store.rows import is_short_id
from cercle.sync import signing
from cercle.sync.address import authority_of, plain_address
from cercle.sync.signing import FRONTIER, NONCE

TIMEOUT = 30.0  # seconds


class Way(msgspec.Struct):
    """The way to a circle at a peer: the secret that names it there, and the key by which one asks. `circle` is b""
    where only the invitation is known, whose private part is `key`, and whose public part `secret`."""

    circle: bytes
    secret: bytes
    key: Signer


class Peer:
    """Another node, under an address such as http://192.168.1.20:8642, as one asks it. `members` are the keys that may
    answer, by name; {} where nobody is known yet."""

    def __init__(
        self, browser: httpx.AsyncClient, address: str, way: Way, clock: Callable[[], int], members: dict[str, bytes]
    ) -> None:
        self.browser = browser
        self.authority = authority_of(address)
        self.url = f"{urlsplit(address).scheme}://{self.authority}/sync/{signing.place_of(way.secret, self.authority)}"
        self.way = way
        self.clock = clock
        self.members = members
        self.nonce = ""

    async def ask(self, said: str, body: AsyncIterator[bytes] | None = None, wait: int = 0) -> httpx.Response:
        """One signed request, `said` in its header; its answer is open, to be read and closed. It comes within `wait`
        seconds, with the other's news, where both hold the same. Raises `NotMet`."""
        answer = await self._send(said, body, wait)
        if answer.status_code == 401 and NONCE in answer.headers and body is None:
            await answer.aclose()
            self.nonce = answer.headers[NONCE]  # our clocks differ
            answer = await self._send(said, body, wait)
        if answer.status_code != 200:
            await answer.aclose()
            raise (NotLetIn if answer.status_code == 401 else NotMet)(f"{answer.status_code}")
        return answer

    async def _send(self, said: str, body: AsyncIterator[bytes] | None, wait: int) -> httpx.Response:
        request = signing.Message({FRONTIER: said}, "POST", self.url)
        name = signing.key_name(self.way.secret, self.authority, public(self.way.key))
        signing.sign_request(request, self.way.key, name, self.clock(), self.nonce)
        try:
            headers = request.headers | ({"Prefer": f"wait={wait}"} if wait else {})
            limit = httpx.Timeout(TIMEOUT, read=TIMEOUT + wait)
            sent = self.browser.build_request("POST", self.url, headers=headers, content=body, timeout=limit)
            answer = await self.browser.send(sent, stream=True)
        except httpx.HTTPError as error:
            raise NotMet(str(error)) from error
        self._check(request, answer)
        return answer

    def _check(self, request: signing.Message, answer: httpx.Response) -> None:
        """Whether a member of the circle answers, as far as one knows the members. Raises `NotMet`."""
        if answer.status_code != 200 or not self.members:
            return
        try:
            signing.read_signature(signing.Answer(200, dict(answer.headers), request), self.members)
        except signing.NotSigned as error:
            raise NotMet("not signed") from error


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates count; to read them takes longer than to meet."""
    return httpx.create_ssl_context()


def browser() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=trusted())


async def meet_at(node: Node, live: Live, address: str, news: asyncio.Event | None = None) -> Received:
    """Goes to a peer of a circle that is held here, and keeps in mind that it was met. With `news`, which is set where
    something is written here, it waits a while for what either has to tell. Raises `NotMet` and `Refused`."""
    ways = ways_to(node, live, address)
    intake = Intake(node, live.id)
    async with browser() as asking:
        for way in ways:
            members = devices(live, way.secret, authority_of(address))
            try:
                await meet(live, Peer(asking, address, way, node.clock, members), intake, news)
                break
            except NotLetIn:
                if way is ways[-1]:
                    raise
    if node.own_key(live) is not None:
        if news is None:
            keep_peer(node.connection, live.no, address)
        note_met(node.connection, live.no, address, node.clock())
    return intake.received


def ways_to(node: Node, live: Live, address: str) -> list[Way]:
    """By the invitation where this node may not be known there yet, and by each key that it may be known by. Raises
    `Refused`."""
    seed = invitation_at(node.connection, live.no, address)
    invited = [] if seed is None else [Way(live.id, public(signer(seed)), signer(seed))]
    ways = invited + [Way(live.id, live.id, key) for key in voices(node, live)]
    if not ways:
        raise Refused(LiveWhy.NO_KEY)
    return ways


async def come_in(node: Node, link: str, person: int, name: str) -> tuple[Live, str]:
    """Brings somebody into a circle by the link of an invitation that was made on another node: takes the log from
    there, joins with a key of this node, and tells them there. Gives the circle and the member's id. What was cut off
    goes on where it was when the same link is followed again. Raises `NotMet` and `Refused`."""
    address, invitation, seed = parts_of(link)
    way = Way(b"", public(signer(seed)), signer(seed))
    begun = invited_to(node.connection, address, seed)
    intake = Intake(node, b"")
    try:
        async with browser() as asking:
            peer = Peer(asking, address, way, node.clock, {})
            await meet(node.live(begun) if begun else None, peer, intake)
    finally:
        begun = begun or intake.received.circle
        if begun:
            keep_peer(node.connection, begun, address, seed)
    live = node.live(begun) if begun else None
    entry = live.entry(invitation) if live is not None else None
    if live is None or entry is None or entry.kept.get("key") != way.secret:
        raise NotMet("no such invitation")
    member = beginnings.join(node, live, person, invitation, seed, name)
    await meet_at(node, live, address)
    return live, member


def parts_of(link: str) -> tuple[str, str, bytes]:
    """(address, invitation, private seed) of an invitation's link. Raises `NotMet` where it is none."""
    try:
        address = plain_address(link)
        beginning, _, code = urlsplit(link.strip()).path.rpartition("/join/")
        seed = urlsafe_b64decode(code[20:] + "=")
    except ValueError as error:
        raise NotMet("no link") from error
    if beginning or not is_short_id(code[:20]) or len(seed) != 32:
        raise NotMet("no link")
    return address, code[:20], seed


async def said_to(peer: Peer, mine: Frontier, wait: int = 0) -> str:
    """What the peer says to the hash of one's frontier. Raises `NotMet`."""
    answer = await peer.ask(hashed(mine), wait=wait)
    await answer.aclose()
    return answer.headers.get(FRONTIER, "")


async def news_of(peer: Peer, mine: Frontier, here: asyncio.Event) -> str:
    """The same, once the peer has news, or after a while; "" where there is news here first. Raises `NotMet`."""
    asking, hearing = asyncio.create_task(said_to(peer, mine, WAIT)), asyncio.create_task(here.wait())
    try:
        await asyncio.wait((asking, hearing), return_when=asyncio.FIRST_COMPLETED)
        return asking.result() if asking.done() else ""
    finally:
        asking.cancel()
        hearing.cancel()


async def meet(live: Live | None, peer: Peer, intake: Intake, news: asyncio.Event | None = None) -> None:
    """One conversation; `live` is what is held here already. Nothing is brought where it is not known who may answer.
    Raises `NotMet`, and `Refused` where what came could not be read; what came before stands."""
    said = ""
    if live is not None and news is not None:
        news.clear()
        mine = frontier(live)
        said = await news_of(peer, mine, news)
    if not said:
        mine = frontier(live) if live is not None else Frontier()
        said = await said_to(peer, mine)
    if said == hashed(mine) and (news is not None or not mine.missing):
        return
    try:
        theirs = mine if said == hashed(mine) else read_frontier(said)
    except ValueError as error:
        raise NotMet("no frontier") from error

    async def brings() -> AsyncIterator[bytes]:
        for piece in pack_for(live, theirs) if live is not None and peer.members else ():
            yield piece

    answer = await peer.ask(spelled(mine), brings())
    try:
        async for piece in answer.aiter_raw(MOST_AT_ONCE):
            intake.feed(piece)
    except httpx.HTTPError as error:
        raise NotMet(str(error)) from error
    finally:
        await answer.aclose()
        intake.store()
    intake.finish()

"""Going to another node that holds a circle, or will: the asking end of a conversation. See `cercle.meeting`."""

import asyncio
import re
import ssl
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from functools import cache
from time import monotonic
from urllib.parse import urlsplit

import httpx
import msgspec

from cercle import beginnings
from cercle.core.event import Refused
from cercle.core.keys import Signer, public, signer
from cercle.meeting import (
    WAIT,
    Intake,
    NotKnown,
    NotLetIn,
    NotMet,
    hashed,
    pack_for,
    read_frontier,
    spelled,
    to_be_told,
    voices,
)
from cercle.store.frontier import Frontier, frontier
from cercle.store.live import Live
from cercle.store.live import Why as LiveWhy
from cercle.store.node import Node
from cercle.store.peers import begun_at, invitation_at, invited_to, keep_peer, note_met
from cercle.store.receive import Received
from cercle.store.rows import is_short_id
from cercle.sync import signing
from cercle.sync.address import authority_of, digest, is_of_a_home, plain_address
from cercle.sync.signing import CERTIFICATE, FRONTIER, NONCE, VOICE

TIMEOUT = 30.0  # seconds
NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL
BY = re.compile(r'keyid="([0-9a-f]{32})"', re.ASCII)
MOST_VOICES = 4  # of a peer, which are asked for one after the other
SLOWEST = 500  # bytes a second, over a whole answer: who sends less holds one up


class NoLink(NotMet):
    """What was given leads to no node at all."""


class Way(msgspec.Struct):
    """The way to a circle at a peer: the secret that names it there, and the key by which one asks. `circle` is b""
    where only the invitation is known, whose private part is `key`, and whose public part `secret`."""

    circle: bytes
    secret: bytes
    key: Signer


class Peer:
    """Another node, under an address such as http://192.168.1.20:8642, as one asks it. `members` are the keys that may
    answer, by name; {} where nobody is known yet. `certificate`: the one that was seen there, as `certificate_at` says.
    `voice`: by which of its keys it is to answer, where it has several: the first ones may not be known here.
    """

    def __init__(
        self,
        browser: httpx.AsyncClient,
        address: str,
        way: Way,
        clock: Callable[[], int],
        members: dict[str, bytes],
        certificate: str = "",
        voice: int = 0,
    ) -> None:
        self.voice = voice
        self.browser = browser
        self.authority = authority_of(address)
        self.url = f"{urlsplit(address).scheme}://{self.authority}/sync/{signing.place_of(way.secret, self.authority)}"
        self.way = way
        self.clock = clock
        self.members = members
        self.nonce = ""
        self.seen = {CERTIFICATE: digest(certificate)} if certificate else {}

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
        request = signing.Message({FRONTIER: said, **self.seen}, "POST", self.url)
        name = signing.key_name(self.way.secret, self.authority, public(self.way.key))
        signing.sign_request(request, self.way.key, name, self.clock(), self.nonce)
        headers = request.headers | ({"Prefer": f"wait={wait}"} if wait else {})
        headers |= {VOICE: str(self.voice)} if self.voice else {}
        limit = httpx.Timeout(TIMEOUT, read=TIMEOUT + wait)
        try:
            async with asyncio.timeout(TIMEOUT + wait) as patience:
                content = paced(body, patience) if body is not None else None
                sent = self.browser.build_request("POST", self.url, headers=headers, content=content, timeout=limit)
                answer = await self.browser.send(sent, stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
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
            named = BY.search(answer.headers.get("signature-input", ""))
            raise (NotKnown if named and named[1] not in self.members else NotMet)("not signed") from error


async def paced(body: AsyncIterator[bytes], patience: asyncio.Timeout) -> AsyncIterator[bytes]:
    """What is sent, as long as it is taken; each piece gives some time more."""
    async for piece in body:
        patience.reschedule(asyncio.get_running_loop().time() + TIMEOUT + len(piece) / SLOWEST)
        yield piece


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates count; to read them takes longer than to meet."""
    return httpx.create_ssl_context()


def browser(certificate: str = "") -> httpx.AsyncClient:
    verify = only(certificate) if certificate else trusted()
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=verify)


async def certificate_at(address: str) -> str:
    """The certificate of a machine at home (PEM), for which nobody vouches whom this one knows. It is trusted for one
    conversation, in which the peer is told by a member which one was seen: whoever stands between the two shows
    another, and is told nothing. "" where there is none, or the usual authorities vouch. Raises `NotMet`."""
    url = urlsplit(address)
    host = url.hostname or ""
    if url.scheme != "https" or not is_of_a_home(host):
        return ""
    try:
        return await asyncio.to_thread(ssl.get_server_certificate, (host, url.port or 443), timeout=TIMEOUT)
    except OSError as error:
        raise NotMet(str(error)) from error


def only(certificate: str) -> ssl.SSLContext:
    """Trusts this certificate and no other; whoever says which time it is, as everywhere where nodes meet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # it is this very one, whatever it says of itself
    context.load_verify_locations(cadata=certificate)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | NO_CHECK_TIME
    return context


async def meet_at(
    node: Node, live: Live, address: str, news: asyncio.Event | None = None, kit: bytes | None = None
) -> Received:
    """Goes to a peer of a circle that is held here, and notes that it was met. With `news`, which is set where
    something is written here, it waits a while for what either has to tell. `kit`: the private seed of a recovery kit
    by which somebody has come in here, of which the peer may not have heard. Raises `NotMet` and `Refused`."""
    ways = ways_to(node, live, address, kit)
    intake, certificate = Intake(node, live.id), await certificate_at(address)
    async with browser(certificate) as asking:
        for way in ways:
            members = to_be_told(live, way.secret, authority_of(address), node.clock())
            voices_of = [
                Peer(asking, address, way, node.clock, members, certificate, one) for one in range(MOST_VOICES)
            ]
            try:
                await meet_one_of(live, voices_of, intake, news)
                break
            except NotLetIn:
                if way is ways[-1]:
                    raise
    if node.own_key(live) is not None:
        note_met(node.connection, live.no, address, node.clock())
    return intake.received


async def meet_one_of(live: Live, voices_of: list[Peer], intake: Intake, news: asyncio.Event | None) -> None:
    """Meets a peer by the first of its voices that is known here. Raises `NotMet` and `Refused`."""
    for peer in voices_of:
        try:
            await meet(live, peer, intake, news)
            break
        except NotKnown:
            if peer is voices_of[-1]:
                raise


def ways_to(node: Node, live: Live, address: str, kit: bytes | None = None) -> list[Way]:
    """By the invitation or the kit where this node may not be known there yet, and by each key that it may be known by.
    Raises `Refused`."""
    seed = kit or invitation_at(node.connection, live.no, address)
    invited = [] if seed is None else [Way(live.id, public(signer(seed)), signer(seed))]
    ways = invited + [Way(live.id, live.id, key) for key in voices(node, live)]
    if not ways:
        raise Refused(LiveWhy.NO_KEY)
    return ways


async def come_in(node: Node, link: str, person: int, name: str, holder: str = beginnings.NODE) -> tuple[Live, str]:
    """Brings somebody into a circle by the link of an invitation that was made on another node: takes the log from
    there, joins with a key of this node, and tells them there. Gives the circle and the member's id. What was cut off
    goes on where it was when the same link is followed again. Raises `NotMet` and `Refused`."""
    address, _, seed = parts_of(link)
    return await come_in_at(node, address, seed, person, name, holder)


async def come_in_at(
    node: Node, address: str, seed: bytes, person: int, name: str, holder: str = beginnings.NODE
) -> tuple[Live, str]:
    """The same, by the private seed of the invitation alone, as its code gives it."""
    live, invitation = await fetch_at(node, address, seed)
    member = beginnings.join(node, live, person, invitation, seed, name, holder=holder)
    await meet_at(node, live, address)
    return live, member


async def fetch_at(node: Node, address: str, seed: bytes, is_of_kit: bool = False) -> tuple[Live, str]:
    """Takes a circle from a peer by the private seed of an invitation, or of a recovery kit, and remembers where; gives
    it and the invitation's id. The seed of an invitation is kept until the peer has heard who came in by it, that of a
    kit never. Raises `NotMet` and `Refused`."""
    way = Way(b"", public(signer(seed)), signer(seed))
    begun = begun_at(node.connection, address) if is_of_kit else invited_to(node.connection, address, seed)
    intake, certificate = Intake(node, b""), await certificate_at(address)
    try:
        async with browser(certificate) as asking:
            peer = Peer(asking, address, way, node.clock, {}, certificate)
            await meet(node.live(begun) if begun else None, peer, intake)
    finally:
        begun = intake.received.circle or begun
        if begun:
            keep_peer(node.connection, begun, address, None if is_of_kit else seed)
    live = node.live(begun) if begun else None
    invitation = beginnings.invitation_by(live, way.secret) if live is not None else None
    if live is None or invitation is None:
        raise NotMet("no such invitation")
    return live, invitation


def parts_of(link: str) -> tuple[str, str, bytes]:
    """(address, invitation, private seed) of an invitation's link. Raises `NoLink` where it is none."""
    try:
        address = plain_address(link)
        beginning, _, code = urlsplit(link.strip()).path.rpartition("/join/")
        seed = urlsafe_b64decode(code[20:] + "=")
    except ValueError as error:
        raise NoLink("no link") from error
    if beginning or not is_short_id(code[:20]) or len(seed) != 32:
        raise NoLink("no link")
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
    begun, came = monotonic(), 0
    try:
        async for piece in answer.aiter_raw():
            intake.feed(piece)
            came += len(piece)
            if monotonic() - begun > TIMEOUT + came / SLOWEST:
                raise NotMet("too slow")
    except httpx.HTTPError as error:
        raise NotMet(str(error)) from error
    finally:
        await answer.aclose()
        intake.store()
    intake.finish()

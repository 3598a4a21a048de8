"""Who asks and who answers: HTTP messages signed by a device, as RFC 9421 says.

A request is bound to the circle, to the peer (the authority under which it is reached) and to the time: it was made
within two minutes by the peer's clock, or it names a challenge that the peer gave out so lately. It counts once. An
answer is bound to its request.

Neither the address that is asked nor the name of the key tells an outsider anything: both are made, with a secret that
all members share, for this peer alone.
"""

import hmac
import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from cercle.core.keys import Signer

if TYPE_CHECKING:
    from http_message_signatures import HTTPMessageVerifier

FRONTIER = "cercle-frontier"
NONCE = "cercle-nonce"
VOICE = "cercle-voice"
CERTIFICATE = "cercle-certificate"
TAG = "cercle-sync"
REQUEST = ("@method", "@authority", "@path", FRONTIER)
ANSWER = ("@status", FRONTIER, '"signature";req')
NEAR = 120_000  # ms
NAME_SIZE = 16
MOST_SEEN = 6_000  # requests of one key within four minutes, by which they are known again


class NotSigned(Exception):
    """Nobody who may ask has signed this, for this peer and now."""


class Message(msgspec.Struct):
    """A request, or the answer to one, as far as a signature covers it. Names of headers are in lower case."""

    headers: dict[str, str]
    method: str = "POST"
    url: str = ""


class Answer(msgspec.Struct):
    status_code: int
    headers: dict[str, str]
    request: Message


def place_of(secret: bytes, authority: str) -> str:
    """What an address says instead of a circle's id: 32 hexadecimal digits. `secret`: that id, or, for who is only
    invited, the public key of the invitation."""
    return _named(secret, b"place", authority, b"")


def key_name(secret: bytes, authority: str, key: bytes) -> str:
    """What a signature says instead of the public key."""
    return _named(secret, b"key", authority, key)


def _named(secret: bytes, what: bytes, authority: str, key: bytes) -> str:
    about = b"\0".join((b"cercle-sync/1", what, authority.encode(), key))
    return hmac.digest(secret, about, sha256)[:NAME_SIZE].hex()


def sign_request(request: Message, key: Signer, name: str, now: int, nonce: str = "") -> None:
    """Adds the headers of the signature; `now` in ms, `nonce` where the peer has given a challenge, else it is chance,
    so that no two requests are the same."""
    _sign(request, key, name, now, asked_of(request), nonce or os.urandom(NAME_SIZE).hex())


def asked_of(request: Message) -> tuple[str, ...]:
    """What a request's signature covers: also which certificate was seen, where that is said."""
    return (*REQUEST, CERTIFICATE) if CERTIFICATE in request.headers else REQUEST


def sign_answer(answer: Answer, key: Signer, name: str, now: int) -> None:
    _sign(answer, key, name, now, ANSWER, None)


def _sign(
    message: Message | Answer, key: Signer, name: str, now: int, covered: tuple[str, ...], nonce: str | None
) -> None:
    # Both are large, and needed only once somebody meets.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
    from http_message_signatures.algorithms import ED25519

    private = Ed25519PrivateKey.from_private_bytes(bytes(key))
    keys = MappingKeyResolver(public_keys={}, private_keys={name: private})
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=keys).sign(
        message,
        key_id=name,
        created=datetime.fromtimestamp(now / 1000, UTC),
        nonce=nonce,
        tag=TAG,
        covered_component_ids=covered,
    )


class Signed(msgspec.Struct, frozen=True):
    """Who signed: the name of the key, and the public key itself. `created` in ms, `nonce` "" where there is none.
    `what` is a hash of all that was signed: beside it a header may say anything, which makes no other request of it."""

    name: str
    key: bytes
    created: int
    nonce: str
    what: bytes = b""


def read_signature(message: Message | Answer, keys: Mapping[str, bytes]) -> Signed:
    """Checks a signature against these keys, by their names. Raises `NotSigned`."""
    from http_message_signatures import HTTPMessageSignaturesException

    required = asked_of(message) if isinstance(message, Message) else ANSWER
    try:
        (found,) = _verifier(keys).verify(message, max_age=None, expect_tag=TAG, require_components=required)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise NotSigned from error
    said: Mapping[str, Any] = found.parameters
    what = sha256(msgspec.json.encode(sorted(found.covered_components.items()))).digest()
    return Signed(said["keyid"], keys[said["keyid"]], 1000 * said["created"], said.get("nonce") or "", what)


def _verifier(keys: Mapping[str, bytes]) -> "HTTPMessageVerifier":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver
    from http_message_signatures.algorithms import ED25519

    class Known(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
            key = keys.get(key_id)
            return Ed25519PublicKey.from_public_bytes(key) if key is not None else None

    verifier = HTTPMessageVerifier(signature_algorithm=ED25519, key_resolver=Known())
    verifier.max_clock_skew = timedelta(days=36_500)  # what time it may be is for `Watch` to say
    return verifier


class Watch:
    """What a node lets in once, and not too late. `clock` gives the time in ms."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.secret = os.urandom(32)
        self.seen: dict[bytes, tuple[int, bytes]] = {}  # until when, and whose, in the order in which they came
        self.counts: Counter[bytes] = Counter()  # by public key, which has another name at each of a peer's addresses

    def challenge(self) -> str:
        """For who has another clock: it holds for two minutes."""
        now = f"{self.clock():x}"
        return f"{now}.{self._seal(now)}"

    def _seal(self, now: str) -> str:
        return hmac.digest(self.secret, now.encode(), sha256)[:NAME_SIZE].hex()

    def let_in(self, signed: Signed) -> None:
        """Raises `NotSigned` where it comes too late, or again, or after too many others of the same key."""
        now = self.clock()
        while self.seen and next(iter(self.seen.values()))[0] < now:
            _, key = self.seen.pop(next(iter(self.seen)))
            self.counts[key] -= 1
            if not self.counts[key]:
                del self.counts[key]
        has_come = signed.what in self.seen or self.counts[signed.key] >= MOST_SEEN
        if has_come or abs(now - self._time_of(signed)) > NEAR:
            raise NotSigned
        self.seen[signed.what] = now + 2 * NEAR, signed.key
        self.counts[signed.key] += 1

    def _time_of(self, signed: Signed) -> int:
        time, _, seal = signed.nonce.partition(".")
        is_ours = bool(seal) and hmac.compare_digest(seal.encode(), self._seal(time).encode())
        return int(time, 16) if is_ours else signed.created

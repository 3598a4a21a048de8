"""What stands before every page: known host names only, so that no web page elsewhere can reach the node by a name
of its own, and the headers by which a browser loads and runs nothing but what the node serves."""

import socket
from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from cercle.page.visit import SESSION
from cercle.sync.address import host_name, is_number

MOST_OF_A_FORM = 256 * 1024
FILES_AT_ONCE = 3

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cache-control", b"no-store"),
)


# The cookies by which a browser may do something. Over HTTPS they are others than over HTTP on the same machine, and no
# page that came over HTTP can set them. Source: RFC 6265bis, section 4.1.3.2.
GUARDED = (SESSION.encode(), b"csrf")
PREFIX = b"__Host-"


def own_names() -> set[str]:
    """What this machine is called on itself and on the networks at home."""
    own = socket.gethostname().lower().partition(".")[0]
    return {"localhost", own, f"{own}.local", f"{own}.lan", f"{own}.home"}


class Gate:
    """Says with every answer what a browser is to refuse, answers under known names only, and takes from nobody what
    fills the memory: files come from who is signed in (`knows` their sessions), and only so many at once.

    Known are addresses written as numbers, and `names`. It stands around the whole application, and not among its
    middleware, which addresses that are not there do not pass, and which reads forms.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str], knows: Callable[[str], bool]) -> None:
        self.app = app
        self.knows = knows
        self.files = 0
        self.names = frozenset(map(host_name, names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.is_known(scope):
            await refuse(send, 421, b"Unknown host name.\n")
            return

        is_secure = scope["type"] == "http" and scope["scheme"] == "https"
        if is_secure:
            scope["headers"] = [
                (name, secured(value) if name == b"cookie" else value) for name, value in scope["headers"]
            ]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_secure:
                    message["headers"] = [secure(*pair) for pair in message["headers"]]
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in HEADERS if pair[0] not in given),
                ]
            await send(message)

        if scope["type"] != "http" or is_small(scope):
            await self.app(scope, receive, answer if scope["type"] == "http" else send)
            return
        if not is_file(scope) or not self.knows(ASGIConnection(scope).cookies.get(SESSION, "")):
            await refuse(send, 413, b"This is too large.\n")
        elif self.files >= FILES_AT_ONCE:
            await refuse(send, 503, b"Too many files come at once. Try again in a moment.\n")
        else:
            self.files += 1
            try:
                await self.app(scope, receive, answer)
            finally:
                self.files -= 1

    def is_known(self, scope: Any) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        name = host_name(hosts[0])
        return name in self.names or is_number(name)


def secured(cookies: bytes) -> bytes:
    """What a browser sent over HTTPS, under the names that the pages know; what it had from elsewhere is left out."""
    kept = []
    for cookie in cookies.split(b";"):
        name = cookie.strip().partition(b"=")[0]
        if name not in GUARDED:
            kept.append(cookie.strip().removeprefix(PREFIX) if name.removeprefix(PREFIX) in GUARDED else cookie.strip())
    return b"; ".join(kept)


def secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header of an answer over HTTPS."""
    if name.lower() != b"set-cookie" or value.partition(b"=")[0] not in GUARDED:
        return name, value
    return name, PREFIX + value + (b"" if b"; secure" in value.lower() else b"; Secure")


async def refuse(send: Send, status: int, sentence: bytes) -> None:
    """Before anything of a body was read; the connection is of no use any more."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence, "more_body": False})


def is_small(scope: Any) -> bool:
    """Whether no more comes than a form has; or what another node brings, which is read piece by piece."""
    said = {name: value for name, value in scope["headers"] if name in (b"content-length", b"transfer-encoding")}
    length = said.get(b"content-length", b"0")
    is_short = b"transfer-encoding" not in said and length.isdigit() and int(length) <= MOST_OF_A_FORM
    return is_short or scope["path"].startswith("/sync/")


def is_file(scope: Any) -> bool:
    return any(name == b"content-type" and value.startswith(b"multipart/form-data") for name, value in scope["headers"])

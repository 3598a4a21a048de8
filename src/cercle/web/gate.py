"""What stands before every page: known host names only, so that no web page elsewhere can reach the node by a name
of its own, and the headers by which a browser loads and runs nothing but what the node serves."""

import ipaddress
import socket
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

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


class Gate:
    """Says with every answer what a browser is to refuse, and answers under known names only.

    Known are addresses written as numbers, localhost, this machine's own name, and `names`. It stands around the whole
    application, and not among its middleware, which addresses that are not there do not pass.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        own = socket.gethostname().lower().partition(".")[0]
        self.names = names | {"localhost", own, f"{own}.local", f"{own}.lan", f"{own}.home"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.is_known(scope):
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"Unknown host name.\n", "more_body": False})
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in HEADERS if pair[0] not in given),
                ]
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)

    def is_known(self, scope: Any) -> bool:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        name = host_name(hosts[0])
        return name in self.names or is_number(name)


def host_name(host: str) -> str:
    """The name of a Host header, without its port and brackets, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

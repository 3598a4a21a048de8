"""Runs the application: one process, one thread, until it is told to stop."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from cercle.modules import load
from cercle.page.links import is_reachable, lan_addresses
from cercle.store.node import Node
from cercle.web.application import application

if TYPE_CHECKING:
    from cercle.nearby import Nearby
    from cercle.web.secure import Secure

EVERYWHERE = ("0.0.0.0", "::")
# What one connection may keep waiting, in seconds: for the head of a request, or for the other end to take what it is
# sent; and how many bytes of a body a second are the least.
HEAD_WITHIN, TAKEN_WITHIN, SLOWEST = 15, 60, 500
MOST_CONNECTIONS = 500
HANDSHAKE = 10.0  # seconds that it may take


def serve(
    data: Path,
    host: str,
    port: int,
    hosts: frozenset[str] = frozenset(),
    ready: Callable[[], None] | None = None,
    keeps: bool = True,
    secure: "Secure | None" = None,
) -> None:
    """Serves the node whose data these are. `ready` is called once it answers; `keeps`: browsers may keep pages;
    `secure`: it is served over HTTPS too."""
    node = Node(data, load())
    nearby = nearby_of(node, host, port, secure)
    app = application(node, hosts, host in EVERYWHERE, keeps=keeps, nearby=nearby, secure=secure)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        http=Door,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = Server(config, ready, app.state["watchers"].close, secure)
    try:
        server.run()
    finally:
        node.close()


def nearby_of(node: Node, host: str, port: int, secure: "Secure | None") -> "Nearby | None":
    """The others at home, where this node is reached from there; over HTTPS if it can be."""
    if host not in EVERYWHERE and not is_reachable(host):
        return None
    from cercle.nearby import Nearby  # large, and not needed by who is alone

    beginning, end = ("http://", f":{port}") if secure is None else ("https://", f":{secure.port}")

    def where() -> list[str]:
        return [f"{beginning}{one}{end}" for one in (lan_addresses() if host in EVERYWHERE else [host])]

    return Nearby(node, where)


class Door(H11Protocol):
    """One connection. Whoever is waited for, who sends or takes too little, loses it; `waited` is for how many looks
    that goes on, so that a node that was busy itself blames nobody."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.waited = self.came = 0
        self.since = self.loop.time()
        if len(self.connections) > MOST_CONNECTIONS:
            make_room([one for one in self.connections if not one.transport.is_closing()])

    def data_received(self, data: bytes) -> None:
        self.came += len(data)
        super().data_received(data)

    def on_response_complete(self) -> None:
        self.waited = self.came = 0
        super().on_response_complete()

    @property
    def is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def look(self) -> None:
        """Once a second."""
        if not self.is_answering:
            patience = HEAD_WITHIN
        elif self.flow.write_paused:
            patience = TAKEN_WITHIN
        elif self.cycle.more_body and not self.flow.read_paused:
            patience = HEAD_WITHIN + self.came // SLOWEST
        else:
            self.waited = 0
            return
        self.waited += 1
        if self.waited > patience:
            self.transport.abort()


def make_room(connections: Collection[Any]) -> None:
    """Where there are too many, the oldest one goes of whoever holds the most, before others those in which nothing is
    answered."""
    if len(connections) <= MOST_CONNECTIONS:
        return
    held = Counter(one.client[0] if one.client else "" for one in connections)
    (most, _), *_ = held.most_common(1)
    theirs = [one for one in connections if (one.client[0] if one.client else "") == most]
    min(theirs, key=lambda one: (one.is_answering, one.since)).transport.abort()


class Server(uvicorn.Server):
    """Says when it is ready, and when it stops; looks after its connections. One application, also where it is
    served by two protocols."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None] | None,
        stops: Callable[[], None],
        secure: "Secure | None" = None,
    ) -> None:
        super().__init__(config)
        self.ready = ready
        self.stops = stops
        self.secure = secure
        self.renewing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.secure is not None:
            await self._listen_securely(self.secure)
        if self.ready is not None and self.started:
            self.ready()

    async def _listen_securely(self, secure: "Secure") -> None:
        def protocol() -> asyncio.Protocol:
            of_config: Any = self.config.http_protocol_class
            made: asyncio.Protocol = of_config(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        loop = asyncio.get_running_loop()
        host, port, context = self.config.host, secure.port, secure.context
        listening = await loop.create_server(protocol, host, port, ssl=context, ssl_handshake_timeout=HANDSHAKE)
        self.servers.append(listening)
        self.renewing = asyncio.create_task(secure.keep_renewed())

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # it ticks ten times a second
            for connection in list(self.server_state.connections):
                connection.look()  # type: ignore[union-attr]
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        if self.renewing is not None:
            self.renewing.cancel()
        self.stops()
        await super().shutdown(sockets)

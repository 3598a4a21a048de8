"""Runs the application: one process, one thread, until it is told to stop."""

from collections.abc import Callable
from pathlib import Path
from socket import socket

import uvicorn

from cercle.modules import load
from cercle.store.node import Node
from cercle.web.application import application

EVERYWHERE = ("0.0.0.0", "::")


def serve(
    data: Path,
    host: str,
    port: int,
    hosts: frozenset[str] = frozenset(),
    ready: Callable[[], None] | None = None,
    keeps: bool = True,
) -> None:
    """Serves the node whose data these are. `ready` is called once it answers; `keeps`: browsers may keep pages."""
    node = Node(data, load())
    app = application(node, hosts, at_home=host in EVERYWHERE, keeps=keeps)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = Server(config, ready, app.state["watchers"].close)
    try:
        server.run()
    finally:
        node.close()


class Server(uvicorn.Server):
    """Says when it is ready, and when it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None, stops: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready
        self.stops = stops

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.ready is not None and self.started:
            self.ready()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        self.stops()
        await super().shutdown(sockets)

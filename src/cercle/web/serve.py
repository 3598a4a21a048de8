"""Runs the application: one process, one thread, until it is told to stop."""

from collections.abc import Callable
from pathlib import Path

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
) -> None:
    """Serves the node whose data these are. `ready` is called once it answers."""
    node = Node(data, load())
    config = uvicorn.Config(
        application(node, hosts, at_home=host in EVERYWHERE),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = Server(config, ready)
    try:
        server.run()
    finally:
        node.close()


class Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.ready is not None and self.started:
            self.ready()

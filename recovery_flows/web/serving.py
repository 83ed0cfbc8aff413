"""Serves the pages until the process is told to end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from recovery_flows.errors import MisuseError
from recovery_flows.web.source import is_loopback

MESSAGE_BYTES_MAX = 262_144
"""What a page may send at once; it sends a long paste in pieces of 16 KiB."""
CONNECTIONS_MAX = 256
_PING_SECONDS = 20.0
_END_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen, and what makes that safe where it is not this machine alone."""

    host: str
    port: int
    tls_cert: Path | None
    tls_key: Path | None
    behind_proxy: bool
    address: str | None

    def check(self) -> None:
        """MisuseError where passwords would cross a network in clear."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise MisuseError("web.tls_cert and web.tls_key belong together: set both or neither")
        for file in (self.tls_cert, self.tls_key):
            if file is not None and not file.is_file():
                raise MisuseError(f"{file} is no file: web.tls_cert and web.tls_key name two")
        is_https = bool(self.address and self.address.startswith("https://"))
        if self.behind_proxy and not is_https:
            raise MisuseError("behind a proxy web.address is what browsers open: https://...")
        if is_loopback(self.host) or self.tls_cert is not None or self.behind_proxy:
            return
        raise MisuseError(
            f"{self.host} is reached from other machines: set web.tls_cert and web.tls_key, or "
            "web.behind_proxy where a proxy speaks TLS"
        )

    @property
    def scheme(self) -> str:
        """What it speaks itself."""
        return "https" if self.tls_cert is not None else "http"


def bound(listening: Listening) -> socket.socket:
    """The listening socket; MisuseError where the port is taken or not to be had."""
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    own = socket.socket(family, socket.SOCK_STREAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((listening.host, listening.port))
    except OSError as error:
        own.close()
        raise MisuseError(
            f"{listening.host} port {listening.port} is not to be had ({error.strerror}): set "
            "web.port, or --port 0 for one that is free"
        ) from error
    return own


def serve(
    app: ASGIApp, own: socket.socket, listening: Listening, ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is called when a browser may come."""
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES_MAX,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=_END_SECONDS,
        # The address of the entrance holds the launch token: no line of it is written.
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ssl_certfile=listening.tls_cert,
        ssl_keyfile=listening.tls_key,
    )
    _Server(config, ready).run(sockets=[own])


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; then a browser may come."""
        await super().startup(sockets)
        if self.started:
            self._ready()

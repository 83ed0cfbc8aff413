"""Prefect's own server behind a guard.

It is started by `python -m recovery_flows.engine.runtime.guarded_prefect --port N`.

Who has the credential of this start reaches it, under the address that it was started at, and no
page in a browser does unless the settings asked for Prefect's pages. The credential comes in
`PREFECT_SERVER_API_AUTH_STRING`; the command line of a process is for everybody to read.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

from recovery_flows.collecting import collect_seldom
from recovery_flows.engine.runtime.server_schema import make_database

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HOST = "127.0.0.1"
_UNAUTHORIZED, _FORBIDDEN = 401, 403
_POLICY_VIOLATION = 1008
_API = "/api/"


class Guard:
    """Lets through what names our own address and shows the credential; refuses all else.

    A web page that finds the port names itself in `Origin`, and its own name in `Host`. A socket
    shows the credential in its first message, which Prefect asks for; its address is asked here.
    """

    def __init__(self, app: App, credential: str, port: int, *, pages: bool) -> None:
        self._app, self._pages = app, pages
        self._token = b"Basic " + base64.b64encode(credential.encode())
        self._hosts = {f"{name}:{port}".encode() for name in (HOST, "localhost")}
        self._origins = {b"http://" + host for host in self._hosts} if pages else set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        status = 0 if scope["type"] == "lifespan" else self._refusal(scope)
        if not status:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    def _refusal(self, scope: Scope) -> int:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if not all(host in self._hosts for host in _values(headers, b"host")):
            return _FORBIDDEN
        if not all(origin in self._origins for origin in _values(headers, b"origin")):
            return _FORBIDDEN
        if scope["type"] == "websocket" or (self._pages and not scope["path"].startswith(_API)):
            return 0
        shown = _values(headers, b"authorization")
        is_ours = any(hmac.compare_digest(one, self._token) for one in shown)
        return 0 if is_ours else _UNAUTHORIZED


def _values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]


def main() -> None:
    """Serve until told to end."""
    collect_seldom()
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    if "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in os.environ:
        make_database(Path(os.environ["PREFECT_HOME"]))
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    from recovery_flows.engine.runtime.quiet_server import QuietServer, look_seldom

    look_seldom()
    settings = get_current_settings().server
    credential = os.environ["PREFECT_SERVER_API_AUTH_STRING"]
    guard = Guard(create_app(final=True), credential, port, pages=settings.ui.enabled)
    collect_seldom()
    config = uvicorn.Config(
        guard,
        host=HOST,
        port=port,
        log_level=settings.logging_level.lower(),
        timeout_keep_alive=settings.api.keepalive_timeout,
        server_header=False,
        date_header=False,
    )
    QuietServer(config).run()


if __name__ == "__main__":
    main()

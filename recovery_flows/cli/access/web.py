"""`recovery web`: the screens in a browser, behind a log-in."""

from __future__ import annotations

import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recovery_flows.cli.output import say

if TYPE_CHECKING:
    from config.groups import WebSettings
    from recovery_flows.web.serving import Listening

_START_SECONDS, _END_SECONDS = 180.0, 60.0
_TOKEN_BYTES = 24


def attach(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(web)


def web(
    *,
    port: Annotated[
        int | None, typer.Option(help="Port instead of the setting's; 0 for a free one.")
    ] = None,
) -> None:
    """Show the screens in a browser, behind a log-in.

    With RECOVERY_SERVICE_SOCKET it lets people into the unit behind that service and needs no key;
    else it starts a service of its own for the unit of this user. Officers set their log-in by
    `recovery officer login`.
    """
    from config.settings import load_settings
    from recovery_flows.web.serving import Listening, bound

    settings = load_settings()
    given = settings.web
    if port is not None:
        given = given.model_copy(update={"port": port})
    listening = Listening(
        given.host, given.port, given.tls_cert, given.tls_key, given.behind_proxy, given.address
    )
    listening.check()
    name = settings.screen.unit_name or "recovery"
    with bound(listening) as own, _service() as path:
        _serve(path, own, listening, given, name)


@contextmanager
def _service() -> Iterator[Path]:
    """The socket of the unit's service: the one that is named, or of one that ends with this."""
    from recovery_flows.cli.options import opened
    from recovery_flows.cli.sandbox_process import await_end
    from recovery_flows.service.client import service_socket

    there = service_socket()
    if there is not None:
        yield there
        return
    with opened():
        pass  # a unit that is not there is better said now
    with tempfile.TemporaryDirectory(prefix="recovery-web-") as folder:
        path = Path(folder) / "unit.sock"
        command = [
            sys.executable, "-m", "recovery_flows.cli.main", "serve", "--with-parent", "--socket",
            str(path),
        ]  # fmt: skip
        with subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            try:
                _await_service(child)
                yield path
            finally:
                child.terminate()
                await_end(child, _END_SECONDS)


def _await_service(child: subprocess.Popen[bytes]) -> None:
    from recovery_flows.errors import UnavailableError

    stream = child.stdout
    ready = stream and select.select([stream], [], [], _START_SECONDS)[0]
    if not (stream and ready and stream.readline()):
        raise UnavailableError("the unit's service did not start; it says why above")


def _serve(
    path: Path, own: socket.socket, listening: Listening, given: WebSettings, name: str
) -> None:
    """Serve until SIGTERM; sessions end with the server."""
    from recovery_flows.web.app import web_app
    from recovery_flows.web.guard import ENTRANCE, place_at
    from recovery_flows.web.serving import serve
    from recovery_flows.web.sessions import Bounds, Sessions
    from recovery_flows.web.unit_line import check_door, log_in

    check_door(path)
    port = own.getsockname()[1]
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    address = given.address or f"{listening.scheme}://{host}:{port}"
    near = () if given.address else (f"localhost:{port}",)
    token = given.token.get_secret_value() if given.token else secrets.token_urlsafe(_TOKEN_BYTES)
    bounds = Bounds(
        given.sessions_max,
        given.sessions_of_officer_max,
        given.idle_minutes * 60,
        given.session_hours * 3600,
    )
    app = web_app(
        place_at(address, near, token),
        Sessions(bounds, time.monotonic),
        partial(log_in, path),
        unit_name=name,
        idle_minutes=given.idle_minutes,
        behind_proxy=given.behind_proxy,
    )

    def end(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    # The server hands the signal on when it has ended: then what was begun here ends too.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    shown = token if given.token is None else "TOKEN"
    serve(app, own, listening, lambda: say(f"open {address}{ENTRANCE}?token={shown}"))

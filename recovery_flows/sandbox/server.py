"""Serves every bank of one sandbox file on loopback, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import uvicorn
from joserfc.jwk import KeySet
from uvicorn.protocols.http.h11_impl import H11Protocol

from recovery_flows.sandbox.banks.app import create_app
from recovery_flows.sandbox.banks.authorization import CLIENT_ID, AccessRules
from recovery_flows.sandbox.banks.service import BankContext, open_bank
from recovery_flows.sandbox.worlds.world import open_book

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

_HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """One bank's server; signals are for the sandbox as a whole."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening, self.ending = asyncio.Event(), asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Wait for the end without waking ten times a second."""
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """End at once: what was booked is booked, and who still waits gets no answer."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def hang_up(self, client: object) -> None:
        """Close the connection of this client address without an answer."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()


def _is_trouble(record: logging.LogRecord) -> bool:
    """Whether uvicorn tells of more than of a caller whose wait we ended ourselves."""
    return record.exc_info is None or not isinstance(record.exc_info[1], asyncio.CancelledError)


def serve(
    db_path: Path,
    now: Callable[[], datetime],
    ready_path: Path,
    *,
    parent_alive: int | None = None,
    stop: threading.Event | None = None,
    keys: Mapping[str, object] | None = None,
    token_seconds: int = 600,
    listening: Callable[[], None] | None = None,
) -> None:
    """Serve the banks of an installed sandbox; blocks until a signal, `stop` or the parent's end.

    `now` is asked on each request and gives an aware instant. An old `ready_path` is removed, and
    it is written (JSON, mode 0600) when all banks listen; the file remembers the ports, so that
    addresses survive a restart. `parent_alive` is a file descriptor (0 is stdin) whose end of file
    ends the service: a pipe that the parent holds open. `keys` is the unit's public JWK set: with
    it every bank wants a token for a proof of its key and a signed order with each call.
    `listening` is called once they listen and `ready_path` is there.
    """
    ready_path.unlink(missing_ok=True)
    logging.getLogger("uvicorn.error").addFilter(_is_trouble)
    with closing(open_book(db_path)) as db:
        banks = db.execute("SELECT id, port FROM bank ORDER BY place").fetchall()
        sockets = [_bind(port) for _, port in banks]
        access = [
            _doors(bank, s, keys, token_seconds)
            for (bank, _), s in zip(banks, sockets, strict=True)
        ]
        contexts = [
            open_bank(db, bank, now, at) for (bank, _), at in zip(banks, access, strict=True)
        ]
        for context, listener in zip(contexts, sockets, strict=True):
            port = listener.getsockname()[1]
            db.execute("UPDATE bank SET port = ? WHERE id = ?", [port, context.bank])

        def ready() -> None:
            _write_ready(ready_path, contexts, sockets)
            if listening is not None:
                listening()

        asyncio.run(_serve(list(map(_server, contexts)), sockets, ready, (parent_alive, stop)))


@contextmanager
def running(
    db_path: Path,
    now: Callable[[], datetime],
    ready_path: Path,
    keys: Mapping[str, object] | None = None,
    token_seconds: int = 600,
) -> Iterator[list[dict[str, str]]]:
    """Serve from a thread of this process; gives what `ready_path` says, ends with the block."""
    stop = threading.Event()
    more = {"stop": stop, "keys": keys, "token_seconds": token_seconds}
    served = threading.Thread(target=serve, args=(db_path, now, ready_path), kwargs=more)
    ready_path.unlink(missing_ok=True)
    served.start()
    try:
        while not ready_path.exists():
            if not served.is_alive():
                raise RuntimeError("the sandbox ended before it listened")
            stop.wait(0.01)
        yield json.loads(ready_path.read_text(encoding="utf-8"))
    finally:
        stop.set()
        served.join()


async def _serve(
    servers: list[_Server],
    sockets: list[socket.socket],
    ready: Callable[[], None],
    until: tuple[int | None, threading.Event | None],
) -> None:
    ending = asyncio.Event()
    _listen_for_the_end(ending, *until)
    pairs = zip(servers, sockets, strict=True)
    runs = [asyncio.create_task(server.serve([listener])) for server, listener in pairs]
    await asyncio.gather(*(server.listening.wait() for server in servers))
    ready()
    await ending.wait()
    for server in servers:
        server.ending.set()
    await asyncio.gather(*runs)


def _server(context: BankContext) -> _Server:
    app = create_app(context)
    config = uvicorn.Config(
        app,
        http="h11",
        log_config=None,
        access_log=False,
        date_header=False,
        lifespan="off",
    )
    server = _Server(config)
    app.state.hang_up = server.hang_up
    return server


def _bind(port: int) -> socket.socket:
    # The protocol is named, or asyncio leaves Nagle's delay on and each answer costs 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError:
        listener.bind((_HOST, 0))
    return listener


def _url(listener: socket.socket) -> str:
    return f"http://{_HOST}:{listener.getsockname()[1]}"


def _doors(
    bank: str, listener: socket.socket, keys: Mapping[str, object] | None, token_seconds: int
) -> AccessRules | None:
    if keys is None:
        return None
    public = KeySet.import_key_set(cast("KeySetSerialization", keys))
    return AccessRules(bank, _url(listener), public, token_seconds)


def _write_ready(
    ready_path: Path, contexts: list[BankContext], sockets: list[socket.socket]
) -> None:
    rows = [
        {
            "id": context.bank,
            "name": context.name,
            "jurisdiction": context.jurisdiction,
            "currency": context.currency,
            "kind": context.kind,
            "url": _url(listener),
            "token": context.token if context.access is None else "",
            "client_id": "" if context.access is None else CLIENT_ID,
        }
        for context, listener in zip(contexts, sockets, strict=True)
    ]
    draft = ready_path.with_name(ready_path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    draft.replace(ready_path)


def _listen_for_the_end(
    ending: asyncio.Event, parent_alive: int | None, stop: threading.Event | None
) -> None:
    loop = asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ending.set)

    def until_end_of_file(descriptor: int) -> None:
        while os.read(descriptor, 1024):
            pass
        _set_from_outside(loop, ending)

    def until_stopped(event: threading.Event) -> None:
        event.wait()
        _set_from_outside(loop, ending)

    for wait, what in ((until_end_of_file, parent_alive), (until_stopped, stop)):
        if what is not None:
            threading.Thread(target=wait, args=(what,), daemon=True).start()


def _set_from_outside(loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> None:
    # The service may have ended by itself in the meantime, and its loop with it.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(ending.set)

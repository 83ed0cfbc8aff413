"""A bank on a raw loopback socket that sends whatever bytes a case wants, well-formed or not."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_WAIT_SECONDS = 600
TELL = "/told/"
"""Where a visitor says beforehand which hold is its own."""


@dataclass(slots=True)
class Visit:
    """One request: its path, how many came before it, where to answer, what the visitor told."""

    target: str
    number: int
    writer: asyncio.StreamWriter = field(repr=False)
    told: str = ""

    async def send(self, *parts: bytes) -> None:
        """Send bytes as they are."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()


Serve = Callable[[Visit], Awaitable[None]]


def response(
    body: bytes, status: int = 200, *headers: str, kind: str = "application/json"
) -> bytes:
    """A well-formed HTTP answer."""
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode("latin-1") + body


@dataclass(slots=True)
class _Counted:
    requests: int = 0
    bytes_sent: int = 0
    told: str = ""


@dataclass(slots=True)
class HostileServer:
    """Where it listens and what it has sent; `count` is of all connections together."""

    url: str
    count: _Counted


@contextmanager
def served(serve: Serve) -> Iterator[HostileServer]:
    """Serve a case in a thread of this process for as long as the block lasts."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    count, port = _Counted(), list[int]()

    async def run() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _connection(serve, reader, writer, count), "127.0.0.1", 0
        )
        port.append(server.sockets[0].getsockname()[1])
        ready.set()
        await stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    ready.wait(_WAIT_SECONDS)
    try:
        yield HostileServer(f"http://127.0.0.1:{port[0]}", count)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_WAIT_SECONDS)
        loop.close()


async def _connection(
    serve: Serve, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: _Counted
) -> None:
    written = writer.write

    def counting(data: bytes) -> None:
        count.bytes_sent += len(data)
        written(data)

    writer.write = counting  # type: ignore[method-assign, assignment]
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = re.search(r"(?i)^content-length: *(\d+)", head, re.MULTILINE)
            await reader.readexactly(int(length[1]) if length else 0)
            target = head.split(" ", 2)[1]
            if target.startswith(TELL):
                count.told = target.removeprefix(TELL)
                writer.write(response(b"{}"))
                continue
            visit = Visit(target, count.requests, writer, count.told)
            count.requests += 1
            await serve(visit)
            if writer.is_closing():
                return
    with suppress(Exception):
        writer.close()

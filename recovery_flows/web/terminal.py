"""One terminal between a browser's tab and a command of the service."""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from recovery_flows.web.sessions import Session, Sessions

PIECE_BYTES = 65_536
COLUMNS, ROWS = (20, 500), (5, 200)
"""Sizes that a terminal may have."""
CLOSED = {"": 4000, "left": 4000, "logged out": 4000, "idle": 4001, "time": 4002, "stopped": 4003}
"""What the page is told of why it ended."""


class Terminal:
    """A pseudo-terminal: what the command writes goes to the page, what is typed to the command."""

    def __init__(self, session: Session, columns: int, rows: int) -> None:
        self._session = session
        self._own, theirs = os.openpty()
        try:
            self._size(columns, rows)
            os.set_blocking(self._own, False)
            session.line.begin(theirs)
        except OSError:
            os.close(self._own)
            raise
        finally:
            os.close(theirs)

    def close(self) -> None:
        """Give the terminal up: the command's reads and writes end."""
        os.close(self._own)

    def _size(self, columns: int, rows: int) -> None:
        size = struct.pack("4H", _within(rows, *ROWS), _within(columns, *COLUMNS), 0, 0)
        fcntl.ioctl(self._own, termios.TIOCSWINSZ, size)

    async def pass_output(self, page: WebSocket) -> None:
        """Until the command ends: nothing is read faster than the page takes it."""
        while True:
            await _until(self._own, writing=False)
            try:
                piece = os.read(self._own, PIECE_BYTES)
            except BlockingIOError:
                continue
            except OSError:  # nobody has it open any more
                return
            if not piece:
                return
            await page.send_bytes(piece)

    async def pass_input(self, page: WebSocket, sessions: Sessions) -> None:
        """Until the page is gone; `i` and what was typed, or `r` and columns and rows."""
        while True:
            try:
                text = await page.receive_text()
            except (WebSocketDisconnect, KeyError, RuntimeError):  # gone, or no text at all
                return
            if text.startswith("i"):
                sessions.typed(self._session)
                await self._write(text[1:].encode("utf-8", "replace"))
            elif text.startswith("r") and (size := size_of(text[1:])):
                self._size(*size)
                self._session.line.resized()
            else:
                return

    async def _write(self, raw: bytes) -> None:
        while raw:
            try:
                raw = raw[os.write(self._own, raw) :]
            except BlockingIOError:
                await _until(self._own, writing=True)
            except OSError:
                return


def size_of(text: str) -> tuple[int, int] | None:
    """Columns and rows, written with a comma; None for anything else."""
    one, _, other = text.partition(",")
    if not (one.isascii() and other.isascii() and one.isdigit() and other.isdigit()):
        return None
    return (int(one), int(other)) if len(one) < 5 and len(other) < 5 else None


def _within(number: int, least: int, most: int) -> int:
    return max(least, min(number, most))


async def _until(file: int, *, writing: bool) -> None:
    """Wait until a descriptor can be read, or written to."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    add, remove = (
        (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
    )
    add(file, ready.set)
    try:
        await ready.wait()
    finally:
        remove(file)


async def run_terminal(page: WebSocket, session: Session, sessions: Sessions) -> None:
    """Run a session's command in a page until one of the two is gone, or the session over."""
    size = size_of(page.query_params.get("size", "")) or (80, 24)
    try:
        terminal = Terminal(session, *size)
    except OSError:
        session.end("left")
        await _close(page, session)
        sessions.leave(session)
        return
    parts = [
        asyncio.create_task(terminal.pass_output(page)),
        asyncio.create_task(terminal.pass_input(page, sessions)),
        asyncio.create_task(_until(session.line.number(), writing=False)),
        asyncio.create_task(session.ended.wait()),
    ]
    try:
        await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        if parts[2].done() and not parts[0].done():
            # The command has ended: what it wrote last is still to be shown.
            await asyncio.wait(parts[:1], timeout=1.0)
    finally:
        for one in parts:
            one.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        terminal.close()
        sessions.leave(session)
        await _close(page, session)


async def _close(page: WebSocket, session: Session) -> None:
    with suppress(RuntimeError, WebSocketDisconnect, OSError):
        await page.close(CLOSED.get(session.why, 4000), session.why)

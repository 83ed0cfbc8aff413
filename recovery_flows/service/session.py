"""One command of one caller, in a process of its own that the service has forked for it."""

from __future__ import annotations

import os
import queue
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Literal

from recovery_flows.caller import act_for, enter_as
from recovery_flows.service.callers_files import CallersFiles, HungUpError, NoFiles
from recovery_flows.service.client import PASSED_ON
from recovery_flows.service.door import Door, entered_on, terminal_after
from recovery_flows.service.wire import VERSION, Message, NotSpokenError, receive, send

Run = Callable[[], None]
"""The command of `sys.argv` for a caller who may be here; ends by SystemExit."""

_FIRST_MESSAGE_SECONDS = 5.0
_PASSED_SIGNALS = frozenset({
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGWINCH,
})  # fmt: skip
_MISUSE = 2


def serve_caller(line: socket.socket, uid: int, run: Run, door: Door) -> None:
    """Run the caller's command on his terminal, as him; tell his program how it ended.

    For who comes from a browser the command is the door's, and no file is opened.
    """
    line.settimeout(_FIRST_MESSAGE_SECONDS)
    try:
        message, entry = receive(line), None
        if message is not None and message.kind in ("enter", "door"):
            entry = entered_on(line, uid, message, door)
            message = terminal_after(line) if entry else None
        if message is None or message.kind != "run" or len(message.files) != 3:
            return
        version, args = message.number("version"), message.texts("args")
        given = message.body.get("environment")
    except (OSError, NotSpokenError):
        return
    line.settimeout(None)
    if entry is not None:
        args = list(entry.runs)
        enter_as(entry.officer, entry.mark)
    _take_terminal(message.files)
    _take_environment(given if isinstance(given, dict) else {})
    caller = _Line(line)
    act_for(uid, NoFiles() if entry else CallersFiles(caller.ask))

    def heard() -> None:
        caller.listen()  # from now on he may interrupt
        run()

    caller.tell_end(_ended(args, version, heard))


def _ended(args: list[str], version: int, run: Run) -> int:
    """Run it to its end; the exit code, everything written."""
    sys.argv = ["recovery", *args]
    try:
        if version != VERSION:
            sys.stderr.write("recovery: this program and the service are of different versions\n")
            return _MISUSE
        run()
    except SystemExit as end:
        return _code_of(end)
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses it twice is still told the end
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
    return 0


def _code_of(end: SystemExit) -> int:
    return end.code if isinstance(end.code, int) else int(end.code is not None)


class _Line:
    """The socket, read by a thread of its own: signals come at any time, answers when asked."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._asking = threading.Lock()

    def listen(self) -> None:
        """Begin to hear what the caller's program says."""
        threading.Thread(target=self._hear, name="caller", daemon=True).start()

    def ask(self, what: str, path: str, flags: int) -> Message:
        """Have his program do something with a file; HungUpError where it is gone."""
        with self._asking:
            send(self._line, "file", do=what, path=path, flags=flags)
            answer = self._answers.get()
        if answer is None:
            raise HungUpError(f"{path} cannot be reached: its user has gone")
        return answer

    def tell_end(self, code: int) -> None:
        """The last message."""
        with suppress(OSError):
            send(self._line, "ended", code=code)

    def _hear(self) -> None:
        with suppress(NotSpokenError):
            while (message := self._next()) is not None:
                if message.kind == "done":
                    self._answers.put(message)
                elif message.kind == "signal" and message.number("number") in _PASSED_SIGNALS:
                    os.kill(os.getpid(), message.number("number"))
                else:
                    message.close()
        # Nobody is there any more: end as a program does whose terminal was closed.
        self._answers.put(None)
        os.kill(os.getpid(), signal.SIGHUP)

    def _next(self) -> Message | None:
        try:
            return receive(self._line)
        except (OSError, NotSpokenError):
            return None


def _take_terminal(files: tuple[int, ...]) -> None:
    """Make the caller's three streams this process's own."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in files:
        if file > 2:
            os.close(file)
    sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w", errors="backslashreplace")  # type: ignore[misc]


def _stream(number: int, mode: Literal["r", "w"], errors: str = "surrogateescape") -> TextIOWrapper:
    buffering = 1 if os.isatty(number) or errors == "backslashreplace" else -1
    return open(number, mode, buffering, encoding="utf-8", errors=errors, closefd=False)


def _take_environment(given: dict[str, object]) -> None:
    for name in PASSED_ON:
        os.environ.pop(name, None)
        value = given.get(name)
        if isinstance(value, str) and "\0" not in value:
            os.environ[name] = value

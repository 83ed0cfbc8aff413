"""The caller's side: hand the command with its terminal to the service and wait for its end.

Imports next to nothing: it is what an officer's program does before anything else.
"""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from recovery_flows.service.callers_files import done_for_service
from recovery_flows.service.wire import (
    SOCKET_VARIABLE,
    VERSION,
    Message,
    NotSpokenError,
    new_socket,
    receive,
    send,
    why_not_to_be_trusted,
)

PASSED_ON = (
    "TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LANG",
    "LC_ALL", "LC_CTYPE",
)  # fmt: skip
"""What of the caller's environment goes along: how his terminal shows things, and nothing else."""

_ON_FILES = (
    ("allocate", ""), ("bundle", "verify"), ("intake", "transfers"), ("trace", "--transfers"),
    ("intake", "--dry-run"), ("intake", "--template"),
)  # fmt: skip
_OF_THE_SERVICE = ("init", "engine", "serve", "web", "sandbox", "demo")
_HELP = ("--help", "-h")
_NOT_AVAILABLE = 4
_AGAIN_SECONDS = 0.2
# Leave the second screen, show the cursor, no mouse, no bracketed paste: after a program was cut.
_AS_IT_WAS = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[0m"


def service_socket() -> Path | None:
    """The socket of the service that this user's environment names; None where it names none."""
    named = os.environ.get(SOCKET_VARIABLE, "")
    return Path(named) if named else None


def is_for_service(args: Sequence[str]) -> bool:
    """Whether a command needs the unit; those on files alone run where they are typed.

    The service asks the same of what it is sent: what runs elsewhere opens files by itself.
    """
    if not args or args[0].startswith("-") or args[0] in _OF_THE_SERVICE:
        return False
    words = {one.partition("=")[0] for one in args}
    if words.intersection(_HELP):
        return False
    return not any(args[0] == name and (not word or word in words) for name, word in _ON_FILES)


def run_there(path: Path, args: Sequence[str]) -> int:
    """Have the service run a command on this terminal; its exit code, 4 where there is none."""
    try:
        if wrong := why_not_to_be_trusted(path):
            return _complain(wrong)
        line = new_socket()
        line.connect(str(path))
    except OSError as error:
        return _complain(
            f"the service of the unit does not answer at {path} ({error.strerror}): "
            f"it is started by `recovery serve`; the address is {SOCKET_VARIABLE}"
        )
    signals = _Signals(line)
    with line, _terminal_kept() as left_as_it_was, signals.passed():
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        try:
            send(line, "run", (0, 1, 2), version=VERSION, args=list(args), environment=environment)
            code = _answered(line, signals)
        except ValueError as error:
            return _complain(str(error))
        except (OSError, NotSpokenError):
            code = None
        if code is not None:
            left_as_it_was()
            return code
    return _complain("the service ended before the command did; what was committed is safe")


def _answered(line: socket.socket, signals: _Signals) -> int | None:
    """Open what the service asks for until the command has ended; None where it hung up."""
    while (message := _next(line)) is not None:
        if message.kind == "ended":
            return message.number("code")
        if message.kind != "file":
            raise NotSpokenError(message.kind)
        try:
            with signals.opening():
                answer, files = done_for_service(message)
        except InterruptedError:  # came between the opening and the answer
            answer, files = {"error": errno.EINTR, "is": 0, "path": ""}, ()
        with suppress(ConnectionError):  # a command that was interrupted waits for no answer
            send(line, "done", files, **answer)
        for one in files:
            os.close(one)
    return None


def _next(line: socket.socket) -> Message | None:
    """The next message, also behind the error of a service that left something unread.

    Linux reports such a reset once, before what was sent: how the command ended comes after it.
    """
    try:
        return receive(line)
    except ConnectionResetError:
        return receive(line)


class _Signals:
    """Pass what this process is told on to the service; to be stopped would not stop it there."""

    def __init__(self, line: socket.socket) -> None:
        self._line, self._is_opening = line, False

    @contextmanager
    def passed(self) -> Iterator[None]:
        handlers: dict[str, Callable[[int, FrameType | None], None] | signal.Handlers] = {
            **dict.fromkeys(("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"), self._ends),
            "SIGALRM": self._interrupts,
            "SIGWINCH": self._pass,
            "SIGTSTP": signal.SIG_IGN,  # the shell and the command would read one terminal
        }
        before = {name: signal.signal(getattr(signal, name), to) for name, to in handlers.items()}
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for name, handler in before.items():
                signal.signal(getattr(signal, name), handler)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """A pipe that nobody writes to waits to be opened until its user gives it up."""
        self._is_opening = True
        try:
            yield
        finally:
            self._is_opening = False

    def _pass(self, number: int, _frame: FrameType | None) -> None:
        with suppress(OSError):
            send(self._line, "signal", number=number)

    def _ends(self, number: int, frame: FrameType | None) -> None:
        self._pass(number, frame)
        # What came just before an opening does not end it: it is said again until the command ends.
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS, _AGAIN_SECONDS)
        self._interrupts(number, frame)

    def _interrupts(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_opening:
            self._is_opening = False
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR))


@contextmanager
def _terminal_kept() -> Iterator[Callable[[], None]]:
    """Leave the terminal as it was found, also where the command's process was cut off."""
    kept = None
    with suppress(termios.error, OSError):
        kept = termios.tcgetattr(0)
    ended = False

    def end() -> None:
        nonlocal ended
        ended = True

    try:
        yield end
    finally:
        if kept is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSADRAIN, kept)
            if not ended:
                with suppress(OSError):
                    os.write(1, _AS_IT_WAS.encode())


def _complain(text: str) -> int:
    sys.stderr.write(f"recovery: {text}\n")
    return _NOT_AVAILABLE

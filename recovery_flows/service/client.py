"""The caller's side: hand the command with its terminal to the service and wait for its end.

Imports next to nothing: it is what an officer's program does before anything else.
"""

from __future__ import annotations

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
_OF_THE_SERVICE = ("init", "engine", "serve", "sandbox", "demo")
_HELP = ("--help", "-h")
_NOT_AVAILABLE = 4
# Leave the second screen, show the cursor, no mouse, no bracketed paste: after a program was cut.
_AS_IT_WAS = "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[0m"


def service_socket() -> Path | None:
    """The socket of the service that this user's environment names; None where it names none."""
    named = os.environ.get(SOCKET_VARIABLE, "")
    return Path(named) if named else None


def is_for_service(args: Sequence[str]) -> bool:
    """Whether a command needs the unit; those on files alone run where they are typed."""
    if not args or any(one in _HELP for one in args) or args[0] in _OF_THE_SERVICE:
        return False
    return not any(args[0] == name and (not word or word in args) for name, word in _ON_FILES)


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
    with line, _terminal_kept() as left_as_it_was, _signals_passed_to(line):
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        try:
            send(line, "run", (0, 1, 2), version=VERSION, args=list(args), environment=environment)
            code = _answered(line)
        except ValueError as error:
            return _complain(str(error))
        except (OSError, NotSpokenError):
            code = None
        if code is not None:
            left_as_it_was()
            return code
    return _complain("the service ended before the command did; what was committed is safe")


def _answered(line: socket.socket) -> int | None:
    """Open what the service asks for until the command has ended; None where it hung up."""
    while (message := receive(line)) is not None:
        if message.kind == "ended":
            return message.number("code")
        if message.kind != "file":
            raise NotSpokenError(message.kind)
        answer, files = done_for_service(message)
        send(line, "done", files, **answer)
        for one in files:
            os.close(one)
    return None


@contextmanager
def _signals_passed_to(line: socket.socket) -> Iterator[None]:
    def passed(number: int, _frame: FrameType | None) -> None:
        with suppress(OSError):
            send(line, "signal", number=number)

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH")
    before = {name: signal.signal(getattr(signal, name), passed) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


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

"""The line to the unit's service: one for each log-in, and afterwards for its terminal."""

from __future__ import annotations

import errno
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.language.phrase import phrase
from recovery_flows.errors import RefusedError, UnavailableError
from recovery_flows.service.door import Asked
from recovery_flows.service.wire import (
    VERSION,
    Message,
    NotSpokenError,
    new_socket,
    receive,
    send,
    why_not_to_be_trusted,
)

_ANSWER_SECONDS = 60.0
_ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class NoServiceError(UnavailableError):
    """The unit's service does not answer."""


class LogInFailedError(RefusedError):
    """The service let nobody in; `wait_seconds` above zero: no other try is taken before."""

    def __init__(self, why: str, wait_seconds: int) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """An officer who has logged in, on the line on which his terminal runs."""

    officer: str
    runs: tuple[str, ...]
    _line: socket.socket

    def begin(self, terminal: int) -> None:
        """Run his command on a terminal."""
        send(self._line, "run", (terminal,) * 3, version=VERSION, args=[], environment=_ENVIRONMENT)
        self._line.settimeout(0)

    def number(self) -> int:
        """The descriptor that can be read when the command has ended, or the service."""
        return self._line.fileno()

    def resized(self) -> None:
        """The terminal has another size."""
        with suppress(OSError, ValueError):
            send(self._line, "signal", number=int(signal.SIGWINCH))

    def close(self) -> None:
        """Hang up: the command ends, if it has not."""
        self._line.close()


def check_door(path: Path) -> None:
    """NoServiceError, LogInFailedError where nobody could log in at this socket."""
    with _connected(path) as line:
        _answer(line, "door", "open")


def log_in(path: Path, asked: Asked) -> UnitLine:
    """Log somebody in; takes as long as his password takes to be checked.

    LogInFailedError with the service's sentence; NoServiceError.
    """
    line = _connected(path)
    try:
        answer = _answer(
            line, "enter", "entered", handle=asked.handle, password=asked.password,
            code=asked.code, source=asked.source,
        )  # fmt: skip
        return UnitLine(answer.text("officer"), tuple(answer.texts("runs")), line)
    except BaseException:
        line.close()
        raise


def _connected(path: Path) -> socket.socket:
    try:
        if wrong := why_not_to_be_trusted(path):
            raise NoServiceError(wrong)
        line = new_socket()
        line.settimeout(_ANSWER_SECONDS)
        try:
            line.connect(str(path))
        except OSError:
            line.close()
            raise
    except OSError as error:
        raise _away(error) from error
    return line


def _answer(line: socket.socket, kind: str, wanted: str, **body: str) -> Message:
    try:
        send(line, kind, (), version=VERSION, **body)
        answer = receive(line)
    except ValueError as error:
        raise LogInFailedError(phrase("that is too long"), 0) from error
    except (OSError, NotSpokenError) as error:
        raise _away(error) from error
    if answer is not None and answer.kind == "refused":
        raise LogInFailedError(answer.text("why"), answer.number("wait_seconds"))
    if answer is None or answer.kind != wanted:
        raise _away(OSError(errno.EPIPE, os.strerror(errno.EPIPE)))
    return answer


def _away(error: Exception) -> NoServiceError:
    why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no answer"
    return NoServiceError(
        phrase("the unit's service does not answer ({why}): `recovery serve` starts it", why=why)
    )

"""The door for people from browsers: a log-in on the line on which his terminal comes after it.

Whoever holds the line is the officer, so there is no ticket that could be taken from it. The line
is `recovery web`'s: its system user, and the service's own, are the only ones who may log anybody
in. What runs on the terminal the service says, not the caller.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from recovery_flows.service.wire import VERSION, Message, receive, send

TERMINAL_SECONDS = 30.0
"""How long a log-in waits for its terminal."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed into a browser, and where it came from."""

    handle: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who has logged in, the command that runs on his terminal, and the mark of his log-in."""

    officer: str
    runs: Sequence[str]
    mark: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody has; `wait_seconds` above zero: no other try is taken before."""

    why: str
    wait_seconds: int = 0


Enter = Callable[[Asked], Entry | Refusal]
OpenTo = Callable[[int], bool]


class Door(Protocol):
    """Who may log others in, how that is checked, and how many may be in at a time."""

    @property
    def most(self) -> int:
        """Sessions and log-ins at a time."""

    def is_open_to(self, uid: int) -> bool:
        """Whether this system user runs `recovery web`."""

    def enter(self, asked: Asked) -> Entry | Refusal:
        """Check a log-in."""


def entered_on(line: socket.socket, uid: int, first: Message, door: Door) -> Entry | None:
    """Answer at the door; the entry of who has logged in, None where nobody has."""
    with suppress(OSError):
        if not door.is_open_to(uid) or first.number("version") != VERSION:
            send(line, "refused", why="this service takes log-ins of another system user, or of "
                 "another version", wait_seconds=0)  # fmt: skip
        elif first.kind == "door":
            send(line, "open")
        else:
            done = door.enter(_asked(first))
            if isinstance(done, Entry):
                send(line, "entered", officer=done.officer, runs=list(done.runs))
                return done
            send(line, "refused", why=done.why, wait_seconds=done.wait_seconds)
    return None


def _asked(message: Message) -> Asked:
    return Asked(*(message.text(name) for name in ("handle", "password", "code", "source")))


def terminal_after(line: socket.socket) -> Message | None:
    """The terminal of who has logged in; None where it does not come."""
    line.settimeout(TERMINAL_SECONDS)
    try:
        message = receive(line)
    except OSError:
        return None
    return message if message and message.kind == "run" and len(message.files) == 3 else None

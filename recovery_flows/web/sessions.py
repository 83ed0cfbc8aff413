"""Sessions: who has logged in, by which cookie; each has one terminal, once."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from models.language.phrase import phrase
from recovery_flows.errors import RefusedError
from recovery_flows.web.unit_line import UnitLine

_COOKIE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many sessions there may be, and how long one lasts."""

    sessions: int
    of_one: int
    idle_seconds: float
    session_seconds: float
    terminal_seconds: float = 25.0
    """How long a session waits for its page, less than the service waits for its terminal."""


@dataclass(slots=True)
class Session:
    """One officer in one tab; it ends with the terminal, and the terminal with it."""

    line: UnitLine = field(repr=False)
    began: float
    typed_at: float
    has_terminal: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    why: str = ""

    @property
    def officer(self) -> str:
        """The handle of who has logged in."""
        return self.line.officer

    def end(self, why: str) -> None:
        """End it, for the first reason that is given."""
        self.why = self.why or why
        self.ended.set()


class TooManySessionsError(RefusedError):
    """No further session is opened."""


class Sessions:
    """All that are open, by the digest of their cookie: the table itself opens none."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float]) -> None:
        self._bounds, self._clock = bounds, clock
        self._open: dict[bytes, Session] = {}

    def open(self, line: UnitLine) -> str:
        """A session for who has logged in; its cookie. TooManySessionsError."""
        self.sweep()
        own = Counter(one.officer for one in self._open.values())[line.officer]
        if own >= self._bounds.of_one or len(self._open) >= self._bounds.sessions:
            line.close()
            raise TooManySessionsError(
                phrase(
                    "too many sessions of {officer} are open: log out in another window first",
                    officer=line.officer,
                )
                if own >= self._bounds.of_one
                else phrase("too many sessions are open: log out in another window first")
            )
        cookie, now = secrets.token_urlsafe(_COOKIE_BYTES), self._clock()
        self._open[_digest(cookie)] = Session(line, now, now)
        return cookie

    def found(self, cookie: str) -> Session | None:
        """The open session of a cookie."""
        self.sweep()
        return self._open.get(_digest(cookie)) if cookie else None

    def sweep(self) -> None:
        """End what is idle, too old or without a page, and hang up for what has ended."""
        now = self._clock()
        for key, one in list(self._open.items()):
            if not one.ended.is_set() and (why := self._over(one, now)):
                one.end(why)
            if one.ended.is_set() and not one.has_terminal:
                one.line.close()
                del self._open[key]

    def _over(self, one: Session, now: float) -> str:
        if not one.has_terminal and now - one.began >= self._bounds.terminal_seconds:
            return "no page was opened"
        if now - one.typed_at >= self._bounds.idle_seconds:
            return "idle"
        return "time" if now - one.began >= self._bounds.session_seconds else ""

    def leave(self, one: Session) -> None:
        """Its terminal is gone, and so is it."""
        one.end("left")
        one.line.close()
        self._open = {key: other for key, other in self._open.items() if other is not one}

    def end_all(self) -> None:
        """End every session, as when the server is stopped."""
        for one in self._open.values():
            one.end("stopped")
        self.sweep()

    def typed(self, one: Session) -> None:
        """Somebody is there."""
        one.typed_at = self._clock()


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).digest()

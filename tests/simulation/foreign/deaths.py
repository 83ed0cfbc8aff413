"""Where an engine dies on the way of a request or a message to a body of another State.

Each death is at the n-th time of its kind over a whole history; a fresh engine takes over then.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.foreign.plan import OF_NEWS, OF_ORDERS
from tests.simulation.hands import Commits, CrashError

_LEASED = (
    "SELECT count(*) FROM call WHERE kind IN ('request_abroad', 'request_message') AND state ="
    " 'planned' AND sent_at IS NULL AND lease_owner <> ''"
)


@dataclass(slots=True)
class Deaths:
    """The deaths that a plan has, and how often there was an occasion for each."""

    planned: tuple[tuple[int, str], ...] = ()
    died: Counter[str] = field(default_factory=Counter)
    is_alive: bool = False
    """Whether an engine is at work that may die: none at the end of a history."""
    _occasions: Counter[str] = field(default_factory=Counter)
    _commits: Commits | None = None
    _eyes: sqlite3.Connection | None = None

    def begin(self, commits: Commits, path: Path) -> None:
        """From now on there are commits to die at; they come from any thread."""
        self._commits = commits
        if self.planned:
            self._eyes = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    def end(self) -> None:
        """Nothing is looked at any more."""
        if self._eyes is not None:
            self._eyes.close()
            self._eyes = None

    @contextmanager
    def of_an_engine(self, *, may: bool) -> Iterator[None]:
        """An engine is at work while the block runs."""
        self.is_alive = may
        try:
            yield
        finally:
            self.is_alive = False

    def order(self, *, answered: bool) -> None:
        """An order is before a body, or was carried out there; CrashError where one is planned."""
        for when in OF_ORDERS[2:] if answered else OF_ORDERS[1:2]:
            self._meet(when)

    def news(self) -> None:
        """A body has told something."""
        for when in OF_NEWS:
            self._meet(when)

    def after_commit(self) -> None:
        """What was leased for a body is marked as sent by the next commit."""
        if self.is_alive and self._eyes is not None and self._eyes.execute(_LEASED).fetchone()[0]:
            self._meet("unmarked")

    def _meet(self, when: str) -> None:
        if not self.is_alive or not self.planned:
            return
        assert self._commits is not None
        self._occasions[when] += 1
        if (self._occasions[when], when) not in self.planned:
            return
        self.died[f"dies:{when}"] += 1
        if when in ("marked", "there"):
            self._commits.dead = True
            raise CrashError
        self._commits.arm(1, "after" if when in ("settled", "heard") else "before")

"""What has changed since somebody's last look or since midnight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from sqlmodel import Session

from models.queries.installation.clock import case_now
from models.queries.looks.changes import (
    ChangedRecovery,
    changed_ids,
    changes,
    last_event,
)
from recovery_flows.cases.views.onlooker import NOBODY, Onlooker, since_when
from recovery_flows.cases.views.queue import QueueQuery

MOST = 500
"""Changes that are listed at most, the newest."""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What others and the engine changed, by recovery; `total` changes in all.

    `since` is the last event before them, `seen_up_to` the last one that this picture knows.
    """

    now: datetime
    since: int
    seen_up_to: int
    recoveries: tuple[ChangedRecovery, ...]
    total: int

    @property
    def left_out(self) -> int:
        """How many changes are not listed."""
        return self.total - sum(len(one.events) for one in self.recoveries)


def changes_page(
    session: Session, onlooker: Onlooker, wall_now: datetime, asked: str | datetime
) -> ChangesPage:
    """What has changed since, the newest first."""
    now = case_now(session, wall_now)
    since = since_when(session, onlooker, asked, now)
    newest = last_event(session)
    found, total = changes(session, since, onlooker.officer_id, MOST)
    return ChangesPage(now, since, newest, found, total)


class Eyes:
    """Who looks at the screens now; what is new to him is read on from where it was read last.

    Shared by the readings of one terminal, which may run at once.
    """

    def __init__(self, onlooker: Onlooker = NOBODY) -> None:
        self._lock = Lock()
        self.pass_to(onlooker)

    def pass_to(self, onlooker: Onlooker) -> None:
        """Somebody else looks, or the same anew: what is new to him is not known yet."""
        with self._lock:
            self.onlooker, self.seen_up_to = onlooker, onlooker.seen
            self._changed: frozenset[str] = frozenset()

    def looking(self, session: Session, query: QueueQuery) -> QueueQuery:
        """The same query by who looks now, with what has changed for him up to now."""
        with self._lock:
            if self.seen_up_to is None:
                # The first look of all: whatever is there is not new.
                self.seen_up_to = last_event(session)
                self.onlooker = replace(self.onlooker, seen=self.seen_up_to)
            more, newest = changed_ids(session, self.seen_up_to, self.onlooker.officer_id)
            self.seen_up_to = max(newest, self.seen_up_to)
            self._changed |= more
            return replace(query, onlooker=self.onlooker, changed=self._changed)

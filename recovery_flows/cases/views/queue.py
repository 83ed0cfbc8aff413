"""The queue as people see it: in order of urgency, what nobody owns or moves marked in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from models.queries.cases.attention import waiting
from models.queries.cases.deconfliction import seen_elsewhere
from models.queries.cases.queue import queue_page
from models.queries.cases.views import QueueLine, QueuePage
from models.queries.installation.clock import case_now
from recovery_flows.reports.unattended import Idle, Patience, attention


def queue(
    session: Session,
    wall: datetime,
    patience: Patience,
    limit: int,
    *,
    with_closed: bool = False,
) -> QueuePage:
    """The `limit` most urgent recoveries, those in red marked; they are there beyond the limit."""
    now = case_now(session, wall)
    red = idle(session, now, patience)
    page = queue_page(session, wall, limit, with_closed=with_closed, always=red)
    page = replace(page, attention_count=len(red))
    if not limit:
        return page
    shared = seen_elsewhere(session)
    lines = (_marked(line, red.get(line.recovery_id), shared) for line in page.lines)
    return replace(page, lines=tuple(lines))


def idle(
    session: Session, now: datetime, patience: Patience, recovery_id: str = ""
) -> dict[str, Idle]:
    """The recoveries in red at `now`, all or one, by id."""
    found = {
        w.recovery_id: attention(
            w.state, w.owner, w.role, w.action, w.came_at, w.done_at, now, patience
        )
        for w in waiting(session, recovery_id)
    }
    return {name: one for name, one in found.items() if one is not None}


def _marked(line: QueueLine, red: Idle | None, shared: frozenset[str]) -> QueueLine:
    return replace(
        line,
        attention=red.attention if red else "",
        idle_since=red.since if red else None,
        shared=line.recovery_id in shared,
    )

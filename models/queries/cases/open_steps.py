"""What is open for people and what ends next, over all recoveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, Recovery

_R = table_of(Recovery)


@dataclass(frozen=True, slots=True)
class OpenStep:
    """The next step of one recovery, as the queue knows it."""

    recovery_id: str
    ref: str
    action: str
    subject_id: str
    reported_at: datetime


def open_steps(session: Session, role: Role) -> list[OpenStep]:
    """Recoveries whose next step is for this role, the oldest report first."""
    return [OpenStep(*row) for row in session.execute(_OPEN_STEPS, {"role": role})]


_OPEN_STEPS = (
    sa.select(_R.c.id, _R.c.ref, _R.c.step_action, _R.c.step_subject, _R.c.reported_at)
    .where(
        _R.c.step_role == sa.bindparam("role", type_=_R.c.step_role.type),
        _R.c.state.not_in(CLOSED_RECOVERIES),
    )
    .order_by(_R.c.reported_at, _R.c.id)
)


def recoveries_by_deadline(
    session: Session, limit: int | None = None
) -> tuple[list[str], datetime | None]:
    """Open recoveries with a running deadline, nearest first, and the end of the first left out.

    That is None when none was left out.
    """
    query = (
        sa.select(_R.c.id, _R.c.due_at)
        .where(_R.c.due_at.is_not(None), _R.c.state.not_in(CLOSED_RECOVERIES))
        .order_by(_R.c.due_at, _R.c.id)
    )
    if limit is not None:
        query = query.limit(limit + 1)
    rows = session.execute(query).all()
    left_out = rows[limit].due_at if limit is not None and len(rows) > limit else None
    return [row.id for row in rows[:limit]], left_out


def clock_pages(
    session: Session, until: datetime | None, size: int
) -> Iterator[list[tuple[datetime, str]]]:
    """All open recoveries with a running deadline, page by page: (nearest end, id), by that end.

    With `until` only those whose nearest end is not later.
    """
    key = sa.tuple_(_R.c.due_at, _R.c.id)
    query = (
        sa.select(_R.c.due_at, _R.c.id)
        .where(_R.c.due_at.is_not(None), _R.c.state.not_in(CLOSED_RECOVERIES))
        .order_by(_R.c.due_at, _R.c.id)
        .limit(size)
    )
    if until is not None:
        query = query.where(_R.c.due_at <= until)
    page = [(row.due_at, row.id) for row in session.execute(query)]
    while page:
        yield page
        last = sa.tuple_(sa.literal(page[-1][0], _R.c.due_at.type), sa.literal(page[-1][1]))
        page = [(row.due_at, row.id) for row in session.execute(query.where(key > last))]

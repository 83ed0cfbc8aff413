"""The queue: open recoveries, least time left first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.money import Money
from models.queries.clock import case_now, engine_view
from models.queries.views import QueueLine, QueuePage
from models.recovery import Claim, Recovery
from models.states import CLOSED_RECOVERIES, RecoveryState, Role
from models.step_wording import Wording
from models.tables import table_of

_R, _C = table_of(Recovery), table_of(Claim)


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
    query = (
        sa.select(_R.c.id, _R.c.ref, _R.c.step_action, _R.c.step_subject, _R.c.reported_at)
        .where(_R.c.step_role == role, _R.c.state.not_in(CLOSED_RECOVERIES))
        .order_by(_R.c.reported_at, _R.c.id)
    )
    return [OpenStep(*row) for row in session.execute(query)]


def queue_page(
    session: Session, wall: datetime, limit: int = 2000, *, with_closed: bool = False
) -> QueuePage:
    """Open recoveries in order of the time left of their nearest legal clock."""
    is_open = _R.c.state.not_in(CLOSED_RECOVERIES)
    query = _lines_query().limit(limit)
    if not with_closed:
        query = query.where(is_open)
    counts = sa.select(sa.func.count()).select_from(_R)
    open_count = int(session.execute(counts.where(is_open)).scalar_one())
    total = int(session.execute(counts).scalar_one())
    return QueuePage(
        case_now(session, wall),
        tuple(_line(row) for row in session.execute(query)),
        open_count,
        total - open_count,
        engine_view(session, wall),
    )


def queue_lines(session: Session, recovery_ids: Sequence[str]) -> tuple[QueueLine, ...]:
    """The lines of these recoveries, in the queue's order."""
    if not recovery_ids:
        return ()
    query = _lines_query().where(_R.c.id.in_(recovery_ids))
    return tuple(_line(row) for row in session.execute(query))


def _lines_query() -> sa.Select[Any]:
    loss = sa.func.sum(_C.c.reported_minor)
    return (
        sa.select(
            _R.c.id, _R.c.ref, _R.c.state, _R.c.stage, _R.c.currency, _R.c.due_at, _R.c.owner_id,
            _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method,
            loss.label("loss"), sa.func.count(_C.c.id).label("victims"),
        )
        .join(_C, _C.c.recovery_id == _R.c.id, isouter=True)
        .group_by(_R.c.id)
        .order_by(_R.c.due_at.is_(None), _R.c.due_at, _R.c.reported_at, _R.c.id)
    )  # fmt: skip


def _line(row: Any) -> QueueLine:  # noqa: ANN401 - a row of `_lines_query`
    return QueueLine(
        recovery_id=row.id,
        ref=row.ref,
        state=RecoveryState(row.state),
        stage=row.stage,
        loss=Money(int(row.loss or 0), row.currency),
        victims=row.victims,
        due_at=row.due_at,
        action=row.step_action,
        role=row.step_role,
        sentence=str(Wording.read(row.step_wording)),
        owner=row.owner_id,
        method=row.method,
    )


def recoveries_by_clock(
    session: Session, limit: int | None = None
) -> tuple[list[str], datetime | None]:
    """Open recoveries with a running clock, nearest end first, and the end of the first left out.

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

"""The queue: recoveries in the order of `models/urgency.py`, so that a limit cuts off the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.money import Money
from models.queries.cases.views import QueueLine, QueuePage
from models.queries.installation.clock import case_now, engine_view
from models.step_wording import Wording
from models.urgency import DISCREPANCY_STEP, GOLDEN_HOUR, SOON, Urgency, urgency

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
    session: Session,
    wall: datetime,
    limit: int = 2000,
    *,
    with_closed: bool = False,
    always: Collection[str] = (),
) -> QueuePage:
    """The most urgent recoveries and, beyond the limit, those of `always`, each in its place.

    Ended ones are there with `with_closed`, or where a discrepancy is open on them.
    """
    now = case_now(session, wall)
    is_open = _R.c.state.not_in(CLOSED_RECOVERIES)
    is_disputed = _R.c.step_action == DISCREPANCY_STEP
    counts = sa.select(sa.func.count()).select_from(_R)
    open_count = int(session.execute(counts.where(is_open)).scalar_one())
    disputed_count = int(session.execute(counts.where(is_disputed)).scalar_one())
    total = int(session.execute(counts).scalar_one())
    wanted = sa.true() if with_closed else sa.or_(is_open, is_disputed)
    lines = _lines(session, now, wanted, limit, always) if limit else ()
    return QueuePage(
        now, lines, open_count, total - open_count, engine_view(session, wall),
        discrepancy_count=disputed_count,
    )  # fmt: skip


def _lines(
    session: Session,
    now: datetime,
    wanted: sa.ColumnElement[bool],
    limit: int,
    always: Collection[str],
) -> tuple[QueueLine, ...]:
    order = _by_urgency(now)
    first = sa.select(_R.c.id).where(wanted).order_by(*order).limit(limit)
    loss = sa.func.sum(_C.c.reported_minor)
    query = (
        sa.select(
            _R.c.id, _R.c.ref, _R.c.state, _R.c.stage, _R.c.currency, _R.c.due_at, _R.c.owner_id,
            _R.c.step_action, _R.c.step_role, _R.c.step_wording, _R.c.method, _R.c.reported_at,
            loss.label("loss"), sa.func.count(_C.c.id).label("victims"),
        )
        .join(_C, _C.c.recovery_id == _R.c.id, isouter=True)
        .where(sa.or_(_R.c.id.in_(first), _R.c.id.in_(sorted(always))))
        .group_by(_R.c.id)
        .order_by(*order)
    )  # fmt: skip
    return tuple(_line(row, now) for row in session.execute(query))


def _by_urgency(now: datetime) -> tuple[sa.ColumnElement[Any], ...]:
    """The order of `models/urgency.py` in SQL; a test holds the two together."""
    is_reported = _R.c.state == RecoveryState.REPORTED
    is_golden = sa.and_(is_reported, _R.c.reported_at > now - GOLDEN_HOUR)
    group = sa.case(
        (_R.c.step_action == DISCREPANCY_STEP, Urgency.DISCREPANCY.value),
        (_R.c.state.in_(CLOSED_RECOVERIES), Urgency.ENDED.value),
        (is_golden, Urgency.GOLDEN.value),
        (is_reported, Urgency.UNACCEPTED.value),
        (_R.c.due_at.is_(None), Urgency.WITHOUT_CLOCK.value),
        (_R.c.due_at < now, Urgency.LATE.value),
        (_R.c.due_at < now + SOON, Urgency.SOON.value),
        else_=Urgency.RUNNING.value,
    )
    instant = sa.case(
        (sa.or_(is_reported, _R.c.due_at.is_(None)), _R.c.reported_at), else_=_R.c.due_at
    )
    return group, instant, _R.c.reported_at, _R.c.id


def _line(row: Any, now: datetime) -> QueueLine:  # noqa: ANN401 - a row of `_lines`
    state = RecoveryState(row.state)
    return QueueLine(
        recovery_id=row.id,
        ref=row.ref,
        state=state,
        stage=row.stage,
        loss=Money(int(row.loss or 0), row.currency),
        victims=row.victims,
        due_at=row.due_at,
        action=row.step_action,
        role=row.step_role,
        sentence=str(Wording.read(row.step_wording)),
        owner=row.owner_id,
        method=row.method,
        reported_at=row.reported_at,
        urgency=urgency(state, row.step_action, row.reported_at, row.due_at, now),
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

"""What is open for people and what ends next, over all recoveries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState

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
    if limit is None:
        return [name for page in clock_pages(session, None, _PAGE) for _, name in page], None
    ends = _nearest(session, _BEGIN, limit + 1)
    return [name for _, name in ends[:limit]], ends[limit][0] if len(ends) > limit else None


def clock_pages(
    session: Session, until: datetime | None, size: int
) -> Iterator[list[tuple[datetime, str]]]:
    """All open recoveries with a running deadline, page by page: (nearest end, id), by that end.

    With `until` only those whose nearest end is not later.
    """
    after = _BEGIN
    while page := _nearest(session, after, size):
        after = page[-1]
        if wanted := [end for end in page if until is None or end[0] <= until]:
            yield wanted
        if len(wanted) < len(page):
            return


def _nearest(session: Session, after: _End, most: int) -> list[_End]:
    """The nearest ends behind one, of each state as far as its stretch of the index is needed."""
    given = {"due": after[0], "id": after[1], "most": most}
    rows = (session.execute(_ENDS, {"state": state, **given}) for state in _OPEN_STATES)
    return sorted((row.due_at, row.id) for found in rows for row in found)[:most]


_End = tuple[datetime, str]
_PAGE = 500
_BEGIN: _End = (datetime.min.replace(tzinfo=UTC), "")
_OPEN_STATES = tuple(state for state in RecoveryState if state not in CLOSED_RECOVERIES)
_ENDS = (
    sa.select(_R.c.due_at, _R.c.id)
    .where(
        _R.c.state == sa.bindparam("state", type_=_R.c.state.type),
        sa.tuple_(_R.c.due_at, _R.c.id)
        > sa.tuple_(
            sa.bindparam("due", type_=_R.c.due_at.type), sa.bindparam("id", type_=sa.String())
        ),
    )
    .order_by(_R.c.due_at, _R.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer()))
)

"""Which approvals are pending, and in which recoveries; in the order in which they are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.installation import PENDING_ORDERS, PendingApproval
from models.prepared import reading
from models.sqlite.answers import unnamed
from models.store.rollups.names import PENDING
from models.store.rollups.tallies import tally

_A, _P = table_of(Approval), table_of(PendingApproval)
_IS_PENDING = _A.c.state == ApprovalState.PENDING
_ORDERS: Mapping[str, tuple[sa.Column[Any], ...]] = {
    name: tuple(_P.c[column] for column in columns) for name, columns in PENDING_ORDERS.items()
}
_DUE = _ORDERS["due"]
_PENDING = sa.select(_P.c.id, _P.c.recovery_id)


@dataclass(frozen=True, slots=True)
class Pending:
    """One pending approval: its id and that of its recovery."""

    approval_id: str
    recovery_id: str


def recovery_of_approval(session: Session, approval_id: str) -> str | None:
    """The id of the recovery that an approval belongs to."""
    query = reading(_A.c.id, _A.c.recovery_id)
    found: str | None = session.execute(query, {"of": approval_id}).scalar()
    return found


def kind_of_approval(session: Session, approval_id: str) -> tuple[str, bool] | None:
    """What an approval is of, and whether that was sent before it; None where there is none."""
    found = session.execute(sa.select(_A.c.action, _A.c.post_hoc).where(_A.c.id == approval_id))
    row = found.first()
    return (row.action, bool(row.post_hoc)) if row else None


def pending_count(session: Session) -> int:
    """How many approvals are pending."""
    return tally(session).get(PENDING, 0)


def pending_page(
    session: Session, offset: int, limit: int, order_by: str = "", *, is_down: bool = False
) -> list[Pending]:
    """At most `limit` pending approvals from the `offset`-th on, what is due first before.

    They are walked by an index, from the nearer end.
    """
    behind = pending_count(session) - offset - limit
    from_end = 0 <= behind < offset
    order = _order(order_by, is_down=is_down)
    query = _PENDING.order_by(*_sorted_by(order, backwards=from_end)).limit(limit)
    rows = session.execute(query.offset(behind if from_end else offset)).all()
    return [Pending(*row) for row in (rows[::-1] if from_end else rows)]


def all_pending(session: Session) -> Iterator[Pending]:
    """Every pending approval, what is due first before, however many there are."""
    ordered = _PENDING.order_by(*_DUE).execution_options(yield_per=1000)
    return (Pending(*row) for row in unnamed(session.execute(ordered)))


def place_of_pending(
    session: Session, approval_id: str, order_by: str = "", *, is_down: bool = False
) -> int | None:
    """How many pending approvals stand before this one; None where it is not pending."""
    order = _order(order_by, is_down=is_down)
    query = sa.select(*(column for column, _ in order)).where(_P.c.id == approval_id)
    its = session.execute(query).first()
    if its is None:
        return None
    alike: sa.ColumnElement[bool] = sa.true()
    ahead = []
    for (column, down), value in zip(order, its, strict=True):
        mine = sa.literal(value, column.type)
        ahead.append(sa.and_(alike, column > mine if down else column < mine))
        alike = sa.and_(alike, column == mine)
    counts = (sa.select(sa.func.count()).where(one).scalar_subquery() for one in ahead)
    return sum(int(count) for count in session.execute(sa.select(*counts)).one())


def _order(order_by: str, *, is_down: bool) -> list[tuple[sa.Column[Any], bool]]:
    """Columns, each with whether it descends: of a column's order that alone does."""
    columns = _ORDERS.get(order_by, _DUE)
    rest_down = is_down and columns is _DUE
    return [(columns[0], is_down), *((one, rest_down) for one in columns[1:])]


def _sorted_by(
    order: list[tuple[sa.Column[Any], bool]], *, backwards: bool
) -> list[sa.ColumnElement[Any]]:
    return [column.desc() if down != backwards else column.asc() for column, down in order]


_PENDING_IDS = sa.select(_A.c.id).where(_IS_PENDING).order_by(_A.c.asked_at, _A.c.id)


def pending_ids(session: Session) -> list[str]:
    """Ids of all pending approvals, the longest waiting first."""
    return list(session.execute(_PENDING_IDS).scalars())

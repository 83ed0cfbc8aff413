"""Which approvals are pending, and in which recoveries; in the order in which they are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.recovery import Recovery
from models.prepared import reading
from models.sqlite.answers import unnamed
from models.store.rollups.names import PENDING
from models.store.rollups.tallies import tally

_A, _R = table_of(Approval), table_of(Recovery)
_JOINED = _A.join(_R, _R.c.id == _A.c.recovery_id)
_IS_PENDING = _A.c.state == ApprovalState.PENDING
_DUE = (_A.c.due_at.is_(None), sa.func.coalesce(_A.c.due_at, _A.c.asked_at), _R.c.ref, _A.c.id)
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "ref": _R.c.ref, "act": _A.c.action, "by": _A.c.asked_by,
}  # fmt: skip


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
    """At most `limit` pending approvals from the `offset`-th on, what is due first before."""
    query = sa.select(_A.c.id, _A.c.recovery_id).select_from(_JOINED).where(_IS_PENDING)
    ordered = query.order_by(*_order(order_by, is_down=is_down)).offset(offset).limit(limit)
    return [Pending(*row) for row in session.execute(ordered)]


def all_pending(session: Session) -> Iterator[Pending]:
    """Every pending approval, what is due first before; sorted once, however many there are."""
    query = sa.select(_A.c.id, _A.c.recovery_id).select_from(_JOINED).where(_IS_PENDING)
    ordered = query.order_by(*_order("", is_down=False)).execution_options(yield_per=1000)
    return (Pending(*row) for row in unnamed(session.execute(ordered)))


def place_of_pending(
    session: Session, approval_id: str, order_by: str = "", *, is_down: bool = False
) -> int | None:
    """How many pending approvals stand before this one; None where it is not pending."""
    number = sa.func.row_number().over(order_by=_order(order_by, is_down=is_down)).label("number")
    numbered = sa.select(_A.c.id, number).select_from(_JOINED).where(_IS_PENDING).subquery()
    query = sa.select(numbered.c.number).where(numbered.c.id == approval_id)
    found = session.execute(query).scalar()
    return None if found is None else int(found) - 1


def _order(order_by: str, *, is_down: bool) -> list[sa.ColumnElement[Any]]:
    columns = (_COLUMNS[order_by],) if order_by in _COLUMNS else _DUE
    turned: list[sa.ColumnElement[Any]] = [c.desc() if is_down else c for c in columns]
    return turned if columns is _DUE else [*turned, *_DUE]


_PENDING_IDS = sa.select(_A.c.id).where(_IS_PENDING).order_by(_A.c.asked_at, _A.c.id)


def pending_ids(session: Session) -> list[str]:
    """Ids of all pending approvals, the longest waiting first."""
    return list(session.execute(_PENDING_IDS).scalars())

"""Pending approvals in the order in which they are due, kept as the queue is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.installation import PendingApproval
from models.entities.recovery import Recovery
from models.prepared import looked_through, reading_any

_A, _R, _P = table_of(Approval), table_of(Recovery), table_of(PendingApproval)
Row = dict[str, Any]
_PENDING = sa.select(
    _A.c.id, _A.c.recovery_id, _A.c.due_at.is_(None).label("is_undue"),
    sa.func.coalesce(_A.c.due_at, _A.c.asked_at).label("at"), _R.c.ref, _A.c.action, _A.c.asked_by,
).join_from(_A, _R, _R.c.id == _A.c.recovery_id).where(
    _A.c.recovery_id.in_(sa.bindparam("ids", expanding=True)),
    looked_through(_A.c.state) == ApprovalState.PENDING,
)  # fmt: skip
_KEPT = reading_any(_P.c.recovery_id)
_REMOVE = _P.delete().where(_P.c.id.in_(sa.bindparam("of", expanding=True)))
_INSERT = _P.insert()


def pending_of(session: Session, ids: Collection[str]) -> dict[str, Row]:
    """The rows of `pending_approval` as they should be, of these recoveries, by id."""
    found = session.execute(_PENDING, {"ids": sorted(ids)}).mappings()
    return {row["id"]: {**row, "is_undue": bool(row["is_undue"])} for row in found}


def kept_pending(session: Session, ids: Collection[str]) -> dict[str, Row]:
    """The rows of `pending_approval` as they are, of these recoveries, by id."""
    return {row["id"]: dict(row) for row in session.execute(_KEPT, {"of": sorted(ids)}).mappings()}


def keep_pending(session: Session, ids: Collection[str]) -> None:
    """Bring the list up to what is pending of these recoveries now."""
    right, kept = pending_of(session, ids), kept_pending(session, ids)
    new = {name: row for name, row in right.items() if kept.get(name) != row}
    if ended := sorted(kept.keys() - right.keys() | new.keys()):
        # One that has moved from another recovery is there yet where that comes later.
        session.execute(_REMOVE, {"of": ended})
    if new:
        session.execute(_INSERT, list(new.values()))


def forget_pending(session: Session) -> None:
    """Empty the list, to be worked out anew."""
    session.execute(_P.delete())


def apart(right: Mapping[str, Row], kept: Mapping[str, Row]) -> list[str]:
    """The recoveries of which the list says otherwise than it should."""
    names = [name for name in right.keys() | kept.keys() if right.get(name) != kept.get(name)]
    rows = [row for name in names for row in (right.get(name), kept.get(name)) if row]
    return sorted({row["recovery_id"] for row in rows})

"""Pending approvals in the order in which they are due, kept as the queue is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.entities.installation import PendingApproval
from models.entities.recovery import Recovery
from models.prepared import looked_through, reading_any
from models.store.rollups.rows import readable

_A, _R, _P = table_of(Approval), table_of(Recovery), table_of(PendingApproval)
Rows = dict[str, dict[str, Any]]
_PENDING = sa.select(
    _A.c.id, _A.c.recovery_id, _A.c.due_at.is_(None).label("is_undue"),
    sa.func.coalesce(_A.c.due_at, _A.c.asked_at).label("at"), _R.c.ref, _A.c.action, _A.c.asked_by,
).join_from(_A, _R, _R.c.id == _A.c.recovery_id).where(
    _A.c.recovery_id.in_(sa.bindparam("ids", expanding=True)),
    looked_through(_A.c.state) == ApprovalState.PENDING,
)  # fmt: skip
_KEPT = reading_any(_P.c.recovery_id)
_REMOVE = _P.delete().where(
    sa.or_(
        _P.c.recovery_id.in_(sa.bindparam("of", expanding=True)),
        # One that has moved from another recovery is there yet where that comes later.
        _P.c.id.in_(sa.bindparam("ids", expanding=True)),
    )
)
_INSERT = _P.insert()


def pending_of(session: Session, ids: Sequence[str]) -> dict[str, Rows]:
    """The rows of `pending_approval` as they should be, of each of these recoveries, by id."""
    found: dict[str, Rows] = {name: {} for name in ids}
    for row in session.execute(_PENDING, {"ids": ids}).mappings():
        found[row["recovery_id"]][row["id"]] = {**row, "is_undue": bool(row["is_undue"])}
    return found


def kept_pending(session: Session, ids: Sequence[str]) -> dict[str, Rows]:
    """The rows of `pending_approval` as they are, of each of these recoveries, by id."""
    found: dict[str, Rows] = {name: {} for name in ids}
    for row in session.execute(_KEPT, {"of": ids}).mappings():
        found[row["recovery_id"]][row["id"]] = dict(row)
    return found


def keep_pending(session: Session, ids: Sequence[str]) -> None:
    """Bring the list up to what is pending of these recoveries now.

    Of one that cannot be read, what was kept last stands.
    """
    right = readable(pending_of, session, ids)
    changed = apart(right, readable(kept_pending, session, list(right)))
    new = {key: row for name in changed for key, row in right[name].items()}
    if changed:
        session.execute(_REMOVE, {"of": changed, "ids": list(new)})
    if new:
        session.execute(_INSERT, list(new.values()))


def forget_pending(session: Session) -> None:
    """Empty the list, to be worked out anew."""
    session.execute(_P.delete())


def apart(right: Mapping[str, Rows], kept: Mapping[str, Rows]) -> list[str]:
    """The recoveries of which the list says otherwise than it should, or cannot be read."""
    return sorted(name for name in right if right[name] != kept.get(name))

"""Which approvals are pending, and in which recoveries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.approval import Approval, ApprovalState
from models.entities.catalogue import table_of
from models.prepared import reading
from models.queries.cases.case_files import load_files

_APPROVALS = table_of(Approval)


def recovery_of_approval(session: Session, approval_id: str) -> str | None:
    """The id of the recovery that an approval belongs to."""
    query = reading(_APPROVALS.c.id, _APPROVALS.c.recovery_id)
    found: str | None = session.execute(query, {"of": approval_id}).scalar()
    return found


def files_with_pending(session: Session) -> list[CaseFile]:
    """The files of all recoveries in which something waits for a second person."""
    query = (
        sa.select(_APPROVALS.c.recovery_id)
        .where(_APPROVALS.c.state == ApprovalState.PENDING)
        .distinct()
    )
    return load_files(session, list(session.execute(query).scalars()))


def pending_ids(session: Session) -> list[str]:
    """Ids of all pending approvals, the longest waiting first."""
    query = (
        sa.select(_APPROVALS.c.id)
        .where(_APPROVALS.c.state == ApprovalState.PENDING)
        .order_by(_APPROVALS.c.asked_at, _APPROVALS.c.id)
    )
    return list(session.execute(query).scalars())

"""Who may object to a distribution now, and which objections wait for their decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.allocation import Allocation, AllocationState
from models.entities.catalogue import table_of
from models.entities.claim import Claim, Objection, ObjectionState
from models.entities.payout import Payout
from models.money import Money

_CLAIMS, _OBJECTIONS = table_of(Claim), table_of(Objection)
_ALLOCATIONS, _PAYOUTS = table_of(Allocation), table_of(Payout)


@dataclass(frozen=True, slots=True)
class NoticedClaim:
    """A claim that a distribution pays whose notice runs since `noticed_at`."""

    external_ref: str
    claim_id: str
    recovery_id: str
    reported: Money
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingObjection:
    """An objection that nobody has decided yet, and the report of its claim."""

    external_ref: str
    objection_id: str
    recovery_id: str
    reported: Money
    entered_at: datetime


def noticed_claims(session: Session, external_refs: Collection[str]) -> list[NoticedClaim]:
    """Of these reports the claims whose notice runs and that nobody has objected for yet."""
    query = (
        sa.select(
            _CLAIMS.c.external_ref, _CLAIMS.c.id, _CLAIMS.c.recovery_id, _CLAIMS.c.reported_minor,
            _CLAIMS.c.currency, sa.func.min(_ALLOCATIONS.c.notice_from).label("noticed_at"),
        )
        .join(_PAYOUTS, _PAYOUTS.c.claim_id == _CLAIMS.c.id)
        .join(_ALLOCATIONS, _ALLOCATIONS.c.id == _PAYOUTS.c.allocation_id)
        .where(
            _CLAIMS.c.external_ref.in_(external_refs),
            _ALLOCATIONS.c.state == AllocationState.NOTICE,
            _CLAIMS.c.id.not_in(sa.select(_OBJECTIONS.c.claim_id)),
        )
        .group_by(_CLAIMS.c.id)
        .order_by(_CLAIMS.c.external_ref)
    )  # fmt: skip
    return [
        NoticedClaim(
            row.external_ref, row.id, row.recovery_id, Money(row.reported_minor, row.currency),
            row.noticed_at,
        )
        for row in session.execute(query)
    ]  # fmt: skip


def waiting_objections(session: Session, external_refs: Collection[str]) -> list[WaitingObjection]:
    """The open objections for the claims of these reports, the oldest first."""
    query = (
        sa.select(
            _CLAIMS.c.external_ref, _OBJECTIONS.c.id, _OBJECTIONS.c.recovery_id,
            _CLAIMS.c.reported_minor, _CLAIMS.c.currency, _OBJECTIONS.c.entered_at,
        )
        .join(_CLAIMS, _CLAIMS.c.id == _OBJECTIONS.c.claim_id)
        .where(
            _CLAIMS.c.external_ref.in_(external_refs),
            _OBJECTIONS.c.state == ObjectionState.OPEN,
        )
        .order_by(_OBJECTIONS.c.entered_at, _OBJECTIONS.c.id)
    )  # fmt: skip
    return [
        WaitingObjection(
            row.external_ref, row.id, row.recovery_id, Money(row.reported_minor, row.currency),
            row.entered_at,
        )
        for row in session.execute(query)
    ]  # fmt: skip


def recoveries_objected(session: Session, external_refs: Collection[str]) -> list[str]:
    """The recoveries in which an objection for one of these reports was upheld."""
    query = (
        sa.select(_OBJECTIONS.c.recovery_id)
        .join(_CLAIMS, _CLAIMS.c.id == _OBJECTIONS.c.claim_id)
        .where(
            _CLAIMS.c.external_ref.in_(external_refs),
            _OBJECTIONS.c.state == ObjectionState.UPHELD,
        )
        .distinct()
        .order_by(_OBJECTIONS.c.recovery_id)
    )
    return list(session.execute(query).scalars())

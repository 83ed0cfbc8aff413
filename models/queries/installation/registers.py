"""Changes of the registers that wait for a second person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.approval import ApprovalState
from models.entities.catalogue import table_of
from models.entities.officer import Officer
from models.entities.outside.authority import Authority
from models.entities.partner import Partner
from models.entities.recovery import Recovery
from models.entities.register_change import (
    AUTHORITY_ACTS,
    OFFICER_ACTS,
    RESTRICTION_ACTS,
    RegisterAct,
    RegisterChange,
)
from models.raw import plain
from models.sealing.vault import Vault
from models.store.registers import place_of

_AUTHORITIES, _RECOVERIES = table_of(Authority), table_of(Recovery)
_CHANGES, _PARTNERS, _OFFICERS = table_of(RegisterChange), table_of(Partner), table_of(Officer)


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that waits; `values` is the JSON of the columns that it would put in force."""

    id: str
    act: RegisterAct
    subject_id: str
    values: str = field(repr=False)
    digest: str
    asked_by: str
    asked_at: datetime


def pending_changes(session: Session, vault: Vault) -> list[PendingChange]:
    """What was asked for and is not decided, the longest waiting first."""
    query = (
        sa.select(_CHANGES)
        .where(_CHANGES.c.state == ApprovalState.PENDING)
        .order_by(_CHANGES.c.asked_at, _CHANGES.c.id)
    )
    return [
        PendingChange(
            row.id, row.act, row.subject_id, vault.open(row.values_sealed, place_of(row.id)),
            row.values_digest,
            row.asked_by, row.asked_at,
        )
        for row in session.execute(query)
    ]  # fmt: skip


def pending_change(session: Session, vault: Vault, change_id: str) -> PendingChange | None:
    """One change that waits; None where there is none of this id."""
    return next((c for c in pending_changes(session, vault) if c.id == change_id), None)


def ref_of(session: Session, recovery_id: str) -> str:
    """The reference of a recovery."""
    query = sa.select(_RECOVERIES.c.ref).where(_RECOVERIES.c.id == recovery_id)
    return str(session.execute(query).scalar_one())


def named_in(change: PendingChange) -> tuple[str, ...]:
    """The officers whom a change of who sees a recovery names."""
    named = str(json.loads(change.values).get("members", ""))
    return tuple(name for name in named.split(",") if name)


def officer_to_dismiss(session: Session, change_id: str) -> str:
    """Whom a change would dismiss; "" where it is none of that kind."""
    query = sa.select(_CHANGES.c.subject_id).where(
        _CHANGES.c.id == change_id, _CHANGES.c.act == RegisterAct.DISMISS_OFFICER
    )
    return str(session.execute(query).scalar() or "")


def stored_values(session: Session, change: PendingChange) -> Mapping[str, object]:
    """What the register holds of the change's subject now; empty for nothing."""
    if change.act in RESTRICTION_ACTS:
        return {}
    table = _OFFICERS if change.act in OFFICER_ACTS else _PARTNERS
    table = _AUTHORITIES if change.act in AUTHORITY_ACTS else table
    row = session.execute(sa.select(table).where(table.c.id == change.subject_id)).mappings()
    found = row.first()
    return {name: plain(value) for name, value in found.items()} if found else {}

"""Every table, imported once; which noun lives where."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities.account import Account, LineImport, Party, Statement, StatementLine
from models.entities.discrepancy import Discrepancy
from models.entities.hold import Hold, Request
from models.entities.ledger import Event, PostingRow
from models.entities.multi_agency import Linkage, Task
from models.entities.objection import Objection
from models.entities.officer import Approval, Officer, RegisterChange
from models.entities.partner import Call, Document, Partner
from models.entities.recovery import Asset, Claim, Note, Recovery, Trace
from models.entities.restitution import Allocation, Payout
from models.entities.runtime import Beat, CaseClock, Counter, Installation, TableSeal
from models.entities.states import EntityKind

__all__ = [
    "Account", "Allocation", "Approval", "Asset", "Beat", "Call", "CaseClock", "Claim", "Counter",
    "Discrepancy", "Document", "Event", "Hold", "Installation", "LineImport", "Linkage", "Note",
    "Objection", "Officer", "Partner", "Party", "Payout", "PostingRow", "Recovery",
    "RegisterChange", "Request", "Statement", "StatementLine", "TableSeal", "Task", "Trace",
]  # fmt: skip


def table_of(model: type[SQLModel]) -> sa.Table:
    """The SQLAlchemy table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


BY_NOUN: dict[EntityKind, sa.Table] = {
    noun: SQLModel.metadata.tables[name]
    for noun, name in {
        EntityKind.RECOVERY: "recovery",
        EntityKind.CLAIM: "claim",
        EntityKind.ASSET: "asset",
        EntityKind.HOLD: "hold",
        EntityKind.REQUEST: "request",
        EntityKind.ALLOCATION: "allocation",
        EntityKind.PAYOUT: "payout",
        EntityKind.CALL: "call",
        EntityKind.APPROVAL: "approval",
        EntityKind.TRACE: "trace",
        EntityKind.STATEMENT: "statement",
        EntityKind.NOTE: "note",
        EntityKind.PARTNER: "partner",
        EntityKind.OFFICER: "officer",
        EntityKind.LINKAGE: "linkage",
        EntityKind.TASK: "task",
        EntityKind.DISCREPANCY: "discrepancy",
        EntityKind.OBJECTION: "objection",
        EntityKind.REGISTER_CHANGE: "register_change",
        EntityKind.INSTALLATION: "installation",
        EntityKind.CLOCK: "case_clock",
    }.items()
}

HISTORY = frozenset({"event", "posting"})
"""Tables that only grow; each event's digest covers its row and its postings."""
STATE_COLUMN = {noun: "stage" if noun is EntityKind.ASSET else "state" for noun in EntityKind}
STATELESS = frozenset({EntityKind.STATEMENT, EntityKind.NOTE})

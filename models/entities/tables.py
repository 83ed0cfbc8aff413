"""Every table, imported once; which noun lives where."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities.account import Account, LineImport, Party, Statement, StatementLine
from models.entities.discrepancy import Discrepancy
from models.entities.hold import Hold, Request
from models.entities.ledger import Event, PostingRow
from models.entities.multi_agency import Linkage, Task
from models.entities.officer import Approval, Officer, RegisterChange
from models.entities.partner import Call, Document, Partner
from models.entities.recovery import Asset, Claim, Note, Recovery, Trace
from models.entities.restitution import Allocation, Payout
from models.entities.runtime import Beat, CaseClock, Counter, Installation, TableSeal
from models.entities.states import Noun

__all__ = [
    "Account", "Allocation", "Approval", "Asset", "Beat", "Call", "CaseClock", "Claim", "Counter",
    "Discrepancy", "Document", "Event", "Hold", "Installation", "LineImport", "Linkage", "Note",
    "Officer", "Partner", "Party", "Payout", "PostingRow", "Recovery", "RegisterChange", "Request",
    "Statement", "StatementLine", "TableSeal", "Task", "Trace",
]  # fmt: skip


def table_of(model: type[SQLModel]) -> sa.Table:
    """The SQLAlchemy table behind a model."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


BY_NOUN: dict[Noun, sa.Table] = {
    noun: SQLModel.metadata.tables[name]
    for noun, name in {
        Noun.RECOVERY: "recovery",
        Noun.CLAIM: "claim",
        Noun.ASSET: "asset",
        Noun.HOLD: "hold",
        Noun.REQUEST: "request",
        Noun.ALLOCATION: "allocation",
        Noun.PAYOUT: "payout",
        Noun.CALL: "call",
        Noun.APPROVAL: "approval",
        Noun.TRACE: "trace",
        Noun.STATEMENT: "statement",
        Noun.NOTE: "note",
        Noun.PARTNER: "partner",
        Noun.OFFICER: "officer",
        Noun.LINKAGE: "linkage",
        Noun.TASK: "task",
        Noun.DISCREPANCY: "discrepancy",
        Noun.REGISTER_CHANGE: "register_change",
        Noun.INSTALLATION: "installation",
        Noun.CLOCK: "case_clock",
    }.items()
}

HISTORY = frozenset({"event", "posting"})
"""Tables that only grow; each event's digest covers its row and its postings."""
STATE_COLUMN = {noun: "stage" if noun is Noun.ASSET else "state" for noun in Noun}
STATELESS = frozenset({Noun.STATEMENT, Noun.NOTE})

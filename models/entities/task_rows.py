"""The rows of what is asked of several partners at once: frozen, keyword only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.entities.states import LinkageState, TaskKind, TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageRow:
    """One incident told to several partners at once; `due_at` is the clock that they share."""

    id: str
    state: LinkageState
    started_by: str
    started_at: datetime
    due_at: datetime | None = None
    identifiers_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """What one partner is asked to do in a linkage; the subject itself stays sealed."""

    id: str
    linkage_id: str
    asset_id: str
    partner_id: str
    kind: TaskKind
    state: TaskState
    subject_digest: str = ""
    subject_hint: str = ""
    law_row: str = ""
    partner_ref: str = ""
    partner_revision: int = 0
    ordered_at: datetime
    due_at: datetime | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None
    answers: int = 0
    document: str = ""
    renewal: str = ""
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    reason: str = ""

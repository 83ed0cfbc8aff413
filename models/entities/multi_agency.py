"""One incident asked of several partners at once: the multi-agency request and its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import (
    Id,
    Text12,
    Text40,
    Text64,
    Text80,
    Text200,
    enum,
    foreign_key,
    stored,
)


class MultiAgencyRequestState(StrEnum):
    RUNNING = "running"
    DENIED = "denied"
    ENDED = "ended"


class TaskKind(StrEnum):
    """What one partner is asked to do; COPY tells an authority of the incident."""

    QUERY = "query"
    SUSPEND = "suspend"
    PRESERVE = "preserve"
    TAKE_DOWN = "take_down"
    WARN = "warn"
    COPY = "copy"


class SubjectKind(StrEnum):
    """What a task is about; INCIDENT is the authority's copy, the others are found in a case."""

    NUMBER = "number"
    IMEI = "imei"
    DOMAIN = "domain"
    URL = "url"
    ACCOUNT_NAME = "account_name"
    IP = "ip"
    BANK_ACCOUNT = "bank_account"
    INCIDENT = "incident"


class TaskRenewal(StrEnum):
    """How the end of what is preserved is met; SEEN: its owner took note that it is gone.

    REFUSED until the next reminder of its end is due, then AGAIN: it may be asked for once more.
    """

    NONE = ""
    ORDERED = "ordered"
    REFUSED = "refused"
    AGAIN = "again"
    SEEN = "seen"


class TaskState(StrEnum):
    ORDERED = "ordered"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    PRESERVED = "preserved"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCEL_PENDING = "cancel_pending"
    CANCELLED = "cancelled"


_L, _T = MultiAgencyRequestState, TaskState
OPEN_TASKS = frozenset({_T.ORDERED, _T.ACKNOWLEDGED, _T.CANCEL_PENDING})
MULTI_AGENCY_REQUEST_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "started"): _L.RUNNING,
    (_L.RUNNING, "confirmed"): _L.RUNNING,
    (_L.RUNNING, "denied"): _L.DENIED,
    (_L.RUNNING, "ended"): _L.ENDED,
}


def _task_moves() -> dict[tuple[str | None, str], str]:
    moves: dict[tuple[str | None, str], str] = {
        (None, "ordered"): _T.ORDERED,
        (_T.ORDERED, "never_sent"): _T.CANCELLED,
        (_T.ORDERED, "acknowledged"): _T.ACKNOWLEDGED,
        (_T.PRESERVED, "renewal_ordered"): _T.PRESERVED,
        (_T.PRESERVED, "renewal_refused"): _T.PRESERVED,
        (_T.PRESERVED, "renewed"): _T.PRESERVED,
        (_T.PRESERVED, "expired"): _T.EXPIRED,
        (_T.PRESERVED, "reminded"): _T.PRESERVED,
        (_T.PRESERVED, "escalated"): _T.PRESERVED,
        (_T.PRESERVED, "cancel_ordered"): _T.CANCEL_PENDING,
        (_T.DONE, "cancel_ordered"): _T.CANCEL_PENDING,
        (_T.DONE, "undone"): _T.CANCELLED,
        (_T.CANCEL_PENDING, "cancelled"): _T.CANCELLED,
        (_T.CANCEL_PENDING, "cancel_refused"): _T.DONE,
        (_T.CANCEL_PENDING, "preservation_kept"): _T.PRESERVED,
        (_T.CANCEL_PENDING, "still_asked"): _T.ACKNOWLEDGED,
        (_T.EXPIRED, "expiry_seen"): _T.EXPIRED,
        (_T.EXPIRED, "renewed"): _T.PRESERVED,
    }
    for event in ("reminded", "escalated"):
        moves[(_T.CANCEL_PENDING, event)] = _T.CANCEL_PENDING
    for waiting in (_T.ORDERED, _T.ACKNOWLEDGED):
        moves |= {
            (waiting, "done"): _T.DONE,
            (waiting, "preserved"): _T.PRESERVED,
            (waiting, "refused"): _T.REFUSED,
            (waiting, "reminded"): waiting,
            (waiting, "escalated"): waiting,
            (waiting, "cancel_ordered"): _T.CANCEL_PENDING,
        }
    for state in _T:
        moves[(state, "updated")] = state
    return moves


TASK_TRANSITIONS: Mapping[tuple[str | None, str], str] = _task_moves()


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiAgencyRequestRow:
    """One incident told to several partners at once; `due_at` is the clock that they share."""

    id: Id
    state: Annotated[MultiAgencyRequestState, enum(MultiAgencyRequestState, index=True)]
    started_by: Text64 = ""
    started_at: datetime
    due_at: datetime | None = None
    identifiers_digest: Text64 = ""


@stored(MultiAgencyRequestRow)
class MultiAgencyRequest(SQLModel):
    """A multi-agency request; its identifiers (numbers, domains, accounts) are encrypted.

    Table, event kind and law row keep the stored name "linkage": the signed history holds it.
    """

    __tablename__ = "linkage"

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    identifiers_sealed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """What one partner is asked to do; its subject is personal data and stays encrypted.

    `asset_id` is the account at which the incident began, `subject_hint` the masked subject,
    `expires_at` the end of a preservation, `document` the digest of the last answer, `answers`
    how many came. `renewal` is a `TaskRenewal`; `subject_digest` is keyed.
    """

    id: Id
    linkage_id: Annotated[str, foreign_key("linkage.id")]
    asset_id: Annotated[str, foreign_key("asset.id", index=False)]
    partner_id: Annotated[str, foreign_key("partner.id")]
    kind: Annotated[TaskKind, enum(TaskKind)]
    state: Annotated[TaskState, enum(TaskState, index=True)]
    subject_digest: Text64 = ""
    subject_hint: Text80 = ""
    law_row: Text40 = ""
    partner_ref: Text80 = ""
    partner_revision: int = 0
    ordered_at: datetime
    due_at: datetime | None = None
    answered_at: datetime | None = None
    expires_at: datetime | None = None
    answers: int = 0
    document: Text64 = ""
    renewal: Text12 = ""
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    reason: Text200 = ""


@stored(TaskRow)
class Task(SQLModel):
    """A task with its subject, sealed."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    subject_sealed: str = ""

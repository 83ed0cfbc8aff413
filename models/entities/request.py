"""A request across a border: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import (
    Currency,
    Id,
    Minor,
    Text24,
    Text64,
    Text200,
    Text600,
    enum,
    foreign_key,
    stored,
)


class RequestState(StrEnum):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    EXECUTED = "executed"
    PARTIALLY_EXECUTED = "partially_executed"
    REFUSED = "refused"
    NEEDS_INFO = "needs_info"
    DENIED = "denied"


_Q = RequestState
REQUEST_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "drafted"): _Q.DRAFT,
    (_Q.DRAFT, "amended"): _Q.DRAFT,
    (_Q.DRAFT, "submitted"): _Q.PENDING_APPROVAL,
    (_Q.PENDING_APPROVAL, "amended"): _Q.DRAFT,
    (_Q.PENDING_APPROVAL, "approved"): _Q.APPROVED,
    (_Q.PENDING_APPROVAL, "denied"): _Q.DENIED,
    (_Q.APPROVED, "order_withdrawn"): _Q.DRAFT,
    (_Q.APPROVED, "sent"): _Q.SENT,
    (_Q.APPROVED, "executed"): _Q.EXECUTED,
    (_Q.APPROVED, "partially_executed"): _Q.PARTIALLY_EXECUTED,
    (_Q.APPROVED, "refused"): _Q.REFUSED,
    (_Q.SENT, "acknowledged"): _Q.ACKNOWLEDGED,
    (_Q.SENT, "executed"): _Q.EXECUTED,
    (_Q.SENT, "partially_executed"): _Q.PARTIALLY_EXECUTED,
    (_Q.SENT, "refused"): _Q.REFUSED,
    (_Q.SENT, "needs_info"): _Q.NEEDS_INFO,
    (_Q.ACKNOWLEDGED, "executed"): _Q.EXECUTED,
    (_Q.ACKNOWLEDGED, "partially_executed"): _Q.PARTIALLY_EXECUTED,
    (_Q.ACKNOWLEDGED, "refused"): _Q.REFUSED,
    (_Q.ACKNOWLEDGED, "needs_info"): _Q.NEEDS_INFO,
    (_Q.NEEDS_INFO, "amended"): _Q.DRAFT,
    (_Q.NEEDS_INFO, "executed"): _Q.EXECUTED,
    (_Q.NEEDS_INFO, "partially_executed"): _Q.PARTIALLY_EXECUTED,
    (_Q.REFUSED, "executed"): _Q.EXECUTED,
    (_Q.REFUSED, "partially_executed"): _Q.PARTIALLY_EXECUTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One cross-border request; `missing` names empty fields, comma-separated."""

    id: Id
    asset_id: Annotated[str, foreign_key("asset.id")]
    partner_id: Annotated[str, foreign_key("partner.id", index=False)]
    channel: Text24
    state: Annotated[RequestState, enum(RequestState, index=True)]
    requested_minor: Minor
    currency: Currency
    fields_digest: Text64 = ""
    missing: Text600 = ""
    drafted_by: Text64 = ""
    sent_at: datetime | None = None
    reason: Text200 = ""


@stored(RequestRow)
class Request(SQLModel):
    """A request with its fields, which are sealed."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    fields_sealed: str = ""
    answered_at: datetime | None = None

"""A message about a request abroad over a connection: a notice, a reminder, an assurance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import SQLModel

from models.columns import Id, Minor, Text8, Text64, Text200, enum, foreign_key, stored


class MessageKind(StrEnum):
    """What a message says; the first three are notices that the other side is owed."""

    WITHDRAWN = "withdrawn"
    EXECUTED = "executed"
    RECEIVED = "received"
    REMINDER = "reminder"
    ASSURANCE = "assurance"


class RequestMessageState(StrEnum):
    """DRAFT waits for a second person, PLANNED for the outbox; CANCELLED never left."""

    DRAFT = "draft"
    PLANNED = "planned"
    DELIVERED = "delivered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_M = RequestMessageState
OPEN_MESSAGES = frozenset({_M.DRAFT, _M.PLANNED})
REQUEST_MESSAGE_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "drafted"): _M.DRAFT,
    (None, "dispatched"): _M.PLANNED,
    (_M.DRAFT, "approved"): _M.PLANNED,
    (_M.DRAFT, "denied"): _M.CANCELLED,
    (_M.DRAFT, "cancelled"): _M.CANCELLED,
    (_M.PLANNED, "cancelled"): _M.CANCELLED,
    (_M.PLANNED, "delivered"): _M.DELIVERED,
    (_M.PLANNED, "refused"): _M.REFUSED,
    # What a connection refused may be shown by the body's feed all the same: that stands.
    (_M.REFUSED, "delivered"): _M.DELIVERED,
    (_M.REFUSED, "brought_by_hand"): _M.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMessageRow:
    """One message; `letter` is the digest of its exact words, kept encrypted.

    `written_by` dispatched it or asked for its approval. `received_minor` is what a notice tells
    of the sum received anywhere, in the currency of the loss; `rung` the step of the reminder
    ladder. `delivered_at` is when the body received it, as it states; `proof` the digest of the
    answer that states it; `reason` why the connection refused it.
    """

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[RequestMessageState, enum(RequestMessageState)]
    request_id: Annotated[str, foreign_key("request.id")]
    kind: Annotated[MessageKind, enum(MessageKind)]
    language: Text8
    letter: Text64
    written_by: Text64
    written_at: datetime
    received_minor: Minor = 0
    rung: int = 0
    delivered_at: datetime | None = None
    proof: Text64 = ""
    reason: Text200 = ""


@stored(RequestMessageRow)
class RequestMessage(SQLModel):
    """A message has no column that rules do not read."""

    __tablename__ = "request_message"

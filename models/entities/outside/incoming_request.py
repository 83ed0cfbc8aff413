"""A request that another State sent us: its states, what may happen to it, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from sqlmodel import Field, SQLModel

from models.columns import Id, Text8, Text24, Text40, Text64, Text80, Text200, enum, stored


class IncomingState(StrEnum):
    """An answer or refusal is PENDING until a second person has read and confirmed it."""

    REGISTERED = "registered"
    ACKNOWLEDGED = "acknowledged"
    ANSWER_PENDING = "answer_pending"
    REFUSAL_PENDING = "refusal_pending"
    ANSWERED = "answered"
    REFUSED = "refused"


_I = IncomingState
OPEN_INCOMING = frozenset(set(_I) - {_I.ANSWERED, _I.REFUSED})
_OPEN_TO_ANSWER = (_I.REGISTERED, _I.ACKNOWLEDGED)
INCOMING_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "registered"): _I.REGISTERED,
    (_I.REGISTERED, "acknowledged"): _I.ACKNOWLEDGED,
    **{(state, "answer_asked"): _I.ANSWER_PENDING for state in _OPEN_TO_ANSWER},
    **{(state, "refusal_asked"): _I.REFUSAL_PENDING for state in _OPEN_TO_ANSWER},
    **{(state, "taken"): state for state in sorted(OPEN_INCOMING)},
    (_I.ANSWER_PENDING, "shown"): _I.ANSWER_PENDING,
    (_I.REFUSAL_PENDING, "shown"): _I.REFUSAL_PENDING,
    (_I.ANSWER_PENDING, "denied"): _I.ACKNOWLEDGED,
    (_I.REFUSAL_PENDING, "denied"): _I.ACKNOWLEDGED,
    (_I.ANSWER_PENDING, "confirmed"): _I.ANSWERED,
    (_I.REFUSAL_PENDING, "confirmed"): _I.REFUSED,
    (_I.ANSWERED, "written_out"): _I.ANSWERED,
    (_I.REFUSED, "written_out"): _I.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRow:
    """One request from abroad; `clock` is the channel's clock that `due_at` is counted by.

    `account_id` is the keyed id of the account that it asks about ("" for none), known here or not;
    `ground` the code of a refusal, `answer_digest` the keyed digest of what a second person reads.
    """

    id: Id
    ref: Annotated[str, Field(unique=True, max_length=24)]
    state: Annotated[IncomingState, enum(IncomingState, index=True)]
    from_state: Text8
    asked_by: Text200
    their_ref: Text80
    channel: Text24
    wanted: Text24
    law: Text8
    basis: Text200
    received_at: datetime
    due_at: datetime | None = None
    clock: Text64 = ""
    owner_id: Text64
    account_id: Annotated[str, Field(index=True, max_length=64)] = ""
    bank: Text64 = ""
    acknowledged_at: datetime | None = None
    ground: Text40 = ""
    answer_digest: Text64 = ""
    answered_by: Text64 = ""
    confirmed_by: Text64 = ""
    closed_at: datetime | None = None


@stored(IncomingRow)
class IncomingRequest(SQLModel):
    """What it is for, the account and our answer are personal data and stay encrypted."""

    __tablename__ = "incoming_request"

    purpose_sealed: str
    account_sealed: str = ""
    answer_sealed: str = ""
    denial_sealed: str = ""

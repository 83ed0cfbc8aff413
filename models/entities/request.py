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
    MaybeMinor,
    Minor,
    Text8,
    Text24,
    Text40,
    Text64,
    Text120,
    Text128,
    Text200,
    Text600,
    Text2000,
    enum,
    foreign_key,
    stored,
)


class RequestRoute(StrEnum):
    """Who sends a request: the engine to the account's bank, or people.

    What people dispatch goes by the connection of `carrier_id` where it names one, else by hand.
    """

    PARTNER = "partner"
    PEOPLE = "people"


class RequestState(StrEnum):
    """States of a request; REPLACED: a newer version of it was drafted."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    IN_EXECUTION = "in_execution"
    POSTPONED = "postponed"
    CONDITIONAL = "conditional"
    NEEDS_INFO = "needs_info"
    EXECUTED = "executed"
    PARTIALLY_EXECUTED = "partially_executed"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    DENIED = "denied"


_Q = RequestState
AT_HOME = frozenset({_Q.DRAFT, _Q.PENDING_APPROVAL, _Q.APPROVED})
"""States before anything has left."""
UNDER_WAY = frozenset(
    {
        _Q.SENT, _Q.ACKNOWLEDGED, _Q.IN_EXECUTION, _Q.POSTPONED, _Q.CONDITIONAL, _Q.NEEDS_INFO,
    }
)  # fmt: skip
"""States in which the other side is to act, or waits for us."""
CARRIED_OUT = frozenset({_Q.EXECUTED, _Q.PARTIALLY_EXECUTED})
_NOTHING_THERE = frozenset({_Q.DRAFT, _Q.NEEDS_INFO})
"""States in which a bank abroad has nothing of a request, or has given it back as incomplete."""
WENT_OUT = frozenset({*UNDER_WAY, *CARRIED_OUT, _Q.REFUSED, _Q.EXPIRED, _Q.REPLACED, _Q.WITHDRAWN})
"""States in which an answer is accepted: late, repeated, or after the request was given up."""
_ANSWERS = {
    "acknowledged": _Q.ACKNOWLEDGED, "recognised": _Q.IN_EXECUTION, "postponed": _Q.POSTPONED,
    "conditional": _Q.CONDITIONAL, "needs_info": _Q.NEEDS_INFO, "refused": _Q.REFUSED,
    "executed": _Q.EXECUTED, "partially_executed": _Q.PARTIALLY_EXECUTED,
}  # fmt: skip
_STAYS = (
    "contradicted", "told", "receipt_noted", "answer_noted", "notice_delivered",
    "reminder_delivered",
)  # fmt: skip
"""What is noted of a request that went out and moves it nowhere."""


def _transitions() -> dict[tuple[str | None, str], str]:
    moves: dict[tuple[str | None, str], str] = {
        (None, "drafted"): _Q.DRAFT,
        (_Q.DRAFT, "amended"): _Q.DRAFT,
        (_Q.DRAFT, "submitted"): _Q.PENDING_APPROVAL,
        (_Q.PENDING_APPROVAL, "amended"): _Q.DRAFT,
        (_Q.PENDING_APPROVAL, "approved"): _Q.APPROVED,
        (_Q.PENDING_APPROVAL, "denied"): _Q.DENIED,
        (_Q.APPROVED, "order_withdrawn"): _Q.DRAFT,
        (_Q.APPROVED, "sent"): _Q.SENT,
        (_Q.APPROVED, "sent_by_hand"): _Q.SENT,
        (_Q.APPROVED, "dispatched"): _Q.APPROVED,
        (_Q.APPROVED, "sent_over_connection"): _Q.SENT,
        (_Q.APPROVED, "connection_refused"): _Q.APPROVED,
        # What was taken down before requests had versions.
        (_Q.NEEDS_INFO, "amended"): _Q.DRAFT,
        **{(state, "replaced"): _Q.REPLACED for state in sorted(AT_HOME | UNDER_WAY | CARRIED_OUT)},
        (_Q.CONDITIONAL, "assurance_asked"): _Q.CONDITIONAL,
        (_Q.CONDITIONAL, "assured"): _Q.ACKNOWLEDGED,
        (_Q.CONDITIONAL, "assurance_denied"): _Q.CONDITIONAL,
        **{(state, "withdrawn"): _Q.WITHDRAWN for state in sorted(AT_HOME)},
        **{
            (state, event): after
            for state in (_Q.APPROVED, *sorted(UNDER_WAY))
            for event, after in _ANSWERS.items()
            if state in UNDER_WAY or event in ("refused", "executed", "partially_executed")
        },
    }
    # By what others did for it: the version after it left, or was carried out.
    moves |= {(state, "replaced_by_next"): _Q.REPLACED for state in sorted(UNDER_WAY | CARRIED_OUT)}
    for state in sorted(AT_HOME | UNDER_WAY | CARRIED_OUT):
        moves |= {(state, e): state for e in ("asks_too_much", "asks_no_more_than_it_may")}
    for state in sorted(AT_HOME | WENT_OUT):
        moves[(state, "account_merged")] = state
    for state in sorted(UNDER_WAY):
        moves |= {(state, e): state for e in ("reminder_due", "reminded", "option_chosen")}
    for state in sorted(WENT_OUT):
        moves |= {(state, event): state for event in _STAYS}
        # A late yes stands, whatever was recorded before.
        moves |= {(state, e): _ANSWERS[e] for e in ("executed", "partially_executed")}
    for state in sorted(UNDER_WAY | CARRIED_OUT):
        moves[(state, "withdrawn")] = _Q.WITHDRAWN
    for state in sorted(CARRIED_OUT):
        moves |= {(state, "freeze_ended"): _Q.EXPIRED, (state, "extended"): state}
        moves[(state, "reminder_due")] = state
    for state in (_Q.REFUSED, _Q.EXPIRED):
        moves[(state, "option_chosen")] = state
    return moves


REQUEST_TRANSITIONS: Mapping[tuple[str | None, str], str] = _transitions()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One version of a request abroad; `missing` names empty fields, comma-separated.

    `asked` are the channel's fields when it was drafted, a star after those it must have; empty
    where the law's own list stands. `reason` is the ground of its last answer, `chosen` the option
    that was taken of those which the ground leaves. `due_at` ends the clock `law_row` since
    `clock_from`; `left_seconds` is what was left of it when the other side asked for more.
    `rung` is the step of the reminder ladder that is due, `rung_done` the last one done.
    `hold_ends_at` is the end of a freeze abroad. `told_minor` is the sum received anywhere, in the
    currency of the loss, of which the other side knows; `told_at` is empty while it is owed word.
    `receipt` is the delivery receipt in force, `receipt_next` the one awaited. `carrier_id` is the
    partner over whose connection it goes once a third person has dispatched it (`sent_by`), empty
    where people carry it; `carrier_ref` is its id there, `answers_read` how many of its answers
    were taken. `claim_minor` is the part of the loss that it asked for by the trace of the day on
    which it was drafted, 0 where none was traced to the account; `came_minor` what had come back
    from the account when it was dispatched, and to the victims of a recovery merged with its own.
    Both are in the currency of the loss.
    Requests of one `account_part` ask for the same money of the account, and count once; different
    parts add up. `supported_minor` is what of its sum the trace of the day of its draft supports,
    beside the other parts, None where that is not known; `most_minor` what it may ask for by now,
    where that is less than it asks for, else None. Both are in its currency. `tried_at` is when it
    first left over a connection: its answer may have been lost, and `sent_at` be later.
    """

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
    route: Annotated[RequestRoute, enum(RequestRoute)] = RequestRoute.PARTNER
    wanted: Text24 = "freeze"
    recipient: Text24 = "authority"
    authority: Text120 = ""
    language: Text8 = "en"
    version: int = 1
    replaces_id: Text64 = ""
    asked: Text2000 = ""
    letter: Text64 = ""
    proof: Text64 = ""
    sent_by: Text64 = ""
    clock_from: datetime | None = None
    due_at: datetime | None = None
    law_row: Text64 = ""
    left_seconds: int = 0
    rung: int = 0
    rung_done: int = 0
    review_at: datetime | None = None
    chosen: Text24 = ""
    assurance: Text64 = ""
    answer_document: Text64 = ""
    executed_minor: Minor = 0
    hold_ends_at: datetime | None = None
    told_minor: Minor = 0
    told_at: datetime | None = None
    receipt: Text40 = ""
    receipt_next: Text40 = ""
    receipt_fails: Text40 = ""
    receipt_warn_at: datetime | None = None
    receipt_due_at: datetime | None = None
    carrier_id: Text64 = ""
    carrier_ref: Text128 = ""
    answers_read: int = 0
    claim_minor: Minor = 0
    came_minor: Minor = 0
    account_part: int = 1
    supported_minor: MaybeMinor = None
    most_minor: MaybeMinor = None
    tried_at: datetime | None = None

    @property
    def is_connected(self) -> bool:
        """Whether what is said about it goes over the connection by which it was sent."""
        return bool(self.carrier_id and self.carrier_ref)

    @property
    def is_withdrawable(self) -> bool:
        """Whether people may take it back; a hold that a bank abroad keeps by it is released."""
        if self.route is RequestRoute.PARTNER:
            return self.state in _NOTHING_THERE
        return self.state in AT_HOME | UNDER_WAY | CARRIED_OUT


@stored(RequestRow)
class Request(SQLModel):
    """A request with its fields, which are sealed."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    fields_sealed: str = ""
    answered_at: datetime | None = None


class ReceiptState(StrEnum):
    """COUNTED: the strongest of its request. KEPT: late or weaker, stored without effect."""

    COUNTED = "counted"
    KEPT = "kept"


RECEIPT_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "came"): ReceiptState.COUNTED,
    (None, "silence"): ReceiptState.COUNTED,
    (None, "came_late"): ReceiptState.KEPT,
    (None, "reported"): ReceiptState.COUNTED,
    (None, "reported_late"): ReceiptState.KEPT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """One delivery receipt; `proof` is empty where the channel infers delivery from silence."""

    id: Id
    recovery_id: Annotated[str, foreign_key("recovery.id")]
    state: Annotated[ReceiptState, enum(ReceiptState)]
    request_id: Annotated[str, foreign_key("request.id")]
    kind: Text40
    force: int
    at: datetime
    proof: Text64 = ""
    entered_by: Text64 = ""


@stored(ReceiptRow)
class RequestReceipt(SQLModel):
    """The table of delivery receipts: the columns of the snapshot and no other."""

    __tablename__ = "request_receipt"

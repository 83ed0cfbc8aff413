"""A hold on money: its kinds and states, what may happen to it, its columns."""

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
    Text12,
    Text40,
    Text64,
    Text80,
    Text120,
    Text200,
    enum,
    foreign_key,
    stored,
)


class HoldKind(StrEnum):
    STOP = "stop"
    FREEZE = "freeze"
    QUEUE = "queue"
    VOLUNTARY = "voluntary"
    CUSTODY = "custody"


class HoldState(StrEnum):
    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    ORDERED = "ordered"
    STOPPED = "stopped"
    FROZEN = "frozen"
    QUEUED = "queued"
    REJECTED_BY_BANK = "rejected_by_bank"
    NO_FUNDS = "no_funds"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    RELEASE_PENDING = "release_pending"
    RELEASED = "released"
    DISPOSAL_PENDING = "disposal_pending"
    DISPOSED = "disposed"
    DENIED = "denied"
    CANCELLED = "cancelled"


class Renewal(StrEnum):
    """How far the renewal of a freeze's present term is.

    REFUSED until the next reminder of its end is due, then AGAIN: it is to be asked for once more.
    """

    NONE = ""
    DRAFT = "draft"
    ASKED = "asked"
    ORDERED = "ordered"
    DENIED = "denied"
    REFUSED = "refused"
    AGAIN = "again"


_H = HoldState
LIVE_HOLDS = frozenset({_H.STOPPED, _H.FROZEN, _H.RELEASE_PENDING, _H.DISPOSAL_PENDING})
_TRANSITIONS: Mapping[tuple[str | None, str], str] = {
    (None, "drafted"): _H.DRAFT,
    (None, "ordered_by_request"): _H.ORDERED,
    (_H.DRAFT, "amended"): _H.DRAFT,
    (_H.DRAFT, "submitted"): _H.PENDING_APPROVAL,
    (_H.DRAFT, "ordered_first"): _H.ORDERED,
    (_H.DRAFT, "cancelled"): _H.CANCELLED,
    (_H.PENDING_APPROVAL, "amended"): _H.DRAFT,
    (_H.PENDING_APPROVAL, "approved"): _H.ORDERED,
    (_H.PENDING_APPROVAL, "denied"): _H.DENIED,
    (_H.PENDING_APPROVAL, "cancelled"): _H.CANCELLED,
    (_H.ORDERED, "stopped"): _H.STOPPED,
    (_H.ORDERED, "frozen"): _H.FROZEN,
    (_H.ORDERED, "queued"): _H.QUEUED,
    (_H.ORDERED, "refused"): _H.REJECTED_BY_BANK,
    (_H.ORDERED, "no_funds"): _H.NO_FUNDS,
    (_H.ORDERED, "confirmed"): _H.ORDERED,
    (_H.ORDERED, "acknowledged"): _H.ORDERED,
    (_H.ORDERED, "lapsed"): _H.LAPSED,
    (_H.ORDERED, "reminded"): _H.ORDERED,
    (_H.ORDERED, "escalated"): _H.ORDERED,
    (_H.QUEUED, "frozen"): _H.FROZEN,
    (_H.QUEUED, "acknowledged"): _H.QUEUED,
    (_H.QUEUED, "no_funds"): _H.NO_FUNDS,
    (_H.QUEUED, "refused"): _H.REJECTED_BY_BANK,
    (_H.QUEUED, "release_ordered"): _H.RELEASE_PENDING,
    (_H.QUEUED, "lapsed"): _H.LAPSED,
    (_H.RELEASE_PENDING, "released"): _H.RELEASED,
    (_H.RELEASE_PENDING, "lapsed"): _H.LAPSED,
    (_H.RELEASE_PENDING, "stop_kept"): _H.STOPPED,
    (_H.RELEASE_PENDING, "freeze_kept"): _H.FROZEN,
    (_H.RELEASE_PENDING, "queue_kept"): _H.QUEUED,
    (_H.LAPSED, "lapse_seen"): _H.LAPSED,
    (_H.FROZEN, "converted"): _H.DISPOSAL_PENDING,
    (_H.FROZEN, "court_order_entered"): _H.DISPOSAL_PENDING,
    (_H.DISPOSAL_PENDING, "disposed"): _H.DISPOSED,
    (_H.DISPOSAL_PENDING, "released"): _H.RELEASED,
    (_H.RELEASE_PENDING, "updated"): _H.RELEASE_PENDING,
    (_H.RELEASE_PENDING, "escalated"): _H.RELEASE_PENDING,
    (_H.REJECTED_BY_BANK, "refusal_seen"): _H.REJECTED_BY_BANK,
    (_H.NO_FUNDS, "refusal_seen"): _H.NO_FUNDS,
    (None, "volunteered"): _H.STOPPED,
    (None, "received"): _H.PENDING_APPROVAL,
    (_H.PENDING_APPROVAL, "receipt_confirmed"): _H.FROZEN,
    (_H.ORDERED, "letter_sent"): _H.ORDERED,
    (_H.ORDERED, "order_withdrawn"): _H.CANCELLED,
    (_H.QUEUED, "stopped"): _H.STOPPED,
}
_OVER = (
    _H.LAPSED, _H.SUPERSEDED, _H.RELEASED, _H.DISPOSED, _H.REJECTED_BY_BANK, _H.NO_FUNDS,
    _H.CANCELLED,
)  # fmt: skip
_WHILE_HELD = (
    "updated", "confirmed", "paid_out", "reminded", "escalated", "found_unrelated",
    "took_over_unrelated", "unrelated_denied", "part_asked", "part_ordered", "part_kept",
    "complained", "complaint_rejected",
)  # fmt: skip
_RENEWAL = (
    "renewal_drafted", "renewal_submitted", "renewal_ordered", "renewal_denied",
    "renewal_refused", "renewed",
)  # fmt: skip


def _hold_moves() -> dict[tuple[str | None, str], str]:
    moves: dict[tuple[str | None, str], str] = dict(_TRANSITIONS)
    for live in (_H.STOPPED, _H.FROZEN):
        moves |= {
            (live, "release_ordered"): _H.RELEASE_PENDING,
            (live, "released"): _H.RELEASED,
            (live, "lapsed"): _H.LAPSED,
            (live, "let_go_early"): _H.LAPSED,
            (live, "disposed"): _H.DISPOSED,
            (live, "superseded"): _H.SUPERSEDED,
        }
        moves |= {(live, event): live for event in _WHILE_HELD}
    moves |= {(_H.FROZEN, event): _H.FROZEN for event in _RENEWAL}
    # A bank that holds what was recorded as ended, and one that a court has taken it over from.
    for over in _OVER:
        moves |= {(over, "stopped_late"): _H.STOPPED, (over, "frozen_late"): _H.FROZEN}
    for state in (*_OVER, _H.STOPPED, _H.RELEASE_PENDING):
        moves[(state, "converted")] = _H.DISPOSAL_PENDING
    moves |= {(state, "stated"): state for state in _H}
    pending = _H.DISPOSAL_PENDING
    moves |= {(pending, e): pending for e in ("updated", "paid_out", "reminded", "escalated")}
    return moves


HOLD_TRANSITIONS: Mapping[tuple[str | None, str], str] = _hold_moves()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One measure on one asset; `held_minor` is the bank's figure, in the account's currency.

    `foreign_minor` is what the bank states to hold in another currency than the account's.

    `renewal` is how far its renewal is (a `Renewal`), `term_from` where its present term began if
    it was renewed, `reminded_hours` the last reminder given, counted from the end.
    `release_due_at` is by when unrelated money is to be free, or a court's order to be carried out;
    `disposed_minor` what the bank gave away under that order, besides our payouts.
    `bank_said` is what the bank stated last, under `bank_revision`, in its own terms.
    `payouts_shown_minor` is what of our payouts the bank's figures of it show already.
    `releasing_minor` and `complained_minor` are parts whose release was requested; `scope_reason`
    is the fingerprint of the note that says why more is blocked than is disputed.

    Of money that the unit itself received (`custody`) `requested_minor` is the sum received,
    `bank_ref` its booking, `acted_at` when it came, `proof` the digest of the paper that shows it,
    `return_id` the voluntary return that it belongs to.
    """

    id: Id
    asset_id: Annotated[str, foreign_key("asset.id")]
    kind: Annotated[HoldKind, enum(HoldKind)]
    state: Annotated[HoldState, enum(HoldState, index=True)]
    currency: Currency
    requested_minor: Minor
    held_minor: Minor = 0
    bank_ref: Text80 = ""
    bank_revision: int = 0
    bank_said_at: datetime | None = None
    ordered_at: datetime | None = None
    acted_at: datetime | None = None
    expires_at: datetime | None = None
    supersedes_id: Text64 = ""
    request_id: Text64 = ""
    repeat_number: int = 0
    law_row: Text40 = ""
    drafted_by: Text64 = ""
    reason: Text200 = ""
    term_from: datetime | None = None
    renewal: Text12 = ""
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    release_due_at: datetime | None = None
    releasing_minor: Minor = 0
    disposed_minor: Minor = 0
    complained_minor: Minor = 0
    scope_reason: Text64 = ""
    lapse_seen_by: Text64 = ""
    foreign_minor: Minor = 0
    foreign_currency: Currency = ""
    payouts_shown_minor: Minor = 0
    bank_said: Text120 = ""
    return_id: Text64 = ""
    proof: Text64 = ""


@stored(HoldRow)
class Hold(SQLModel):
    """A hold with the legal authority under which it was ordered."""

    recovery_id: Annotated[str, foreign_key("recovery.id")]
    authority: Text200 = ""

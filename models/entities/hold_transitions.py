"""Moves of holds: ordered by us, answered, prolonged and ended by banks and by clocks."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from models.entities.letter_transitions import HOLD_MOVES as LETTER_MOVES
from models.entities.states import HoldState

_H = HoldState
_Table = Mapping[tuple[str | None, str], str]

_MOVES: _Table = {
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
    **LETTER_MOVES,
}
_OVER = (
    _H.LAPSED, _H.SUPERSEDED, _H.RELEASED, _H.DISPOSED, _H.REJECTED_BY_BANK, _H.NO_FUNDS,
    _H.CANCELLED,
)  # fmt: skip
_WHILE_HELD = (
    "updated", "confirmed", "paid_out", "reminded", "escalated", "found_unrelated",
    "unrelated_denied", "part_asked", "part_ordered", "part_kept", "complained",
    "complaint_rejected",
)  # fmt: skip
_RENEWAL = (
    "renewal_drafted", "renewal_submitted", "renewal_ordered", "renewal_denied",
    "renewal_refused", "renewed",
)  # fmt: skip


def _hold_moves() -> dict[tuple[str | None, str], str]:
    moves: dict[tuple[str | None, str], str] = dict(_MOVES)
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


HOLD_MOVES: _Table = _hold_moves()


class Renewal(StrEnum):
    """How far the renewal of a freeze's present term is."""

    NONE = ""
    DRAFT = "draft"
    ASKED = "asked"
    ORDERED = "ordered"
    DENIED = "denied"
    REFUSED = "refused"

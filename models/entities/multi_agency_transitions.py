"""Moves of linkages and of their tasks."""

from __future__ import annotations

from collections.abc import Mapping

from models.entities.states import LinkageState, TaskState

_L, _T = LinkageState, TaskState
_Table = Mapping[tuple[str | None, str], str]

LINKAGE_MOVES: _Table = {
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


TASK_MOVES: _Table = _task_moves()

"""The tables of moves: `TRANSITIONS[noun][(state, event)] -> state`.

A move that is not in the table raises `IllegalMoveError` with both names. `docs/states.md` is made
from these tables, and a test walks every pair of state and event.
"""

from __future__ import annotations

from collections.abc import Mapping

from models.entities import (
    allocation_transitions,
    hold_transitions,
    letter_transitions,
    multi_agency_transitions,
    register_transitions,
)
from models.entities.objection import OBJECTION_MOVES
from models.entities.rows import AssetRow
from models.entities.states import (
    ApprovalState,
    CallState,
    ClaimState,
    DiscrepancyState,
    EntityKind,
    PayoutState,
    RecoveryState,
    RequestState,
    Stage,
)


class IllegalMoveError(ValueError):
    """A move that is not in the table of its noun."""

    def __init__(self, noun: EntityKind, state: str | None, event: str) -> None:
        self.noun, self.state, self.event = noun, state, event
        allowed = sorted(e for s, e in TRANSITIONS[noun] if s == state)
        ways = ", ".join(allowed) if allowed else "none: it has ended"
        super().__init__(
            f"a {noun} that is {state or 'not there yet'} cannot take the event "
            f"{event!r} (possible: {ways})"
        )


_Table = Mapping[tuple[str | None, str], str]
_R, _C, _Q = RecoveryState, ClaimState, RequestState
_P, _K, _V, _S = PayoutState, CallState, ApprovalState, Stage
_D = DiscrepancyState


def _asset_moves() -> dict[tuple[str | None, str], str]:
    stages = [_S.FREEZING, _S.TRACING, _S.CROSS_BORDER, _S.RESTITUTION]
    moves: dict[tuple[str | None, str], str] = {
        (None, "found"): _S.FREEZING,
        (None, "found_abroad"): _S.CROSS_BORDER,
        (_S.FREEZING, "answered"): _S.TRACING,
        (_S.TRACING, "hold_needed"): _S.FREEZING,
        (_S.TRACING, "traced"): _S.RESTITUTION,
        (_S.CROSS_BORDER, "request_ended"): _S.RESTITUTION,
        (_S.RESTITUTION, "hold_needed"): _S.FREEZING,
        (_S.RESTITUTION, "new_round"): _S.TRACING,
        (_S.CLOSED, "reopened"): _S.FREEZING,
        (_S.CLOSED, "reopened_abroad"): _S.CROSS_BORDER,
    }
    for stage in stages:
        moves[(stage, "closed")] = _S.CLOSED
        moves[(stage, "split")] = stage
        moves[(stage, "title_ended")] = stage
    for stage in (*stages, _S.CLOSED):
        for event in ("updated", "watch_begun", "watch_looked", "watch_found", "watch_ended"):
            moves[(stage, event)] = stage
    return moves


_KEEPS_STATE = ("payee_asked", "payee_changed", "payee_denied", "decided")


_OWN_MOVES: Mapping[EntityKind, _Table] = {
    EntityKind.RECOVERY: {
        (None, "reported"): _R.REPORTED,
        (_R.REPORTED, "accepted"): _R.OPEN,
        (_R.REPORTED, "rejected"): _R.REJECTED,
        (_R.REPORTED, "joined"): _R.JOINED,
        (_R.OPEN, "joined"): _R.JOINED,
        (_R.OPEN, "updated"): _R.OPEN,
        (_R.OPEN, "rule_asked"): _R.OPEN,
        (_R.OPEN, "rule_changed"): _R.OPEN,
        (_R.OPEN, "rule_denied"): _R.OPEN,
        (_R.REPORTED, "updated"): _R.REPORTED,
        (_R.OPEN, "closed_returned"): _R.CLOSED_RETURNED,
        (_R.OPEN, "closed_partial"): _R.CLOSED_PARTIAL,
        (_R.OPEN, "closed_no_recovery"): _R.CLOSED_NO_RECOVERY,
        (_R.CLOSED_RETURNED, "reopened"): _R.OPEN,
        (_R.CLOSED_PARTIAL, "reopened"): _R.OPEN,
        (_R.CLOSED_NO_RECOVERY, "reopened"): _R.OPEN,
        **{(state, "ledger_corrected"): state for state in _R},
    },
    EntityKind.CLAIM: {
        (None, "filed"): _C.FILED,
        (_C.FILED, "verified"): _C.VERIFIED,
        (_C.FILED, "rejected"): _C.REJECTED,
        (_C.FILED, "updated"): _C.FILED,
        (_C.VERIFIED, "updated"): _C.VERIFIED,
        (_C.VERIFIED, "paid"): _C.PAID,
        (_C.PAID, "updated"): _C.PAID,
        (_C.PAID, "owed_again"): _C.VERIFIED,
        (_C.VERIFIED, "limited"): _C.VERIFIED,
        (_C.PAID, "limited"): _C.PAID,
        **{(state, event): state for state in _C for event in _KEEPS_STATE},
    },
    EntityKind.ASSET: _asset_moves(),
    EntityKind.HOLD: hold_transitions.HOLD_MOVES,
    EntityKind.REQUEST: {
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
    },
    EntityKind.ALLOCATION: allocation_transitions.ALLOCATION_MOVES,
    EntityKind.PAYOUT: {
        (None, "prepared"): _P.PREPARED,
        (_P.PREPARED, "amended"): _P.PREPARED,
        (_P.PREPARED, "instructed"): _P.INSTRUCTED,
        (_P.PREPARED, "cancelled"): _P.CANCELLED,
        (_P.INSTRUCTED, "recalled"): _P.PREPARED,
        (_P.INSTRUCTED, "settled"): _P.SETTLED,
        (_P.INSTRUCTED, "refused"): _P.REFUSED,
        (_P.INSTRUCTED, "returned"): _P.RETURNED,
        (_P.INSTRUCTED, "acknowledged"): _P.INSTRUCTED,
        (_P.SETTLED, "returned"): _P.RETURNED,
        (_P.SETTLED, "refused"): _P.REFUSED,
        (_P.SETTLED, "corrected"): _P.SETTLED,
        (_P.REFUSED, "settled"): _P.SETTLED,
        (_P.REFUSED, "returned"): _P.RETURNED,
        (_P.RETURNED, "settled"): _P.SETTLED,
        (_P.PREPARED, "settled"): _P.SETTLED,
        (_P.CANCELLED, "settled"): _P.SETTLED,
        **{(state, "stated"): state for state in _P},
    },
    EntityKind.CALL: {
        (None, "planned"): _K.PLANNED,
        (_K.PLANNED, "sent"): _K.SENT,
        (_K.PLANNED, "cancelled"): _K.CANCELLED,
        (_K.SENT, "answered"): _K.ANSWERED,
        (_K.SENT, "refused"): _K.REFUSED,
        (_K.SENT, "unknown"): _K.UNKNOWN,
        (_K.SENT, "postponed"): _K.PLANNED,
        (_K.UNKNOWN, "answered"): _K.ANSWERED,
        (_K.UNKNOWN, "refused"): _K.REFUSED,
        (_K.UNKNOWN, "never_seen"): _K.PLANNED,
        (_K.UNKNOWN, "postponed"): _K.UNKNOWN,
        **letter_transitions.CALL_MOVES,
    },
    EntityKind.APPROVAL: {
        (None, "asked"): _V.PENDING,
        (None, "asked_anew"): _V.PENDING,
        (_V.PENDING, "approved"): _V.APPROVED,
        (_V.PENDING, "denied"): _V.DENIED,
        (_V.PENDING, "overdue"): _V.PENDING,
        (_V.PENDING, "voided"): _V.VOID,
        (_V.APPROVED, "voided"): _V.VOID,
    },
    EntityKind.TRACE: {(None, "adopted"): "adopted", ("adopted", "replaced"): "replaced"},
    EntityKind.STATEMENT: {(None, "recorded"): "recorded"},
    EntityKind.NOTE: {(None, "written"): "written"},
    EntityKind.PARTNER: register_transitions.PARTNER_MOVES,
    EntityKind.OFFICER: register_transitions.OFFICER_MOVES,
    EntityKind.REGISTER_CHANGE: register_transitions.CHANGE_MOVES,
    EntityKind.INSTALLATION: register_transitions.INSTALLATION_MOVES,
    EntityKind.CLOCK: register_transitions.CLOCK_MOVES,
    EntityKind.LINKAGE: multi_agency_transitions.LINKAGE_MOVES,
    EntityKind.TASK: multi_agency_transitions.TASK_MOVES,
    EntityKind.OBJECTION: OBJECTION_MOVES,
    EntityKind.DISCREPANCY: {
        (None, "found"): _D.OPEN,
        (_D.OPEN, "updated"): _D.OPEN,
        (_D.OPEN, "resolved"): _D.RESOLVED,
        (_D.OPEN, "cleared"): _D.RESOLVED,
        (_D.RESOLVED, "found_again"): _D.OPEN,
    },
}


def _with_moved(table: _Table) -> _Table:
    """Joining two recoveries moves their rows to another file; no state changes by that."""
    states = {s for s, _ in table if s is not None} | set(table.values())
    return {**table, **{(state, "moved"): state for state in states}}


_JOINED = frozenset(
    {
        EntityKind.CLAIM, EntityKind.ASSET, EntityKind.HOLD, EntityKind.REQUEST,
        EntityKind.ALLOCATION, EntityKind.PAYOUT, EntityKind.CALL, EntityKind.APPROVAL,
        EntityKind.LINKAGE, EntityKind.TASK, EntityKind.DISCREPANCY,
        EntityKind.OBJECTION,
    }
)  # fmt: skip
TRANSITIONS: Mapping[EntityKind, _Table] = {
    noun: _with_moved(table) if noun in _JOINED else table for noun, table in _OWN_MOVES.items()
}


def reopened(asset: AssetRow) -> str:
    """The event that opens a closed account again: at home it may be stopped, abroad asked for."""
    return "reopened" if asset.home else "reopened_abroad"


def next_state(noun: EntityKind, state: str | None, event: str) -> str:
    """The state after `event`; IllegalMoveError names the noun, the state and what was possible."""
    try:
        return TRANSITIONS[noun][(state, event)]
    except KeyError:
        raise IllegalMoveError(noun, state, event) from None

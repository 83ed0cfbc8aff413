"""Deciding step by step on a file in memory: each move is applied, booked and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from models.case_file import Balance, CaseFile, TraceView
from models.entities.allocation import (
    AllocationRow,
    AllocationState,
    CourtListRow,
    CourtListState,
    CourtShareRow,
    CourtShareState,
)
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.asset import AssetRow, Stage
from models.entities.call import CallRow, CallState
from models.entities.catalogue import next_state
from models.entities.claim import (
    ClaimRow,
    ClaimState,
    CompensationRow,
    CompensationState,
    ObjectionRow,
    ObjectionState,
)
from models.entities.discrepancy import DiscrepancyRow, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import (
    MultiAgencyRequestRow,
    MultiAgencyRequestState,
    TaskRow,
    TaskState,
)
from models.entities.outside.request_message import RequestMessageRow, RequestMessageState
from models.entities.outside.third_party_claim import ThirdPartyRow, ThirdPartyState
from models.entities.outside.victim_message import MessageState, VictimMessageRow
from models.entities.payout import (
    ClawbackRow,
    ClawbackState,
    PayoutRow,
    PayoutState,
    UnclaimedRow,
    UnclaimedState,
)
from models.entities.recall import CreditState, RecallCreditRow, RecallRow, RecallState
from models.entities.recovery import RecoveryRow, RecoveryState
from models.entities.request import ReceiptRow, ReceiptState, RequestRow, RequestState
from models.entities.voluntary_return import (
    InstalmentRow,
    InstalmentState,
    ReturnRow,
    ReturnState,
)
from models.language.phrase import stored_phrase
from models.outcome import CallIntent, Outcome, Posting, Transition, is_mark
from models.snapshots import changed
from recovery_flows.ledger import postings

_ROWS: dict[EntityKind, tuple[str, type[Any], type[StrEnum]]] = {
    EntityKind.CLAIM: ("claims", ClaimRow, ClaimState),
    EntityKind.ASSET: ("assets", AssetRow, Stage),
    EntityKind.HOLD: ("holds", HoldRow, HoldState),
    EntityKind.REQUEST: ("requests", RequestRow, RequestState),
    EntityKind.ALLOCATION: ("allocations", AllocationRow, AllocationState),
    EntityKind.PAYOUT: ("payouts", PayoutRow, PayoutState),
    EntityKind.APPROVAL: ("approvals", ApprovalRow, ApprovalState),
    EntityKind.CALL: ("calls", CallRow, CallState),
    EntityKind.MULTI_AGENCY_REQUEST: (
        "multi_agency_requests",
        MultiAgencyRequestRow,
        MultiAgencyRequestState,
    ),
    EntityKind.TASK: ("tasks", TaskRow, TaskState),
    EntityKind.DISCREPANCY: ("discrepancies", DiscrepancyRow, DiscrepancyState),
    EntityKind.OBJECTION: ("objections", ObjectionRow, ObjectionState),
    EntityKind.VOLUNTARY_RETURN: ("voluntary_returns", ReturnRow, ReturnState),
    EntityKind.INSTALMENT: ("instalments", InstalmentRow, InstalmentState),
    EntityKind.COMPENSATION: ("compensations", CompensationRow, CompensationState),
    EntityKind.UNCLAIMED_SHARE: ("unclaimed", UnclaimedRow, UnclaimedState),
    EntityKind.CLAWBACK: ("clawbacks", ClawbackRow, ClawbackState),
    EntityKind.THIRD_PARTY_CLAIM: ("third_party_claims", ThirdPartyRow, ThirdPartyState),
    EntityKind.VICTIM_MESSAGE: ("victim_messages", VictimMessageRow, MessageState),
    EntityKind.COURT_LIST: ("court_lists", CourtListRow, CourtListState),
    EntityKind.COURT_SHARE: ("court_shares", CourtShareRow, CourtShareState),
    EntityKind.RECALL: ("recalls", RecallRow, RecallState),
    EntityKind.RECALL_CREDIT: ("recall_credits", RecallCreditRow, CreditState),
    EntityKind.REQUEST_RECEIPT: ("receipts", ReceiptRow, ReceiptState),
    EntityKind.REQUEST_MESSAGE: ("messages", RequestMessageRow, RequestMessageState),
}


_SNAPSHOTS: list[type[Any]] = [RecoveryRow, *(row for _, row, _ in _ROWS.values())]
_NAMES = {row: frozenset(field.name for field in fields(row)) for row in _SNAPSHOTS}
_NOT_BOOKED = frozenset(
    {EntityKind.APPROVAL, EntityKind.DISCREPANCY, EntityKind.TASK, EntityKind.MULTI_AGENCY_REQUEST}
)
"""What the ledger reads nothing of: a change of these books nothing."""

_Mark = tuple[CaseFile, int, int, bool]


@dataclass(slots=True)
class Changeset:
    """A file being decided on, and everything decided so far."""

    file: CaseFile
    moves: list[Transition] = field(default_factory=list)
    calls: list[CallIntent] = field(default_factory=list)
    is_corrected: bool = False
    begun: CaseFile = field(init=False, repr=False)
    """The file as it was before anything was decided."""

    def __post_init__(self) -> None:
        self.begun = self.file

    def apply(self, *moves: Transition) -> None:
        """Apply moves; whatever they change in the ledger is booked with the last of them.

        What was wrong in the ledger before is no part of that: it is an event of its own.
        """
        self.correct()
        file = self.file
        for move in moves:
            file = applied(file, move)
        is_booked = not all(move.noun in _NOT_BOOKED or is_mark(move) for move in moves)
        legs = postings.entry(file) if is_booked else ()
        if legs:
            file = changed(file, balances=_balances_after(file.balances, legs))
        self.file = file
        self.moves += [*moves[:-1], changed(moves[-1], postings=legs)]

    def correct(self) -> None:
        """Book apart, with a sentence, where the ledger did not show what the facts said."""
        if self.is_corrected:
            return
        self.is_corrected = True
        legs = postings.entry(self.file)
        if not legs:
            return
        recovery = self.file.recovery
        names = ", ".join(sorted({str(leg.account) for leg in legs}))
        reason = stored_phrase(
            "the ledger did not show what the records say: {names}", names=names
        )[:200]
        self.file = changed(self.file, balances=_balances_after(self.file.balances, legs))
        self.moves.append(
            Transition(
                EntityKind.RECOVERY, recovery.id, "ledger_corrected", recovery.state,
                postings=legs, reason=reason,
            )
        )  # fmt: skip

    def adopt(self, trace: TraceView, *moves: Transition) -> None:
        """Put another trace in place and book what it changes."""
        self.correct()
        self.file = changed(self.file, trace=trace)
        self.apply(*moves)

    def mark(self) -> _Mark:
        """Where it stands, to go back to."""
        return self.file, len(self.moves), len(self.calls), self.is_corrected

    def is_other_than(self, mark: _Mark) -> bool:
        """Whether any rule could answer otherwise than there: more is decided since than marks."""
        file, moves, calls, _ = mark
        if self.file is file:
            return False
        since = self.moves[moves:]
        return not since or len(self.calls) > calls or not all(map(is_mark, since))

    def back_to(self, mark: _Mark) -> None:
        """Forget what was decided since: what decided it has failed."""
        self.file, moves, calls, self.is_corrected = mark
        del self.moves[moves:], self.calls[calls:]

    def follow(self, step: Changeset) -> None:
        """Take over what was decided on the file as it is here."""
        self.file, self.is_corrected = step.file, step.is_corrected
        self.moves += step.moves
        self.calls += step.calls

    def call(self, intent: CallIntent) -> None:
        """Plan a call; the file shows it as open."""
        self.calls.append(intent)
        row = CallRow(
            id=intent.id, partner_id=intent.partner_id, kind=intent.kind, noun=intent.noun,
            subject_id=intent.subject_id, asset_id=intent.asset_id,
            approval_id=intent.approval_id, state=CallState.PLANNED,
        )  # fmt: skip
        self.file = changed(self.file, calls=(*self.file.calls, row))

    def settle_call(self, call_id: str, event: str) -> None:
        """See in the file how a call went; its own event is written by the outbox."""
        rows = tuple(
            changed(c, state=CallState(next_state(EntityKind.CALL, c.state, event)))
            if c.id == call_id
            else c
            for c in self.file.calls
        )
        ended = (CallState.ANSWERED, CallState.CANCELLED)
        self.file = changed(self.file, calls=tuple(c for c in rows if c.state not in ended))

    @property
    def has_decided(self) -> bool:
        """Whether anything is to be recorded."""
        return bool(self.moves or self.calls)

    def outcome(self) -> Outcome:
        """All that was decided, to be recorded in one transaction."""
        return Outcome(tuple(self.moves), tuple(self.calls))


class SomethingToDoError(Exception):
    """A rule would do something: whoever only asks whether there is anything knows enough."""


@dataclass(slots=True)
class FirstMove(Changeset):
    """A changeset that ends at the first thing that a rule does: SomethingToDoError."""

    def apply(self, *moves: Transition) -> None:
        """End, if anything is to be applied."""
        if moves:
            raise SomethingToDoError

    def adopt(self, trace: TraceView, *moves: Transition) -> None:
        """End."""
        del trace, moves
        raise SomethingToDoError

    def call(self, intent: CallIntent) -> None:
        """End."""
        del intent
        raise SomethingToDoError


def applied(file: CaseFile, move: Transition) -> CaseFile:
    """The file after one move; nouns that rules do not look at leave it as it is."""
    state = next_state(move.noun, move.state, move.event)
    if move.noun is EntityKind.RECOVERY:
        known = _NAMES[RecoveryRow]
        own: dict[str, Any] = {k: v for k, v in move.values.items() if k in known}
        return changed(file, recovery=changed(file.recovery, **own, state=RecoveryState(state)))
    if move.noun not in _ROWS:
        return file
    name, kind, states = _ROWS[move.noun]
    column = "stage" if move.noun is EntityKind.ASSET else "state"
    known = _NAMES[kind]
    values = {k: v for k, v in move.values.items() if k in known} | {column: states(state)}
    rows: tuple[Any, ...] = getattr(file, name)
    if move.state is None:
        if "recovery_id" in known:
            values.setdefault("recovery_id", file.recovery.id)
        rows = (*rows, kind(id=move.id, **values))
    else:
        rows = tuple(changed(r, **values) if r.id == move.id else r for r in rows)
    return changed(file, **{name: rows})


def _balances_after(
    balances: tuple[Balance, ...], legs: tuple[Posting, ...]
) -> tuple[Balance, ...]:
    if not legs:
        return balances
    sums: dict[tuple[LedgerAccount, str, str, str, str, str, str], list[int]] = {}
    items: list[Balance | Posting] = [*balances, *legs]
    for item in items:
        key = (
            item.account, item.asset_id, item.hold_id, item.claim_id, item.detail,
            item.claim_currency, item.asset_currency,
        )  # fmt: skip
        both = sums.setdefault(key, [0, 0])
        both[0] += item.claim_minor
        both[1] += item.asset_minor
    return tuple(
        Balance(k[0], k[1], k[2], k[3], k[4], claim, k[5], asset, k[6])
        for k, (claim, asset) in sums.items()
        if claim or asset
    )

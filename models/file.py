"""The file of one recovery as rules see it: frozen rows, no session behind them.

Field names are column names; `queries.files.load_files` fills them by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.facts import LineKind
from models.states import (
    LIVE_HOLDS,
    OPEN_CALLS,
    AllocationState,
    ApprovalState,
    CallKind,
    CallState,
    ClaimState,
    HoldKind,
    HoldState,
    LedgerAccount,
    Noun,
    PayoutState,
    RecoveryState,
    RequestState,
    Role,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    id: str
    ref: str
    regime: str
    currency: str
    state: RecoveryState
    owner_id: str = ""
    reported_at: datetime
    case_number: str = ""
    tracing_rule: str = "fifo"
    trace_wanted: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    id: str
    recovery_id: str
    state: ClaimState
    reported_minor: int
    upheld_minor: int = 0
    currency: str
    victim_account_id: str
    victim_partner_id: str
    payee_account_id: str
    payout_account_id: str
    end_to_end_id: str = ""
    paid_at: datetime
    reported_at: datetime
    statement_to: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetRow:
    """One account in one recovery; `traced_*` are what the adopted trace finds there."""

    id: str
    recovery_id: str
    account_id: str
    partner_id: str
    currency: str
    home: bool
    regime: str
    stage: Stage
    depth: int = 0
    traced_minor: int = 0
    traced_claim_minor: int = 0
    statement_to: datetime | None = None
    title_checked_by: str = ""
    left_alone: str = ""
    shared_decision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    id: str
    asset_id: str
    kind: HoldKind
    state: HoldState
    currency: str
    requested_minor: int
    held_minor: int = 0
    bank_ref: str = ""
    bank_revision: int = 0
    ordered_at: datetime | None = None
    acted_at: datetime | None = None
    expires_at: datetime | None = None
    supersedes_id: str = ""
    request_id: str = ""
    repeat_number: int = 0
    law_row: str = ""
    drafted_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    id: str
    asset_id: str
    partner_id: str
    channel: str
    state: RequestState
    requested_minor: int
    currency: str
    fields_digest: str = ""
    missing: str = ""
    drafted_by: str = ""
    sent_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRow:
    id: str
    asset_id: str
    round_number: int
    state: AllocationState
    method: str
    formula: str
    pool_minor: int
    currency: str
    notice_from: datetime | None = None
    notice_to: datetime | None = None
    drafted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    id: str
    allocation_id: str
    asset_id: str
    claim_id: str
    hold_id: str
    payee_account_id: str
    amount_minor: int
    currency: str
    state: PayoutState
    bank_ref: str = ""
    bank_revision: int = 0
    debited_minor: int = 0
    debited_currency: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    id: str
    subject_noun: Noun
    subject_id: str
    action: str
    subject_digest: str
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    due_at: datetime | None = None
    decided_by: str = ""
    post_hoc: bool = False
    alarmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    id: str
    partner_id: str
    kind: CallKind
    noun: Noun
    subject_id: str
    asset_id: str
    approval_id: str = ""
    state: CallState
    attempts: int = 0
    sent_at: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """Traced money of one claim in one account, in the account's and in the loss's currency."""

    account_id: str
    claim_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class GonePart:
    """Traced money of one claim that left the traceable world through `account_id`."""

    kind: LineKind | str
    account_id: str
    claim_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class TraceView:
    """The adopted trace of a recovery: which rule, as of when, where the money is."""

    id: str
    rule: str
    as_of: datetime
    positions: tuple[Position, ...]
    gone: tuple[GonePart, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account lies: at which partner, under which law, in what currency."""

    partner_id: str
    home: bool
    regime: str
    currency: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A ledger balance by its full key."""

    account: LedgerAccount
    asset_id: str
    hold_id: str
    claim_id: str
    detail: str
    claim_minor: int
    claim_currency: str
    asset_minor: int
    asset_currency: str


@dataclass(frozen=True, slots=True)
class RecoveryFile:
    """All that rules need to know of one recovery, read in one transaction."""

    recovery: RecoveryRow
    claims: tuple[ClaimRow, ...]
    assets: tuple[AssetRow, ...]
    holds: tuple[HoldRow, ...]
    requests: tuple[RequestRow, ...]
    allocations: tuple[AllocationRow, ...]
    payouts: tuple[PayoutRow, ...]
    approvals: tuple[ApprovalRow, ...]
    calls: tuple[CallRow, ...]
    trace: TraceView | None
    balances: tuple[Balance, ...]
    shared_with: tuple[tuple[str, str, str], ...]
    """(account id, id and currency of another open recovery that wants it), the older first."""

    def asset(self, asset_id: str) -> AssetRow:
        return next(a for a in self.assets if a.id == asset_id)

    def hold(self, hold_id: str) -> HoldRow:
        return next(h for h in self.holds if h.id == hold_id)

    def holds_of(self, asset_id: str) -> tuple[HoldRow, ...]:
        return tuple(h for h in self.holds if h.asset_id == asset_id)

    def live_holds(self, asset_id: str) -> tuple[HoldRow, ...]:
        return tuple(h for h in self.holds_of(asset_id) if h.state in LIVE_HOLDS)

    def open_calls(self, asset_id: str) -> tuple[CallRow, ...]:
        return tuple(c for c in self.calls if c.asset_id == asset_id and c.state in OPEN_CALLS)

    def pending(self, subject_id: str) -> ApprovalRow | None:
        return next(
            (
                a
                for a in self.approvals
                if a.subject_id == subject_id and a.state is ApprovalState.PENDING
            ),
            None,
        )

    def payouts_of(self, allocation_id: str) -> tuple[PayoutRow, ...]:
        return tuple(p for p in self.payouts if p.allocation_id == allocation_id)


@dataclass(frozen=True, slots=True)
class Step:
    """What a recovery needs next: which act, whose, about what, by when, in one sentence."""

    action: str
    role: Role
    subject_id: str
    asset_id: str
    due_at: datetime | None
    sentence: str

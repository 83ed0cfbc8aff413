"""The rows of a recovery's file: frozen, keyword only, named as their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.entities.states import (
    AllocationState,
    ApprovalState,
    CallKind,
    CallState,
    ClaimState,
    DiscrepancyKind,
    DiscrepancyState,
    EntityKind,
    HoldKind,
    HoldState,
    PayoutState,
    RecoveryState,
    RequestState,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    """The recovery itself: law, currency of the loss, state, tracing rule."""

    id: str
    ref: str
    regime: str
    currency: str
    state: RecoveryState
    owner_id: str = ""
    reported_at: datetime
    case_number: str = ""
    tracing_rule: str = "fifo"
    tracing_among: str = ""
    tracing_reason: str = ""
    asked_rule: str = ""
    asked_among: str = ""
    asked_reason: str = ""
    asked_moved_minor: int = 0
    trace_wanted: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One victim's loss: accounts, sums in minor units of the loss's currency, state.

    `decided_minor` is what a decision leaves of the loss, None where none was made.
    """

    id: str
    recovery_id: str
    state: ClaimState
    reported_minor: int
    upheld_minor: int = 0
    decided_minor: int | None = None
    appeal_until: datetime | None = None
    currency: str
    victim_account_id: str
    victim_partner_id: str
    payee_account_id: str
    payout_account_id: str
    payout_reason: str = ""
    payout_changed_by: str = ""
    asked_account_id: str = ""
    asked_reason: str = ""
    asked_by: str = ""
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
    title_basis: str = ""
    left_alone: str = ""
    shared_decision: str = ""
    watch: str = ""
    watch_until: datetime | None = None
    watch_due_at: datetime | None = None
    watch_looks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One measure on one account; sums in minor units of the account's currency."""

    id: str
    asset_id: str
    kind: HoldKind
    state: HoldState
    currency: str
    requested_minor: int
    held_minor: int = 0
    bank_ref: str = ""
    bank_revision: int = 0
    bank_said_at: datetime | None = None
    ordered_at: datetime | None = None
    acted_at: datetime | None = None
    expires_at: datetime | None = None
    supersedes_id: str = ""
    request_id: str = ""
    repeat_number: int = 0
    law_row: str = ""
    drafted_by: str = ""
    reason: str = ""
    term_from: datetime | None = None
    renewal: str = ""
    renewals: int = 0
    reminded_hours: int = 0
    escalated_at: datetime | None = None
    release_due_at: datetime | None = None
    releasing_minor: int = 0
    disposed_minor: int = 0
    complained_minor: int = 0
    scope_reason: str = ""
    lapse_seen_by: str = ""
    foreign_minor: int = 0
    foreign_currency: str = ""
    payouts_shown_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One cross-border request; `missing` names empty fields, comma-separated."""

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
    """How one asset's pool is divided; the pool in the currency of the loss."""

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
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutRow:
    """One victim's part of an allocation, from one hold.

    `amount` is what was ordered; `settled` and `debited` are what the bank says was credited to
    the payee and taken from the hold.
    """

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
    settled_minor: int = 0
    settled_currency: str = ""
    debited_minor: int = 0
    debited_currency: str = ""
    settled_at: datetime | None = None
    reason: str = ""

    @property
    def returned_minor(self) -> int:
        """What the payee got, in the currency of the loss, as the bank says it.

        0 until it is settled, after it came back, and where it was credited in another currency.
        """
        if self.state is not PayoutState.SETTLED:
            return 0
        if not self.settled_currency:  # settled under a version that kept only our own order
            return self.amount_minor
        return self.settled_minor if self.settled_currency == self.currency else 0

    @property
    def taken_minor(self) -> int:
        """What left the hold for good, in the currency of the debit: 0 once it came back."""
        return self.debited_minor if self.state is PayoutState.SETTLED else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """A second person's yes or no, bound to `subject_digest`."""

    id: str
    subject_noun: EntityKind
    subject_id: str
    action: str
    subject_digest: str
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    due_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    post_hoc: bool = False
    alarmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """An exchange that is still open or was refused; answered ones are left out."""

    id: str
    partner_id: str
    kind: CallKind
    noun: EntityKind
    subject_id: str
    asset_id: str
    approval_id: str = ""
    state: CallState
    attempts: int = 0
    sent_at: datetime | None = None
    last_error: str = ""
    planned_at: datetime | None = None
    sent_how: str = ""
    letter_digest: str = ""
    answer_digest: str = ""
    answer_document: str = ""
    answer_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyRow:
    """One contradiction between our records and what was stated; None where there is no figure."""

    id: str
    recovery_id: str
    state: DiscrepancyState
    kind: DiscrepancyKind
    subject_noun: EntityKind
    subject_id: str = ""
    asset_id: str = ""
    claim_id: str = ""
    expected_minor: int | None = None
    expected_currency: str = ""
    stated_minor: int | None = None
    stated_currency: str = ""
    detail: str = ""
    mark: str = ""
    found_at: datetime
    attempts: int = 0
    retry_at: datetime | None = None
    resolved_by: str = ""
    resolved_at: datetime | None = None

"""What the screens and `--json` show: frozen values, personal data masked already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from models.safe_text import undirected

if TYPE_CHECKING:
    from models.case_file import Step
    from models.deconfliction_hits import AlsoLine
    from models.entities.allocation import AllocationState
    from models.entities.asset import Stage
    from models.entities.claim import ClaimState
    from models.entities.hold import HoldKind, HoldState
    from models.entities.ledger import LedgerAccount
    from models.entities.officer import Role
    from models.entities.recovery import RecoveryState
    from models.entities.request import RequestState
    from models.money import Money
    from models.queries.cases.letter_views import LetterLine
    from models.queries.cases.multi_agency import MultiAgencyRequestLine
    from models.queries.installation.restrictions import RestrictionView


@dataclass(frozen=True, slots=True)
class DiscrepancyLine:
    """What contradicts the records: `expected` is what they say, `stated` what is said instead.

    `bank` and `account` (masked) are empty where it is about no account.
    """

    discrepancy_id: str
    sentence: str
    subject: str
    found_at: datetime
    expected: Money | None
    stated: Money | None
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term of the identity, in the currency of the loss."""

    account: LedgerAccount
    amount: Money


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One victim's claim, masked."""

    claim_id: str
    victim: str
    account: str
    state: ClaimState
    reported: Money
    upheld: Money
    returned: Money


@dataclass(frozen=True, slots=True)
class HoldLine:
    """`held` and `paid_out` are in the account's currency; `law_row` names the row of the regime.

    `paid_out` is what the bank says that it paid to victims from it.
    """

    hold_id: str
    kind: HoldKind
    state: HoldState
    requested: Money
    held: Money
    paid_out: Money
    expires_at: datetime | None
    law_row: str
    reason: str


@dataclass(frozen=True, slots=True)
class AssetLine:
    """One account of the recovery: what is traced there and what of it is held."""

    asset_id: str
    bank: str
    account: str
    regime: str
    home: bool
    stage: Stage
    depth: int
    traced: Money
    traced_claim: Money
    statement_to: datetime | None
    note: str
    holds: tuple[HoldLine, ...]
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One cross-border request with its fields and what is missing."""

    request_id: str
    asset_id: str
    partner: str
    channel: str
    state: RequestState
    requested: Money
    missing: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    reason: str
    over_frozen: Money | None = None
    """What the body has frozen beyond what is still wanted; None for nothing."""
    over_outcome: str = ""
    """What is to become of that, in words."""


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One victim's part of an allocation; `settled` is what the bank says that it paid of it."""

    claim_id: str
    victim: str
    payee: str
    amount: Money
    state: str
    settled: Money | None = None


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """One allocation with its formula and each victim's line."""

    allocation_id: str
    asset_id: str
    state: AllocationState
    method: str
    formula: str
    pool: Money
    notice_to: datetime | None
    payouts: tuple[PayoutLine, ...]


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in plain words; `digest` is its link in the chain."""

    seq: int
    at: datetime
    actor: str
    role: Role
    noun: str
    subject_id: str
    event: str
    old_state: str | None
    new_state: str
    reason: str
    legal_basis: str
    digest: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note, opened."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One pending approval with the figures that a yes binds; `headline` is the main one."""

    approval_id: str
    recovery_id: str
    ref: str
    act: str
    subject_id: str
    asked_by: str
    asked_at: datetime
    due_at: datetime | None
    post_hoc: bool
    figures: tuple[tuple[str, str], ...]
    digest: str
    headline: str = ""
    also: tuple[AlsoLine, ...] = ()
    report: str = ""
    """The command that writes the report about it; "" where there is none."""
    lets_go: bool = False
    """Whether money that is held, or some of it, is free after a yes."""


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """Something that runs out; `law_row` and `regime` name its row in the law, if it has one.

    `note` says what is under way against the end; `escalated`: the supervisor was told.
    """

    what: str
    due_at: datetime
    regime: str
    law_row: str
    note: str = ""
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryPage:
    """One recovery on one page: who, how much, where the money is, clocks, requests, what next.

    `first_sent` is the first order or request that left about it ("stop" or "request"), `also` what
    other recoveries know of it, as far as whoever looks may see that. `next_figures` are those of
    the officer's next step.
    """

    now: datetime
    recovery_id: str
    ref: str
    version: int
    regime: str
    state: RecoveryState
    stage: Stage
    case_number: str
    owner: str
    method: str
    tracing_rule: str
    trace_as_of: datetime | None
    reported_at: datetime
    loss: Money
    terms: tuple[TermLine, ...]
    claims: tuple[ClaimLine, ...]
    assets: tuple[AssetLine, ...]
    clocks: tuple[DeadlineLine, ...]
    requests: tuple[RequestLine, ...]
    allocations: tuple[AllocationLine, ...]
    approvals: tuple[ApprovalLine, ...]
    steps: tuple[Step, ...]
    next_figures: tuple[tuple[str, str], ...]
    events: tuple[EventLine, ...]
    notes: tuple[NoteLine, ...]
    multi_agency_requests: tuple[MultiAgencyRequestLine, ...] = ()
    letters: tuple[LetterLine, ...] = ()
    first_sent_at: datetime | None = None
    first_sent: str = ""
    also: tuple[AlsoLine, ...] = ()
    attention: str = ""
    idle_since: datetime | None = None
    discrepancies: tuple[DiscrepancyLine, ...] = ()
    restriction: RestrictionView | None = None


def masked_account(tail: str) -> str:
    """An account number as it may be shown: its last four digits."""
    return f"···· {tail}" if tail else "····"


def masked_name(name: str) -> str:
    """A name as it may be shown: its first character."""
    return f"{undirected(name)[:1]}··"

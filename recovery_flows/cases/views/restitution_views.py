"""What the restitution screen shows: frozen values, personal data masked already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.case_file import Step
from models.entities.allocation import AllocationState
from models.entities.claim import ClaimState, ObjectionKind, ObjectionState
from models.entities.recovery import RecoveryState
from models.money import Money
from models.queries.cases.views import PayoutLine
from recovery_flows.cases.views.other_ways import Doable, Way


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What one claim gets in one round, and what its bank says of it."""

    round_number: int
    bank: str
    payout: PayoutLine
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """One claim, its victim masked. `booked` is None where no bank shows the payment.

    `by_rule` is what it would get of the distribution on the page, in the order of its rules;
    empty where it has no part in it.
    """

    claim_id: str
    number: str
    victim: str
    account: str
    state: ClaimState
    paid_at: datetime
    statement_to: datetime | None
    appeal_until: datetime | None
    reported: Money
    booked: Money | None
    upheld: Money
    is_decided: bool
    paid: Money
    under_way: Money
    open: Money
    objections: int
    shares: tuple[ShareLine, ...]
    by_rule: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One distribution of one account's held money; `why_void` says what ended it.

    `fast_track` is the row of the law by which it needs no notice, `release` what may be published.
    """

    number: int
    allocation_id: str
    bank: str
    account: str
    state: AllocationState
    method: str
    pool: Money
    paid: Money
    reserves: tuple[tuple[Money, str], ...]
    notice_from: datetime | None
    notice_to: datetime | None
    payouts: int
    booked: int
    fast_track: str
    release: str
    why_void: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule over the whole distribution; `moved` is what it gives to others than that in force.

    `more` and `less` count claims.
    """

    name: str
    label: str
    given: Money
    residue: Money
    moved: Money
    more: int
    less: int


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """One objection with its clock; what was said, as it was written down."""

    objection_id: str
    kind: ObjectionKind
    claim_id: str
    number: str
    victim: str
    state: ObjectionState
    entered_by: str
    entered_at: datetime
    due_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    loss: Money | None
    text: str
    decision: str


@dataclass(frozen=True, slots=True)
class RestitutionPage:
    """All of one restitution; claims from the `offset`-th on, of `total`.

    `number` is the round whose rules are side by side, 0 where nothing is distributed yet;
    `is_as_decided`: whether the rule in force gives today what was decided.
    """

    now: datetime
    recovery_id: str
    ref: str
    version: int
    regime: str
    state: RecoveryState
    currency: str
    reported: Money
    upheld: Money
    paid: Money
    open: Money
    claims: tuple[ClaimStanding, ...]
    offset: int
    total: int
    at_row: int | None
    rounds: tuple[RoundLine, ...]
    number: int
    allocation_id: str
    is_as_decided: bool
    rules: tuple[RuleLine, ...]
    objections: tuple[ObjectionLine, ...]
    steps: tuple[Step, ...]
    receipts: int
    ways: tuple[Way, ...] = ()
    doable: tuple[Doable, ...] = ()

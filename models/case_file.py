"""The file of one recovery as rules see it: frozen rows, no session behind them.

Field names are column names; `queries.files.load_files` fills them by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Generic, TypeVar

from models.entities.allocation import AllocationRow, CourtListRow, CourtShareRow
from models.entities.approval import ApprovalRow, ApprovalState
from models.entities.asset import AssetRow
from models.entities.call import OPEN_CALLS, CallRow
from models.entities.claim import ClaimRow, CompensationRow, ObjectionRow
from models.entities.discrepancy import DiscrepancyRow
from models.entities.hold import LIVE_HOLDS, HoldRow
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import MultiAgencyRequestRow, TaskRow
from models.entities.officer import Role
from models.entities.outside.request_message import RequestMessageRow
from models.entities.outside.third_party_claim import ThirdPartyRow
from models.entities.outside.victim_message import VictimMessageRow
from models.entities.payout import ClawbackRow, PayoutRow, UnclaimedRow
from models.entities.recall import RecallCreditRow, RecallRow
from models.entities.recovery import RecoveryRow
from models.entities.request import ReceiptRow, RequestRow
from models.entities.voluntary_return import InstalmentRow, ReturnRow
from models.facts import LineKind
from models.snapshots import changed
from models.step_wording import Wording


@dataclass(frozen=True, slots=True)
class Position:
    """Traced money of one claim in one account, in the account's and in the loss's currency."""

    account_id: str
    claim_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class DissipatedPart:
    """Traced money of one claim that left the traceable world through `account_id`."""

    kind: LineKind | str
    account_id: str
    claim_id: str
    amount_minor: int
    claim_minor: int


@dataclass(frozen=True, slots=True)
class TraceView:
    """The adopted trace of a recovery: which rule, as of when, where the money is.

    `mixed` are accounts of whose money the rules by time and the rolling charge name different
    victims: no order of payments tells whose it is.
    """

    id: str
    rule: str
    as_of: datetime
    positions: tuple[Position, ...]
    gone: tuple[DissipatedPart, ...]
    mixed: frozenset[str] = frozenset()


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
class CaseFile:
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
    multi_agency_requests: tuple[MultiAgencyRequestRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    discrepancies: tuple[DiscrepancyRow, ...] = ()
    objections: tuple[ObjectionRow, ...] = ()
    voluntary_returns: tuple[ReturnRow, ...] = ()
    instalments: tuple[InstalmentRow, ...] = ()
    """The parts of promises, by number."""
    compensations: tuple[CompensationRow, ...] = ()
    unclaimed: tuple[UnclaimedRow, ...] = ()
    clawbacks: tuple[ClawbackRow, ...] = ()
    third_party_claims: tuple[ThirdPartyRow, ...] = ()
    victim_messages: tuple[VictimMessageRow, ...] = ()
    court_lists: tuple[CourtListRow, ...] = ()
    court_shares: tuple[CourtShareRow, ...] = ()
    recalls: tuple[RecallRow, ...] = ()
    recall_credits: tuple[RecallCreditRow, ...] = ()
    receipts: tuple[ReceiptRow, ...] = ()
    """Delivery receipts of requests abroad."""
    messages: tuple[RequestMessageRow, ...] = ()
    """Notices, reminders and assurances to bodies with a connection, the oldest first."""
    by_letter: frozenset[str] = frozenset()
    """Partners without an interface: what they are told is printed and sent by people."""
    feeds_read: Mapping[str, datetime] = field(default_factory=dict)
    """Up to when (case time) each partner's change feed has been read without a gap."""

    def asset(self, asset_id: str) -> AssetRow:
        """The asset of that id; LookupError if there is none."""
        for asset in self.assets:
            if asset.id == asset_id:
                return asset
        raise LookupError(f"this file has no account {asset_id}")

    def hold(self, hold_id: str) -> HoldRow:
        """The hold of that id; LookupError if there is none."""
        for hold in self.holds:
            if hold.id == hold_id:
                return hold
        raise LookupError(f"this file has no hold {hold_id}")

    def holds_of(self, asset_id: str) -> tuple[HoldRow, ...]:
        """All holds of an asset, in any state."""
        return tuple([h for h in self.holds if h.asset_id == asset_id])

    def live_holds(self, asset_id: str) -> tuple[HoldRow, ...]:
        """Holds of an asset that are in force."""
        return tuple([h for h in self.holds if h.asset_id == asset_id and h.state in LIVE_HOLDS])

    def open_calls(self, asset_id: str) -> tuple[CallRow, ...]:
        """Calls about an asset that have no answer yet."""
        return tuple(c for c in self.calls if c.asset_id == asset_id and c.state in OPEN_CALLS)

    def pending(self, subject_id: str) -> ApprovalRow | None:
        """The approval that waits for a second person, if one does."""
        return next(
            (
                a
                for a in self.approvals
                if a.subject_id == subject_id and a.state is ApprovalState.PENDING
            ),
            None,
        )

    def payouts_of(self, allocation_id: str) -> tuple[PayoutRow, ...]:
        """The payouts of an allocation."""
        return tuple(p for p in self.payouts if p.allocation_id == allocation_id)


Answer = TypeVar("Answer")


class OfLastFile(Generic[Answer]):
    """Answers about one file under one law, until another file is asked about.

    A file and the laws never change, so the same ones have the same answers; equal ones are others.
    """

    def __init__(self) -> None:
        self._last: tuple[object, object, dict[Any, Answer]] = (None, None, {})

    def answers(self, file: object, laws: object = None) -> dict[Any, Answer]:
        """What is known of a file, by what was asked; to be added to by whoever asks."""
        known, under, answers = self._last
        if known is not file or under is not laws:
            answers = {}
            self._last = (file, laws, answers)
        return answers


@dataclass(frozen=True, slots=True)
class Step:
    """What a recovery needs next: which act, whose, about what, by when, and how it is said."""

    action: str
    role: Role
    subject_id: str
    asset_id: str
    due_at: datetime | None
    wording: Wording

    @property
    def sentence(self) -> str:
        """The step in words."""
        return self.wording.phrase()


ORDERED_BY: Mapping[str, str] = {
    "claims": "paid_at",
    "assets": "depth",
    "holds": "ordered_at",
    "requests": "id",
    "allocations": "round_number",
    "court_lists": "entered_at",
    "court_shares": "line",
    "payouts": "id",
    "approvals": "asked_at",
    "multi_agency_requests": "started_at",
    "tasks": "ordered_at",
    "discrepancies": "found_at",
    "objections": "entered_at",
    "voluntary_returns": "invited_at",
    "instalments": "number",
    "compensations": "entered_at",
    "unclaimed": "announced_at",
    "clawbacks": "asked_at",
    "third_party_claims": "filed_at",
    "victim_messages": "sent_at",
    "recalls": "drafted_at",
    "recall_credits": "entered_at",
    "receipts": "at",
    "messages": "written_at",
}
"""By which of its columns each kind of row of a file is ordered, then by id; calls are not here."""


_IN_ORDER = OfLastFile[CaseFile]()
"""The queue asks the same file for its steps and for what runs out."""


def in_order(file: CaseFile) -> CaseFile:
    """The file with its rows in the order in which they are read, whatever was decided on it.

    What has no value in its column yet, such as a hold that is not ordered, comes first.
    """
    known = _IN_ORDER.answers(file)
    if "" not in known:
        known[""] = _sorted(file)
    return known[""]


def _sorted(file: CaseFile) -> CaseFile:
    sorted_: dict[str, Any] = {}
    for name, column in ORDERED_BY.items():
        rows: tuple[Any, ...] = getattr(file, name)
        if len(rows) > 1:
            sorted_[name] = tuple(sorted(rows, key=partial(_place, column)))
    return changed(file, **sorted_) if sorted_ else file


def _place(column: str, row: Any) -> tuple[bool, Any, str]:  # noqa: ANN401 - a row of any kind
    value = getattr(row, column)
    return value is not None, value, row.id

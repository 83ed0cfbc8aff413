"""What a state is called: one function for each thing, for screens and commands alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from models.entities.allocation import AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimState
from models.entities.hold import LIVE_HOLDS, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import TaskState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.entities.request import RequestState
from models.queries.cases.queue_views import QueueLine
from models.queries.cases.views import AssetLine, HoldLine, PayoutLine
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.ledger.term_names import term_word


class Worded(NamedTuple):
    """A word, and a shorter one for where there is no room."""

    word: str
    short: str


_STAGES: Mapping[Stage, Worded] = {
    Stage.FREEZING: Worded("freezing", "freeze"),
    Stage.TRACING: Worded("tracing", "trace"),
    Stage.CROSS_BORDER: Worded("cross-border", "abroad"),
    Stage.RESTITUTION: Worded("restitution", "return"),
    Stage.CLOSED: Worded("to be closed", "closing"),
}
_RECOVERIES: Mapping[RecoveryState, Worded] = {
    RecoveryState.REPORTED: Worded("reported", "report"),
    RecoveryState.OPEN: Worded("open", "open"),
    RecoveryState.JOINED: Worded("joined into another", "joined"),
    RecoveryState.REJECTED: Worded("rejected", "reject"),
    RecoveryState.CLOSED_RETURNED: Worded("closed, all returned", "closed"),
    RecoveryState.CLOSED_PARTIAL: Worded("closed, a part returned", "closed"),
    RecoveryState.CLOSED_NO_RECOVERY: Worded("closed, nothing recovered", "closed"),
}
_HOLDS: Mapping[HoldState, Worded] = {
    HoldState.DRAFT: Worded("draft", "draft"),
    HoldState.PENDING_APPROVAL: Worded("waits for approval", "approve"),
    HoldState.ORDERED: Worded("ordered, no answer yet", "ordered"),
    HoldState.STOPPED: Worded("stopped", "stopped"),
    HoldState.FROZEN: Worded("frozen", "frozen"),
    HoldState.QUEUED: Worded("queued behind another", "queued"),
    HoldState.REJECTED_BY_BANK: Worded("refused by the bank", "refused"),
    HoldState.NO_FUNDS: Worded("nothing there", "empty"),
    HoldState.LAPSED: Worded("lapsed", "lapsed"),
    HoldState.SUPERSEDED: Worded("followed by a freeze", "followed"),
    HoldState.RELEASE_PENDING: Worded("release ordered", "release"),
    HoldState.RELEASED: Worded("released", "released"),
    HoldState.DISPOSAL_PENDING: Worded("under a court's order", "court"),
    HoldState.DISPOSED: Worded("executed, nothing held any more", "executed"),
    HoldState.DENIED: Worded("denied", "denied"),
    HoldState.CANCELLED: Worded("cancelled", "cancel"),
}
_PAID, _EMPTY = Worded("paid out", "paid"), Worded("nothing held any more", "empty")
_REQUESTS: Mapping[RequestState, Worded] = {
    RequestState.DRAFT: Worded("draft", "draft"),
    RequestState.PENDING_APPROVAL: Worded("waits for approval", "approve"),
    RequestState.APPROVED: Worded("approved, to be sent", "approved"),
    RequestState.SENT: Worded("sent", "sent"),
    RequestState.ACKNOWLEDGED: Worded("acknowledged abroad", "ack"),
    RequestState.EXECUTED: Worded("executed", "done"),
    RequestState.PARTIALLY_EXECUTED: Worded("executed in part", "part"),
    RequestState.REFUSED: Worded("refused", "refused"),
    RequestState.NEEDS_INFO: Worded("more information asked", "info"),
    RequestState.DENIED: Worded("denied here", "denied"),
}
_TASKS: Mapping[TaskState, Worded] = {
    TaskState.ORDERED: Worded("sent, no answer yet", "sent"),
    TaskState.ACKNOWLEDGED: Worded("being worked on", "at work"),
    TaskState.DONE: Worded("done", "done"),
    TaskState.PRESERVED: Worded("preserved", "kept"),
    TaskState.REFUSED: Worded("refused", "refused"),
    TaskState.EXPIRED: Worded("preserved no longer", "ended"),
    TaskState.CANCEL_PENDING: Worded("being taken back", "back"),
    TaskState.CANCELLED: Worded("taken back", "back"),
}
_ALLOCATIONS: Mapping[AllocationState, Worded] = {
    AllocationState.DRAFT: Worded("draft", "draft"),
    AllocationState.NOTICE: Worded("notice runs", "notice"),
    AllocationState.NOTICE_ENDED: Worded("notice over", "noticed"),
    AllocationState.PENDING_APPROVAL: Worded("waits for approval", "approve"),
    AllocationState.APPROVED: Worded("approved, being paid", "paying"),
    AllocationState.PAID: Worded("paid", "paid"),
    AllocationState.PAID_IN_PART: Worded("paid in part", "in part"),
    AllocationState.NOT_PAID: Worded("not paid by the bank", "unpaid"),
    AllocationState.VOID: Worded("void", "void"),
}
_CLAIMS: Mapping[ClaimState, Worded] = {
    ClaimState.FILED: Worded("reported", "reported"),
    ClaimState.VERIFIED: Worded("verified", "verified"),
    ClaimState.REJECTED: Worded("rejected", "rejected"),
    ClaimState.PAID: Worded("paid", "paid"),
}
_PAYOUTS: Mapping[PayoutState, Worded] = {
    PayoutState.PREPARED: Worded("prepared", "prepared"),
    PayoutState.INSTRUCTED: Worded("on its way", "going"),
    PayoutState.SETTLED: Worded("paid", "paid"),
    PayoutState.REFUSED: Worded("refused", "refused"),
    PayoutState.RETURNED: Worded("came back", "back"),
    PayoutState.CANCELLED: Worded("cancelled", "cancelled"),
}
_SHORT_TERMS: Mapping[LedgerAccount, str] = {
    LedgerAccount.RETURNED_RECALL: "recalled",
    LedgerAccount.RETURNED_VOLUNTARY: "given",
    LedgerAccount.THIRD_PARTY: "third",
    LedgerAccount.NOT_LOCATED: "unlocated",
}


def standing(state: RecoveryState, stage: Stage) -> Worded:
    """Where a recovery stands: its stage while it is open, else how it began or ended.

    An open recovery whose accounts are all done is not closed: to close it is its next step.
    """
    return stage_word(stage) if state is RecoveryState.OPEN else recovery_word(state)


def stage_word(stage: Stage) -> Worded:
    """The stage of an open recovery."""
    return _STAGES[Stage(stage)]


def recovery_word(state: RecoveryState) -> Worded:
    """The state of a recovery."""
    return _RECOVERIES[state]


def hold_word(state: HoldState) -> Worded:
    """The state of a hold at its bank."""
    return _HOLDS[state]


def request_word(state: RequestState) -> Worded:
    """The state of a request to another country."""
    return _REQUESTS[state]


def task_word(state: TaskState) -> Worded:
    """The state of what one partner was asked."""
    return _TASKS[state]


def allocation_word(state: AllocationState) -> Worded:
    """The state of a division of held money."""
    return _ALLOCATIONS[state]


def claim_word(state: ClaimState) -> Worded:
    """The state of a victim's claim."""
    return _CLAIMS[state]


def payout_word(state: PayoutState) -> Worded:
    """The state of one victim's payment."""
    return _PAYOUTS[state]


def payout_standing(payout: PayoutLine) -> Worded:
    """How one victim's payment stands; of one settled with another sum, which that is."""
    state = PayoutState(payout.state)
    if state is not PayoutState.SETTLED or payout.settled in (None, payout.amount):
        return payout_word(state)
    return Worded(f"paid {payout.settled}", "another sum")


def hold_standing(hold: HoldLine) -> Worded:
    """How a hold stands; one in force on which nothing is held any more is not called frozen.

    Only what a bank has paid to victims is called paid out.
    """
    is_done = is_spent(hold) or hold.state is HoldState.DISPOSED
    if is_done and hold.paid_out.minor:
        return _PAID
    return _EMPTY if is_spent(hold) else hold_word(hold.state)


def is_spent(hold: HoldLine) -> bool:
    """Whether a hold stands at its bank with nothing left to hold: its end ends nothing."""
    return hold.state in (HoldState.STOPPED, HoldState.FROZEN) and not hold.held.minor


def hold_ends(hold: HoldLine | None) -> datetime | None:
    """When what is held would be let go; None where nothing is."""
    is_live = hold is not None and hold.state in LIVE_HOLDS and not is_spent(hold)
    return hold.expires_at if hold is not None and is_live else None


def telling_hold(holds: Sequence[HoldLine]) -> HoldLine | None:
    """The hold that says most about an account: one in force, else the last that was tried."""
    live = [hold for hold in holds if hold.state in LIVE_HOLDS]
    return next(reversed(live or list(holds)), None)


def asset_word(asset: AssetLine) -> Worded:
    """How an account stands: by its hold that says most, else the stage of the work on it."""
    hold = telling_hold(asset.holds)
    if hold is not None:
        return hold_standing(hold)
    done = Worded("nothing more to do", "done")
    return done if asset.stage is Stage.CLOSED else stage_word(asset.stage)


def account_word(account: LedgerAccount) -> Worded:
    """A term of the identity of a recovery's sum."""
    name = term_word(account)
    return Worded(name, _SHORT_TERMS.get(account, name))


def time_text(line: QueueLine, now: datetime) -> str:
    """The time left of a line in the queue, or the age of a report that nobody has accepted."""
    if line.state is RecoveryState.REPORTED:
        return f"{length_text(line.reported_at, now)} old"
    return "-" if line.due_at is None else time_left_text(now, line.due_at)

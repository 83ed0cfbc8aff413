"""How a state is shown: its word, sign and tone, once, for screens and commands alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

from models.entities.allocation import AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimState, ObjectionKind
from models.entities.hold import LIVE_HOLDS, HoldState
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import TaskState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.entities.request import RequestState
from models.language.phrase import as_phrase, phrase
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.ledger.term_names import term_word

if TYPE_CHECKING:
    from models.queries.cases.queue_views import QueueLine
    from models.queries.cases.views import AssetLine, HoldLine, PayoutLine


class Tone(StrEnum):
    """How much a state asks of its reader; a screen gives each a colour."""

    MUTED = "muted"
    CALM = "calm"
    GOOD = "good"
    CARE = "care"
    ALARM = "alarm"
    PLAIN = "plain"
    STRONG = "strong"
    NAMED = "named"
    SOON = "soon"
    FOUND = "found"
    ABROAD = "abroad"
    THIRD = "third"
    LOST = "lost"


class _Worded(NamedTuple):
    word: str
    short: str
    glyph: str
    tone: Tone


class Worded(_Worded):
    """How a state is shown: a word, a shorter one for where there is no room, a sign and a tone."""

    __slots__ = ()

    def __new__(cls, word: str, short: str, glyph: str, tone: Tone) -> Self:
        return super().__new__(cls, as_phrase(word), as_phrase(short), glyph, tone)


_STAGES: Mapping[Stage, Worded] = {
    Stage.FREEZING: Worded("freezing", "freeze", "■", Tone.CARE),
    Stage.TRACING: Worded("tracing", "trace", "↳", Tone.CALM),
    Stage.CROSS_BORDER: Worded("cross-border", "abroad", "⇄", Tone.ABROAD),
    Stage.RESTITUTION: Worded("restitution", "return", "←", Tone.GOOD),
    Stage.CLOSED: Worded("to be closed", "closing", "◇", Tone.CARE),
}
_RECOVERIES: Mapping[RecoveryState, Worded] = {
    RecoveryState.REPORTED: Worded("reported", "report", "○", Tone.STRONG),
    RecoveryState.OPEN: Worded("open", "open", "●", Tone.CALM),
    RecoveryState.JOINED: Worded("merged into another", "merged", "⊂", Tone.MUTED),
    RecoveryState.REJECTED: Worded("rejected", "reject", "✕", Tone.MUTED),
    RecoveryState.CLOSED_RETURNED: Worded("closed, all returned", "closed", "✓", Tone.GOOD),
    RecoveryState.CLOSED_PARTIAL: Worded("closed, a part returned", "closed", "◐", Tone.CALM),
    RecoveryState.CLOSED_NO_RECOVERY: Worded(
        "closed, nothing recovered", "closed", "–", Tone.MUTED
    ),
}
_HOLDS: Mapping[HoldState, Worded] = {
    HoldState.DRAFT: Worded("draft", "draft", "○", Tone.MUTED),
    HoldState.PENDING_APPROVAL: Worded("waits for approval", "approve", "?", Tone.CARE),
    HoldState.ORDERED: Worded("ordered, no answer yet", "ordered", "→", Tone.CARE),
    HoldState.STOPPED: Worded("stopped", "stopped", "■", Tone.CALM),
    HoldState.FROZEN: Worded("frozen", "frozen", "◆", Tone.CALM),
    HoldState.QUEUED: Worded("behind an earlier freeze", "queued", "…", Tone.CARE),
    HoldState.REJECTED_BY_BANK: Worded("refused by the bank", "refused", "✕", Tone.ALARM),
    HoldState.NO_FUNDS: Worded("nothing there", "empty", "∅", Tone.MUTED),
    HoldState.LAPSED: Worded("lapsed", "lapsed", "‼", Tone.ALARM),
    HoldState.SUPERSEDED: Worded("replaced by formal freeze", "replaced", "»", Tone.MUTED),
    HoldState.RELEASE_PENDING: Worded("release ordered", "release", "←", Tone.CARE),
    HoldState.RELEASED: Worded("released", "released", "–", Tone.MUTED),
    HoldState.DISPOSAL_PENDING: Worded("under a court's order", "court", "⇥", Tone.CARE),
    HoldState.DISPOSED: Worded("executed, nothing held any more", "executed", "✓", Tone.GOOD),
    HoldState.DENIED: Worded("denied", "denied", "✕", Tone.MUTED),
    HoldState.CANCELLED: Worded("cancelled", "cancel", "–", Tone.MUTED),
}
_PAID = Worded("paid out", "paid", "✓", Tone.GOOD)
_EMPTY = Worded("nothing held any more", "empty", "∅", Tone.MUTED)
_REQUESTS: Mapping[RequestState, Worded] = {
    RequestState.DRAFT: Worded("draft", "draft", "○", Tone.MUTED),
    RequestState.PENDING_APPROVAL: Worded("waits for approval", "approve", "?", Tone.CARE),
    RequestState.APPROVED: Worded("approved, to be sent", "approved", "→", Tone.CALM),
    RequestState.SENT: Worded("sent", "sent", "→", Tone.CALM),
    RequestState.ACKNOWLEDGED: Worded("acknowledged abroad", "ack", "●", Tone.CALM),
    RequestState.EXECUTED: Worded("executed", "done", "✓", Tone.GOOD),
    RequestState.PARTIALLY_EXECUTED: Worded("executed in part", "part", "◐", Tone.CALM),
    RequestState.REFUSED: Worded("refused", "refused", "✕", Tone.ALARM),
    RequestState.NEEDS_INFO: Worded("more information asked", "info", "!", Tone.CARE),
    RequestState.IN_EXECUTION: Worded("being executed", "at work", "…", Tone.CALM),
    RequestState.POSTPONED: Worded("postponed abroad", "waits", "‖", Tone.CARE),
    RequestState.CONDITIONAL: Worded("executed only on conditions", "terms", "!", Tone.CARE),
    RequestState.EXPIRED: Worded("freeze abroad ended", "ended", "‼", Tone.ALARM),
    RequestState.REPLACED: Worded("replaced by its next version", "old", "–", Tone.MUTED),
    RequestState.WITHDRAWN: Worded("withdrawn", "back", "–", Tone.MUTED),
    RequestState.DENIED: Worded("denied here", "denied", "✕", Tone.MUTED),
}
_TASKS: Mapping[TaskState, Worded] = {
    TaskState.ORDERED: Worded("sent, no answer yet", "sent", "→", Tone.CARE),
    TaskState.ACKNOWLEDGED: Worded("being worked on", "at work", "…", Tone.CARE),
    TaskState.DONE: Worded("done", "done", "✓", Tone.GOOD),
    TaskState.PRESERVED: Worded("preserved", "kept", "◆", Tone.CALM),
    TaskState.REFUSED: Worded("refused", "refused", "✕", Tone.ALARM),
    TaskState.EXPIRED: Worded("preservation expired", "ended", "‼", Tone.ALARM),
    TaskState.CANCEL_PENDING: Worded("withdrawal pending", "back", "←", Tone.CARE),
    TaskState.CANCELLED: Worded("withdrawn", "back", "–", Tone.MUTED),
}
_ALLOCATIONS: Mapping[AllocationState, Worded] = {
    AllocationState.DRAFT: Worded("draft", "draft", "○", Tone.MUTED),
    AllocationState.NOTICE: Worded("notice runs", "notice", "…", Tone.CARE),
    AllocationState.NOTICE_ENDED: Worded("notice over", "noticed", "●", Tone.CALM),
    AllocationState.PENDING_APPROVAL: Worded("waits for approval", "approve", "?", Tone.CARE),
    AllocationState.APPROVED: Worded("approved, being paid", "paying", "→", Tone.CALM),
    AllocationState.PAID: Worded("paid", "paid", "✓", Tone.GOOD),
    AllocationState.PAID_IN_PART: Worded("paid in part", "in part", "◑", Tone.CARE),
    AllocationState.NOT_PAID: Worded("not paid by the bank", "unpaid", "✕", Tone.ALARM),
    AllocationState.VOID: Worded("void", "void", "–", Tone.MUTED),
}
_CLAIMS: Mapping[ClaimState, Worded] = {
    ClaimState.FILED: Worded("reported", "reported", "○", Tone.CARE),
    ClaimState.VERIFIED: Worded("verified", "verified", "●", Tone.CALM),
    ClaimState.REJECTED: Worded("rejected", "rejected", "✕", Tone.ALARM),
    ClaimState.PAID: Worded("paid", "paid", "✓", Tone.GOOD),
}
OBJECTION_KINDS: Mapping[ObjectionKind, str] = {
    ObjectionKind.ROWS: phrase("the payments and sums that the claim rests on"),
    ObjectionKind.SHARE: phrase("the distribution, while its notice runs"),
    ObjectionKind.CLAIM: phrase("that the claim is founded, or not paid elsewhere"),
    ObjectionKind.APPEAL: phrase("a decision that left the claim with less"),
}
"""What an objection is against."""
_PAYOUTS: Mapping[PayoutState, Worded] = {
    PayoutState.PREPARED: Worded("prepared", "prepared", "○", Tone.MUTED),
    PayoutState.INSTRUCTED: Worded("on its way", "going", "→", Tone.CALM),
    PayoutState.SETTLED: Worded("paid", "paid", "✓", Tone.GOOD),
    PayoutState.REFUSED: Worded("refused", "refused", "✕", Tone.ALARM),
    PayoutState.RETURNED: Worded("came back", phrase("back", context_="payout"), "‼", Tone.ALARM),
    PayoutState.CANCELLED: Worded("cancelled", "cancelled", "–", Tone.MUTED),
}
_SHORT_TERMS: Mapping[LedgerAccount, str] = {
    LedgerAccount.RETURNED_RECALL: phrase("recalled"),
    LedgerAccount.RETURNED_VOLUNTARY: phrase("given"),
    LedgerAccount.RETURNED_TREASURY: phrase("refunded"),
    LedgerAccount.THIRD_PARTY: phrase("third"),
    LedgerAccount.NOT_LOCATED: phrase("unlocated"),
}
TERMS: Mapping[LedgerAccount, tuple[str, Tone]] = {
    LedgerAccount.RETURNED_HOLD: ("█", Tone.GOOD),
    LedgerAccount.RETURNED_RECALL: ("▉", Tone.GOOD),
    LedgerAccount.RETURNED_VOLUNTARY: ("▊", Tone.GOOD),
    LedgerAccount.RETURNED_TREASURY: ("▋", Tone.GOOD),
    LedgerAccount.HELD: ("▓", Tone.CALM),
    LedgerAccount.LOCATED: ("▒", Tone.CARE),
    LedgerAccount.THIRD_PARTY: ("◫", Tone.THIRD),
    LedgerAccount.TREASURY: ("▤", Tone.THIRD),
    LedgerAccount.GONE: ("╱", Tone.LOST),
    LedgerAccount.NOT_LOCATED: ("░", Tone.MUTED),
    LedgerAccount.NOT_UPHELD: ("·", Tone.MUTED),
}
"""The terms of the identity, with their signs, in the order in which they are shown."""


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
    word = phrase("paid {settled}", settled=payout.settled)
    return Worded(word, "another sum", "≠", Tone.CARE)


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
    """When the held money would be released; None where nothing is held."""
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
    done = Worded("nothing more to do", "done", "✓", Tone.MUTED)
    return done if asset.stage is Stage.CLOSED else stage_word(asset.stage)


def account_word(account: LedgerAccount) -> Worded:
    """A term of the identity of a recovery's sum."""
    name = term_word(account)
    return Worded(name, _SHORT_TERMS.get(account, name), *TERMS.get(account, ("·", Tone.MUTED)))


def time_text(line: QueueLine, now: datetime) -> str:
    """The time left of a line in the queue, or the age of a report that nobody has accepted."""
    if line.state is RecoveryState.REPORTED:
        return phrase("{length} old", length=length_text(line.reported_at, now))
    return "-" if line.due_at is None else time_left_text(now, line.due_at)

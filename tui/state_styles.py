"""A word, a sign and a colour for every state: none of the three stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from textual.content import Content

from models.entities.allocation import AllocationState
from models.entities.asset import Stage
from models.entities.claim import ClaimState
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.multi_agency import TaskState
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from models.entities.request import RequestState
from models.queries.cases.queue_views import QueueLine
from models.queries.cases.views import AssetLine, HoldLine, PayoutLine
from models.urgency import SOON, Attention, Urgency
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.state_names import Worded
from recovery_flows.law.terms import time_left_text
from recovery_flows.reports.time_to_first_order import elapsed_seconds, span_text
from tui.text import counted, word, words

MUTED, CALM, GOOD, CARE, ALARM = (
    "$foreground 62%",
    "$primary",
    "$success",
    "$warning",
    "bold $error",
)
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Sign:
    """How one state is shown; `short` stands where `word` has no room."""

    glyph: str
    word: str
    short: str
    style: str

    def text(self, *, short: bool = False) -> Content:
        """Sign and word in their colour."""
        return word(f"{self.glyph} {self.short if short else self.word}", self.style)


def _signs(worded: Callable[[K], Worded], shown: Mapping[K, tuple[str, str]]) -> dict[K, Sign]:
    """The signs of a kind of states: glyph and colour from here, the word from `wording`."""
    return {state: Sign(glyph, *worded(state), style) for state, (glyph, style) in shown.items()}


STAGES: Mapping[Stage, Sign] = _signs(
    state_names.stage_word,
    {
        Stage.FREEZING: ("■", CARE),
        Stage.TRACING: ("↳", CALM),
        Stage.CROSS_BORDER: ("⇄", "$accent"),
        Stage.RESTITUTION: ("←", GOOD),
        Stage.CLOSED: ("◇", CARE),
    },
)
RECOVERIES: Mapping[RecoveryState, Sign] = _signs(
    state_names.recovery_word,
    {
        RecoveryState.REPORTED: ("○", "bold $foreground"),
        RecoveryState.OPEN: ("●", CALM),
        RecoveryState.JOINED: ("⊂", MUTED),
        RecoveryState.REJECTED: ("✕", MUTED),
        RecoveryState.CLOSED_RETURNED: ("✓", GOOD),
        RecoveryState.CLOSED_PARTIAL: ("◐", CALM),
        RecoveryState.CLOSED_NO_RECOVERY: ("–", MUTED),
    },
)
HOLDS: Mapping[HoldState, Sign] = _signs(
    state_names.hold_word,
    {
        HoldState.DRAFT: ("○", MUTED),
        HoldState.PENDING_APPROVAL: ("?", CARE),
        HoldState.ORDERED: ("→", CARE),
        HoldState.STOPPED: ("■", CALM),
        HoldState.FROZEN: ("◆", CALM),
        HoldState.QUEUED: ("…", CARE),
        HoldState.REJECTED_BY_BANK: ("✕", ALARM),
        HoldState.NO_FUNDS: ("∅", MUTED),
        HoldState.LAPSED: ("‼", ALARM),
        HoldState.SUPERSEDED: ("»", MUTED),
        HoldState.RELEASE_PENDING: ("←", CARE),
        HoldState.RELEASED: ("–", MUTED),
        HoldState.DISPOSAL_PENDING: ("⇥", CARE),
        HoldState.DISPOSED: ("✓", GOOD),
        HoldState.DENIED: ("✕", MUTED),
        HoldState.CANCELLED: ("–", MUTED),
    },
)
REQUESTS: Mapping[RequestState, Sign] = _signs(
    state_names.request_word,
    {
        RequestState.DRAFT: ("○", MUTED),
        RequestState.PENDING_APPROVAL: ("?", CARE),
        RequestState.APPROVED: ("→", CALM),
        RequestState.SENT: ("→", CALM),
        RequestState.ACKNOWLEDGED: ("●", CALM),
        RequestState.EXECUTED: ("✓", GOOD),
        RequestState.PARTIALLY_EXECUTED: ("◐", CALM),
        RequestState.REFUSED: ("✕", ALARM),
        RequestState.NEEDS_INFO: ("!", CARE),
        RequestState.DENIED: ("✕", MUTED),
    },
)
TASKS: Mapping[TaskState, Sign] = _signs(
    state_names.task_word,
    {
        TaskState.ORDERED: ("→", CARE),
        TaskState.ACKNOWLEDGED: ("…", CARE),
        TaskState.DONE: ("✓", GOOD),
        TaskState.PRESERVED: ("◆", CALM),
        TaskState.REFUSED: ("✕", ALARM),
        TaskState.EXPIRED: ("‼", ALARM),
        TaskState.CANCEL_PENDING: ("←", CARE),
        TaskState.CANCELLED: ("–", MUTED),
    },
)
ALLOCATIONS: Mapping[AllocationState, Sign] = _signs(
    state_names.allocation_word,
    {
        AllocationState.DRAFT: ("○", MUTED),
        AllocationState.NOTICE: ("…", CARE),
        AllocationState.NOTICE_ENDED: ("●", CALM),
        AllocationState.PENDING_APPROVAL: ("?", CARE),
        AllocationState.APPROVED: ("→", CALM),
        AllocationState.PAID: ("✓", GOOD),
        AllocationState.PAID_IN_PART: ("◑", CARE),
        AllocationState.NOT_PAID: ("✕", ALARM),
        AllocationState.VOID: ("–", MUTED),
    },
)
CLAIMS: Mapping[ClaimState, Sign] = _signs(
    state_names.claim_word,
    {
        ClaimState.FILED: ("○", CARE),
        ClaimState.VERIFIED: ("●", "$foreground"),
        ClaimState.REJECTED: ("✕", ALARM),
        ClaimState.PAID: ("✓", GOOD),
    },
)
PAYOUTS: Mapping[PayoutState, Sign] = _signs(
    state_names.payout_word,
    {
        PayoutState.PREPARED: ("○", MUTED),
        PayoutState.INSTRUCTED: ("→", CALM),
        PayoutState.SETTLED: ("✓", GOOD),
        PayoutState.REFUSED: ("✕", ALARM),
        PayoutState.RETURNED: ("‼", ALARM),
        PayoutState.CANCELLED: ("–", MUTED),
    },
)
TERM_SIGNS: Mapping[LedgerAccount, Sign] = _signs(
    state_names.account_word,
    {
        LedgerAccount.RETURNED_HOLD: ("█", GOOD),
        LedgerAccount.RETURNED_RECALL: ("▉", GOOD),
        LedgerAccount.RETURNED_VOLUNTARY: ("▊", GOOD),
        LedgerAccount.HELD: ("▓", CALM),
        LedgerAccount.LOCATED: ("▒", CARE),
        LedgerAccount.THIRD_PARTY: ("◫", "$secondary"),
        LedgerAccount.GONE: ("╱", "$error"),
        LedgerAccount.NOT_LOCATED: ("░", MUTED),
        LedgerAccount.NOT_UPHELD: ("·", MUTED),
    },
)
ATTENTION: Mapping[str, Sign] = {
    Attention.DISCREPANCY: Sign("≠", "discrepancy", "differs", ALARM),
    Attention.UNOWNED: Sign("▲", "unowned", "unowned", ALARM),
    Attention.STALLED: Sign("▲", "stalled", "stalled", ALARM),
}
SHARED = Sign("∩", "also elsewhere", "elsewhere", CARE)
TURNS: Mapping[Role, Sign] = {
    Role.OFFICER: Sign("▸", "officer", "officer", CARE),
    Role.SUPERVISOR: Sign("▹", "supervisor", "superv", CALM),
    Role.ENGINE: Sign("·", "engine", "engine", MUTED),
}


def stage_sign(state: RecoveryState, stage: Stage) -> Sign:
    """The one sign that a list shows of a recovery: its stage while open, else how it ended."""
    return STAGES[Stage(stage)] if state is RecoveryState.OPEN else RECOVERIES[state]


def asset_sign(asset: AssetLine) -> Sign:
    """How an account stands: its hold that says most, else the stage of the work on it."""
    hold = state_names.telling_hold(asset.holds)
    if hold is not None:
        return hold_sign(hold)
    if asset.stage is Stage.CLOSED:
        return Sign("✓", *state_names.asset_word(asset), MUTED)
    return STAGES[asset.stage]


def hold_sign(hold: HoldLine) -> Sign:
    """The sign of one hold; one in force that holds nothing any more is not shown as frozen."""
    if not state_names.is_spent(hold):
        return HOLDS[hold.state]
    glyph, style = ("✓", GOOD) if hold.paid_out.minor else ("∅", MUTED)
    return Sign(glyph, *state_names.hold_standing(hold), style)


def payout_sign(payout: PayoutLine) -> Sign:
    """The sign of one victim's payment; one settled with another sum than ordered is not done."""
    usual, stands = PAYOUTS[PayoutState(payout.state)], state_names.payout_standing(payout)
    differs = stands.word != usual.word
    return Sign("≠", *stands, CARE) if differs else usual


NOBODYS_TURN = Sign("–", "–", "–", MUTED)
"""Of a recovery that has ended."""


def turn_sign(role: Role | str, own: frozenset[Role]) -> Sign:
    """Whose turn it is, said as `you` where the acting identity has the role."""
    sign = TURNS[Role(role)]
    if Role(role) in own:
        return Sign(sign.glyph, "you", "you", "bold $warning")
    return Sign(sign.glyph, sign.word, sign.short, MUTED if role == Role.ENGINE else sign.style)


def time_left(now: datetime, due: datetime | None, *, short: bool = False) -> Content:
    """Time left with its sign: `‼` late, `!` under six hours; `short` leaves out the word late."""
    if due is None:
        return word("  –", MUTED)
    text = time_left_text(now, due)
    if due < now:
        return word(f"‼ {text.removesuffix(' late') if short else text}", ALARM)
    if due - now < SOON:
        return word(f"! {text}", "bold $warning")
    return word(f"  {text}", "$foreground")


def queue_time(line: QueueLine, now: datetime, *, short: bool = False) -> Content:
    """Time left, or how old a report is that nobody has accepted: `! 12m old`, `○ 3d 04h old`."""
    if line.state is not RecoveryState.REPORTED:
        return time_left(now, line.due_at, short=short)
    is_golden = line.urgency is Urgency.GOLDEN
    text = state_names.time_text(line, now)
    if short and not is_golden:
        text = text.removesuffix(" old")
    return word(f"{'!' if is_golden else '○'} {text}", "bold $warning" if is_golden else ALARM)


def idle_text(attention: str, since: datetime, now: datetime, *, short: bool = False) -> Content:
    """Why a recovery is in red and for how long: `▲ stalled 1 d 07 h`, short `▲ stalled 31h`."""
    sign, seconds = ATTENTION[attention], elapsed_seconds(since, now)
    if attention == Attention.DISCREPANCY:  # it is looked into now, however old it is
        return sign.text()
    span = f"{seconds // 3600}h" if seconds >= 3600 else f"{seconds // 60}m"
    return word(f"{sign.glyph} {sign.word} {span if short else span_text(seconds)}", ALARM)


def red_words(attention: int, discrepancies: int) -> str:
    """How many recoveries stand in red: `≠ 1 discrepancy  ▲ 3 stalled`; "" for none."""
    told = [f"≠ {counted(discrepancies, 'discrepancy', 'discrepancies')}"] if discrepancies else []
    idle = attention - discrepancies
    return "  ".join([*told, *([f"▲ {idle:,} stalled"] if idle > 0 else [])])


def said(text: str, *, refused: bool) -> Content:
    """A sentence about what was done or refused."""
    sign, style = ("✕ ", ALARM) if refused else ("✓ ", GOOD)
    return words((sign, style), (text, "$foreground"))

"""A word, a sign and a colour for every state: none of the three stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual.content import Content

from models.states import (
    AllocationState,
    HoldState,
    LedgerAccount,
    RecoveryState,
    RequestState,
    Role,
    Stage,
    TaskState,
)
from recovery_flows.rules.attention import Attention
from recovery_flows.rules.clocks import time_left_text
from recovery_flows.rules.stopwatch import elapsed_seconds, span_text
from tui.text import word, words

MUTED, CALM, GOOD, CARE, ALARM = (
    "$foreground 62%",
    "$primary",
    "$success",
    "$warning",
    "bold $error",
)
SOON = timedelta(hours=6)


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


STAGES: Mapping[Stage, Sign] = {
    Stage.FREEZING: Sign("■", "freezing", "freeze", CARE),
    Stage.TRACING: Sign("↳", "tracing", "trace", CALM),
    Stage.CROSS_BORDER: Sign("⇄", "cross-border", "abroad", "$accent"),
    Stage.RESTITUTION: Sign("←", "restitution", "return", GOOD),
    Stage.CLOSED: Sign("✓", "closed", "closed", MUTED),
}
REPORTED = Sign("○", "reported", "report", "bold $foreground")
RECOVERIES: Mapping[RecoveryState, Sign] = {
    RecoveryState.REPORTED: REPORTED,
    RecoveryState.OPEN: Sign("●", "open", "open", CALM),
    RecoveryState.JOINED: Sign("⊂", "joined into another", "joined", MUTED),
    RecoveryState.REJECTED: Sign("✕", "rejected", "reject", MUTED),
    RecoveryState.CLOSED_RETURNED: Sign("✓", "closed, all returned", "closed", GOOD),
    RecoveryState.CLOSED_PARTIAL: Sign("◐", "closed, a part returned", "closed", CALM),
    RecoveryState.CLOSED_NO_RECOVERY: Sign("–", "closed, nothing recovered", "closed", MUTED),
}
HOLDS: Mapping[HoldState, Sign] = {
    HoldState.DRAFT: Sign("○", "draft", "draft", MUTED),
    HoldState.PENDING_APPROVAL: Sign("?", "waits for approval", "approve", CARE),
    HoldState.ORDERED: Sign("→", "ordered, no answer yet", "ordered", CARE),
    HoldState.STOPPED: Sign("■", "stopped", "stopped", CALM),
    HoldState.FROZEN: Sign("◆", "frozen", "frozen", CALM),
    HoldState.QUEUED: Sign("…", "queued behind another", "queued", CARE),
    HoldState.REJECTED_BY_BANK: Sign("✕", "refused by the bank", "refused", ALARM),
    HoldState.NO_FUNDS: Sign("∅", "nothing there", "empty", MUTED),
    HoldState.LAPSED: Sign("‼", "lapsed", "lapsed", ALARM),
    HoldState.SUPERSEDED: Sign("»", "followed by a freeze", "followed", MUTED),
    HoldState.RELEASE_PENDING: Sign("←", "release ordered", "release", CARE),
    HoldState.RELEASED: Sign("–", "released", "released", MUTED),
    HoldState.DISPOSAL_PENDING: Sign("⇥", "under a court's order", "court", CARE),
    HoldState.DISPOSED: Sign("✓", "paid out", "paid", GOOD),
    HoldState.DENIED: Sign("✕", "denied", "denied", MUTED),
    HoldState.CANCELLED: Sign("–", "cancelled", "cancel", MUTED),
}
REQUESTS: Mapping[RequestState, Sign] = {
    RequestState.DRAFT: Sign("○", "draft", "draft", MUTED),
    RequestState.PENDING_APPROVAL: Sign("?", "waits for approval", "approve", CARE),
    RequestState.APPROVED: Sign("→", "approved, to be sent", "approved", CALM),
    RequestState.SENT: Sign("→", "sent", "sent", CALM),
    RequestState.ACKNOWLEDGED: Sign("●", "acknowledged abroad", "ack", CALM),
    RequestState.EXECUTED: Sign("✓", "executed", "done", GOOD),
    RequestState.PARTIALLY_EXECUTED: Sign("◐", "executed in part", "part", CALM),
    RequestState.REFUSED: Sign("✕", "refused", "refused", ALARM),
    RequestState.NEEDS_INFO: Sign("!", "more information asked", "info", CARE),
    RequestState.DENIED: Sign("✕", "denied here", "denied", MUTED),
}
TASKS: Mapping[TaskState, Sign] = {
    TaskState.ORDERED: Sign("→", "sent, no answer yet", "sent", CARE),
    TaskState.ACKNOWLEDGED: Sign("…", "being worked on", "at work", CARE),
    TaskState.DONE: Sign("✓", "done", "done", GOOD),
    TaskState.PRESERVED: Sign("◆", "preserved", "kept", CALM),
    TaskState.REFUSED: Sign("✕", "refused", "refused", ALARM),
    TaskState.EXPIRED: Sign("‼", "preserved no longer", "ended", ALARM),
    TaskState.CANCEL_PENDING: Sign("←", "being taken back", "back", CARE),
    TaskState.CANCELLED: Sign("–", "taken back", "back", MUTED),
}
ALLOCATIONS: Mapping[AllocationState, Sign] = {
    AllocationState.DRAFT: Sign("○", "draft", "draft", MUTED),
    AllocationState.NOTICE: Sign("…", "notice runs", "notice", CARE),
    AllocationState.NOTICE_ENDED: Sign("●", "notice over", "noticed", CALM),
    AllocationState.PENDING_APPROVAL: Sign("?", "waits for approval", "approve", CARE),
    AllocationState.APPROVED: Sign("→", "approved, being paid", "paying", CALM),
    AllocationState.PAID: Sign("✓", "paid", "paid", GOOD),
    AllocationState.PAID_IN_PART: Sign("◑", "paid in part", "part", CARE),
    AllocationState.NOT_PAID: Sign("✕", "not paid by the bank", "unpaid", ALARM),
    AllocationState.VOID: Sign("–", "void", "void", MUTED),
}
TERM_SIGNS: Mapping[LedgerAccount, Sign] = {
    LedgerAccount.RETURNED_HOLD: Sign("█", "returned", "returned", GOOD),
    LedgerAccount.RETURNED_RECALL: Sign("▉", "returned by recall", "recalled", GOOD),
    LedgerAccount.RETURNED_VOLUNTARY: Sign("▊", "given back", "given", GOOD),
    LedgerAccount.HELD: Sign("▓", "held", "held", CALM),
    LedgerAccount.LOCATED: Sign("▒", "located", "located", CARE),
    LedgerAccount.THIRD_PARTY: Sign("◫", "kept by third party", "third", "$secondary"),
    LedgerAccount.GONE: Sign("╱", "gone", "gone", "$error"),
    LedgerAccount.NOT_LOCATED: Sign("░", "not located", "unlocated", MUTED),
    LedgerAccount.NOT_UPHELD: Sign("·", "not upheld", "not upheld", MUTED),
}
ATTENTION: Mapping[str, Sign] = {
    Attention.UNOWNED: Sign("▲", "unowned", "unowned", ALARM),
    Attention.STALLED: Sign("▲", "stalled", "stalled", ALARM),
}
SHARED = Sign("∩", "also elsewhere", "elsewhere", CARE)
TURNS: Mapping[Role, Sign] = {
    Role.OFFICER: Sign("▸", "officer", "officer", CARE),
    Role.SUPERVISOR: Sign("▹", "supervisor", "superv", CALM),
    Role.ENGINE: Sign("·", "engine", "engine", MUTED),
}


def stage_sign(state: RecoveryState, stage: Stage | str) -> Sign:
    """The one sign that a list shows of a recovery: its stage while open, else how it ended."""
    return STAGES[Stage(stage)] if state is RecoveryState.OPEN else RECOVERIES[state]


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


def idle_text(attention: str, since: datetime, now: datetime, *, short: bool = False) -> Content:
    """Why a recovery is in red and for how long: `▲ stalled 1 d 07 h`, short `▲ stalled 31h`."""
    sign, seconds = ATTENTION[attention], elapsed_seconds(since, now)
    span = f"{seconds // 3600}h" if seconds >= 3600 else f"{seconds // 60}m"
    return word(f"{sign.glyph} {sign.word} {span if short else span_text(seconds)}", ALARM)


def said(text: str, *, refused: bool) -> Content:
    """A sentence about what was done or refused."""
    sign, style = ("✕ ", ALARM) if refused else ("✓ ", GOOD)
    return words((sign, style), (text, "$foreground"))

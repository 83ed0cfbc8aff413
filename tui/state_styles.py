"""The terminal's colours, and what states, turns and deadlines look like in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from textual.content import Content

from models.entities.asset import Stage
from models.entities.claim import ClaimState
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.queries.cases.queue_views import QueueLine
from models.queries.cases.views import AssetLine, HoldLine, PayoutLine
from models.urgency import SOON, Attention, Urgency
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.state_names import Tone, Worded
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


STYLES: Mapping[Tone, str] = {
    Tone.MUTED: MUTED, Tone.CALM: CALM, Tone.GOOD: GOOD, Tone.CARE: CARE, Tone.ALARM: ALARM,
    Tone.NEW: "bold $foreground", Tone.ABROAD: "$accent", Tone.THIRD: "$secondary",
    Tone.LOST: "$error",
}  # fmt: skip


def sign_of(shown: Worded) -> Sign:
    """A state as the terminal shows it: its tone is a colour."""
    return Sign(shown.glyph, shown.word, shown.short, STYLES[shown.tone])


STAGES = {stage: sign_of(state_names.stage_word(stage)) for stage in Stage}
RECOVERIES = {state: sign_of(state_names.recovery_word(state)) for state in RecoveryState}
TERM_SIGNS = {term: sign_of(state_names.account_word(term)) for term in state_names.TERMS}
CLAIMS = {state: sign_of(state_names.claim_word(state)) for state in ClaimState}
ATTENTION: Mapping[str, Sign] = {
    Attention.DISCREPANCY: Sign("≠", "discrepancy", "differs", ALARM),
    Attention.UNOWNED: Sign("▲", "unassigned", "unassigned", ALARM),
    Attention.STALLED: Sign("▲", "stalled", "stalled", ALARM),
}
SHARED = Sign("∩", "duplicate subject", "duplicate", CARE)
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
    return sign_of(state_names.asset_word(asset))


def hold_sign(hold: HoldLine) -> Sign:
    """The sign of one hold; one in force that holds nothing any more is not shown as frozen."""
    return sign_of(state_names.hold_standing(hold))


def payout_sign(payout: PayoutLine) -> Sign:
    """The sign of one victim's payment; one settled with another sum than ordered is not done."""
    return sign_of(state_names.payout_standing(payout))


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

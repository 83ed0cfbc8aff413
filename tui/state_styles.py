"""The terminal's colours, and what states, turns and deadlines look like in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from textual.content import Content

from models.entities.claim import ClaimState
from models.language.phrase import phrase
from models.queries.cases.views import PayoutLine
from recovery_flows.cases.pages import shared_cells
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.state_names import Tone, Worded
from tui.text import word, words

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
        return word(
            phrase("{glyph} {short}", glyph=self.glyph, short=self.short if short else self.word),
            self.style,
        )


STYLES: Mapping[Tone, str] = {
    Tone.MUTED: MUTED, Tone.CALM: CALM, Tone.GOOD: GOOD, Tone.CARE: CARE, Tone.ALARM: ALARM,
    Tone.PLAIN: "$foreground", Tone.STRONG: "bold $foreground", Tone.NAMED: "bold $primary",
    Tone.SOON: "bold $warning", Tone.FOUND: "bold $accent",
    Tone.ABROAD: "$accent", Tone.THIRD: "$secondary",
    Tone.LOST: "$error",
}  # fmt: skip


def sign_of(shown: Worded) -> Sign:
    """A state as the terminal shows it: its tone is a colour."""
    return Sign(shown.glyph, shown.word, shown.short, STYLES[shown.tone])


CLAIMS = {state: sign_of(state_names.claim_word(state)) for state in ClaimState}


def payout_sign(payout: PayoutLine) -> Sign:
    """The sign of one victim's payment; one settled with another sum than ordered is not done."""
    return sign_of(state_names.payout_standing(payout))


def time_left(now: datetime, due: datetime | None) -> Content:
    """Time left with its sign: `‼` late, `!` under six hours."""
    told = shared_cells.time_left(now, due)
    return word(told.value, STYLES[told.tone])


def said(text: str, *, refused: bool) -> Content:
    """A sentence about what was done or refused."""
    sign, style = ("✕ ", ALARM) if refused else ("✓ ", GOOD)
    return words((sign, style), (text, "$foreground"))

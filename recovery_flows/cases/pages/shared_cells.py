"""What stands on more than one page: states, time left, whose turn, why in red, the law."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from models.entities.officer import Role
from models.language.phrase import Phrase, phrase
from models.letter_answer import LetterStand
from models.urgency import SOON, Attention
from recovery_flows.cases.pages.value import Cell, Line, Piece, cell, line, muted
from recovery_flows.cases.views.state_names import Tone, Worded
from recovery_flows.law.rows import Status
from recovery_flows.law.terms import overdue_text, time_left_text
from recovery_flows.reports.time_to_first_order import elapsed_seconds, rounded, span_text
from recovery_flows.wording import spoken

if TYPE_CHECKING:
    from models.deconfliction_hits import AlsoLine
    from models.money import Money
    from models.queries.cases.views import DeadlineLine
    from recovery_flows.law.regime import Regime

ATTENTION: Mapping[str, Worded] = {
    Attention.DISCREPANCY: Worded("discrepancy", "differs", "≠", Tone.ALARM),
    Attention.UNOWNED: Worded("unassigned", "unassigned", "▲", Tone.ALARM),
    Attention.STALLED: Worded("stalled", "stalled", "▲", Tone.ALARM),
}
SHARED = Worded("duplicate subject", "duplicate", "∩", Tone.CARE)
CHANGED = Worded("changed since your last look", "changed", "✱", Tone.FOUND)
_TURNS: Mapping[Role, Worded] = {
    Role.OFFICER: Worded("officer", "officer", "▸", Tone.CARE),
    Role.SUPERVISOR: Worded("supervisor", "superv", "▹", Tone.CALM),
    Role.ENGINE: Worded("engine", "engine", "·", Tone.MUTED),
}

LETTERS: Mapping[LetterStand, Worded] = {
    LetterStand.TO_PRINT: Worded("to be printed", "print", "○", Tone.CARE),
    LetterStand.TO_SEND: Worded("printed, to be sent", "send", "→", Tone.CARE),
    LetterStand.WAITS: Worded("no answer yet", "waits", "…", Tone.CALM),
    LetterStand.LOOKED_AT: Worded("waits for a second look", "2nd look", "?", Tone.CARE),
    LetterStand.RETURNED: Worded("answer returned", "again", "✕", Tone.CARE),
}


# A list of thousands has few different states and times left: each is put in words once.
@lru_cache(maxsize=1024)
def sign(shown: Worded) -> Piece:
    """A state: its sign and its word."""
    return Piece(
        phrase("{glyph} {word}", glyph=shown.glyph, word=shown.word),
        shown.tone,
        phrase("{glyph} {short}", glyph=shown.glyph, short=shown.short),
    )


@lru_cache(maxsize=4096)
def named(name: str) -> Cell:
    """Somebody or something by its id, which may be passed over."""
    return cell(muted(name))


def time_left(now: datetime, due: datetime | None) -> Piece:
    """Time left with its sign: `‼` late, `!` under six hours; short leaves out the word late."""
    if due is None:
        return muted("  –")
    text = time_left_text(now, due)
    if due < now:
        return _late(text, overdue_text(now, due))
    return _soon(text) if due - now < SOON else _later(text)


@lru_cache(maxsize=4096)
def _late(text: str, short: str) -> Piece:
    return Piece(phrase("‼ {text}", text=text), Tone.ALARM, phrase("‼ {text}", text=short))


@lru_cache(maxsize=1024)
def _soon(text: str) -> Piece:
    return Piece(phrase("! {text}", text=text), Tone.SOON)


@lru_cache(maxsize=4096)
def _later(text: str) -> Piece:
    return Piece(phrase("  {text}", text=text))


def turn(role: Role | str, own: Collection[Role] = ()) -> Worded:
    """Who acts next, told as `you` to whoever has the role."""
    told = _TURNS[Role(role)]
    return Worded("you", "you", told.glyph, Tone.SOON) if Role(role) in own else told


def idle(attention: str, since: datetime, now: datetime) -> Piece:
    """Why a recovery is in red and for how long: `▲ stalled 1 d 07 h`, short `▲ stalled 31h`."""
    if attention == Attention.DISCREPANCY:  # it is looked into now, however old it is
        return sign(ATTENTION[attention])
    return _idle(attention, rounded(elapsed_seconds(since, now)))


@lru_cache(maxsize=4096)
def _idle(attention: str, seconds: int) -> Piece:
    told, hours, minutes = ATTENTION[attention], seconds // 3600, seconds // 60
    span = phrase("{hours}h", hours=hours) if hours else phrase("{minutes}m", minutes=minutes)
    begins = phrase("{glyph} {word}", glyph=told.glyph, word=told.word)
    return Piece(
        phrase("{begins} {span}", begins=begins, span=span_text(seconds)),
        told.tone,
        phrase("{begins} {span}", begins=begins, span=span),
    )


def also_lines(also: tuple[AlsoLine, ...]) -> Iterator[Line]:
    """What other recoveries know of the same account, in the words that may be said of it."""
    for one in also:
        yield line(sign(SHARED), "  ", Piece(one.sentence, Tone.CARE))


def law(clock: DeadlineLine, laws: Mapping[str, Regime]) -> Cell:
    """The article that a deadline is counted by, and whether it was seen in a text."""
    regime = laws.get(clock.regime)
    row = regime.rows.get(clock.law_row) if regime else None
    if row is None:
        return cell(muted(f"{clock.regime} {clock.law_row}"))
    return _article(row.instrument, row.article, is_sure=row.status is Status.CONFIRMED)


@lru_cache(maxsize=1024)
def _article(instrument: str, article: str, *, is_sure: bool) -> Cell:
    mark = (
        Piece(phrase("✓ confirmed"), Tone.GOOD)
        if is_sure
        else Piece(phrase("? unverified"), Tone.CARE)
    )
    return cell(mark, muted(f"  {instrument}{'' if article == 'none' else f', {article}'}"))


def method_name(method: str) -> Phrase:
    """How an allocation divides, in words; a rule of tracing may have the same name in English."""
    return Phrase(spoken(method), {}, "division")


def bare(money: Money) -> str:
    """A sum without its currency, which stands beside it."""
    return str(money).removeprefix(f"{money.currency} ")

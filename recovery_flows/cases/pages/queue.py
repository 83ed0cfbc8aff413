"""The queue: a row each, the most urgent first, and how many recoveries there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.language.phrase import joined, one_of, phrase, without
from models.step_wording import LOOK_INTO
from models.urgency import Attention, Urgency
from recovery_flows.cases.pages.shared_cells import (
    ATTENTION,
    CHANGED,
    SHARED,
    idle,
    sign,
    time_left,
    turn,
)
from recovery_flows.cases.pages.value import NONE, Cell, Column, Piece, cell, muted, strong
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.queue_terms import read_filter
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.wording import counted

if TYPE_CHECKING:
    from models.entities.officer import Role
    from models.queries.cases.queue_views import QueueLine, QueuePage

COLUMNS: Mapping[str, Column] = {
    "due": Column("  time left"),
    "ref": Column("recovery"),
    "stage": Column("stage"),
    "loss": Column("loss", right=True),
    "victims": Column("victims", right=True, short="vic"),
    "turn": Column("action by"),
    "next": Column("next step"),
    "owner": Column("officer"),
}


_UNASSIGNED = phrase("unassigned")


def row(entry: QueueLine, now: datetime, own: Collection[Role] = ()) -> dict[str, Cell]:
    """One recovery by `COLUMNS`; `own` are the roles of who looks."""
    has_ended = entry.state in CLOSED_RECOVERIES
    return {
        "due": cell(_time(entry, now)),
        "ref": cell(Piece(entry.ref, Tone.NAMED)),
        "stage": cell(sign(state_names.standing(entry.state, entry.stage))),
        "loss": cell(entry.loss),
        "victims": cell(entry.victims),
        "turn": NONE if has_ended else cell(sign(turn(entry.role, own))),
        "next": _next(entry, now),
        "owner": cell(muted(entry.owner or _UNASSIGNED)),
    }


def _time(entry: QueueLine, now: datetime) -> Piece:
    """Time left, or how old a report is that nobody has accepted: `! 12m old`, `○ 3d 04h old`."""
    if entry.state is not RecoveryState.REPORTED:
        return time_left(now, entry.due_at)
    text = state_names.time_text(entry, now)
    if entry.urgency is Urgency.GOLDEN:
        return Piece(phrase("! {text}", text=text), Tone.SOON)
    return Piece(
        phrase("○ {text}", text=text),
        Tone.ALARM,
        phrase("○ {text}", text=length_text(entry.reported_at, now)),
    )


def _next(entry: QueueLine, now: datetime) -> Cell:
    """The next step, after what is wrong with the file."""
    if entry.urgency is Urgency.DISCREPANCY:
        told = without(entry.sentence, LOOK_INTO)
        mark = f"{CHANGED.glyph} " if entry.changed else ""
        return cell(
            Piece(
                phrase(
                    "{mark}{glyph} {told}",
                    mark=mark,
                    glyph=ATTENTION[Attention.DISCREPANCY].glyph,
                    told=told,
                ),
                Tone.ALARM,
            )
        )
    marks: list[Piece | str] = []
    if entry.changed:
        marks += [Piece(CHANGED.glyph, CHANGED.tone), " "]
    if entry.idle_since is not None:
        marks += [idle(entry.attention, entry.idle_since, now), " "]
    if entry.shared:
        marks += [Piece(SHARED.glyph, SHARED.tone), " "]
    untold = entry.victim_due_at
    if untold is None:
        return cell(*marks, entry.sentence)
    left = time_left_text(now, untold)
    if untold <= now:
        return cell(*marks, _late_message(left), entry.sentence)
    return cell(*marks, entry.sentence, _next_message(left))


@lru_cache(maxsize=4096)
def _late_message(left: str) -> Piece:
    return Piece(phrase("✉ {left}: ", left=left), Tone.ALARM)


@lru_cache(maxsize=4096)
def _next_message(left: str) -> Piece:
    return muted(phrase("  ✉ {left}", left=left))


def counts(page: QueuePage, *, filter_text: str = "", with_closed: bool = False) -> Cell:
    """How many recoveries are open, in red, new, late, near their end; what a filter leaves.

    What of the filter cannot be meant stands first.
    """
    pieces = [
        strong(counted(page.open_count, "open recovery", "open recoveries")),
        muted(phrase("  {closed_count:,} closed", closed_count=page.closed_count)),
    ]
    red = red_words(page.attention_count, page.discrepancy_count)
    told: list[tuple[object, str, Tone]] = [
        (with_closed, phrase("  listed too"), Tone.FOUND),
        (red and not filter_text, phrase("  {red}", red=red), Tone.ALARM),
        (
            page.fresh_count,
            phrase("  ! {fresh_count:,} new within the hour", fresh_count=page.fresh_count),
            Tone.SOON,
        ),
        (
            page.late_count,
            phrase("  ‼ {late_count:,} late", late_count=page.late_count),
            Tone.ALARM,
        ),
        (
            page.soon_count,
            phrase("  ! {soon_count:,} end within 6 h", soon_count=page.soon_count),
            Tone.SOON,
        ),
    ]
    wrong = read_filter(filter_text, page.now).wrong
    if wrong:
        return cell(Piece(phrase("✕ {wrong}", wrong=joined("; ", wrong)), Tone.ALARM))
    if filter_text:
        of = page.open_count + (page.closed_count if with_closed else 0)
        told += [
            (True, phrase("  filter: {found:,} of {of:,}", found=page.found, of=of), Tone.FOUND),
            (red, _always_shown(red, page.attention_count), Tone.ALARM),
        ]
    changed = phrase(
        "  {glyph} {changed_count:,} changed", glyph=CHANGED.glyph, changed_count=page.changed_count
    )
    told.append((page.changed_count, changed, CHANGED.tone))
    return cell(*pieces, *(Piece(text, tone) for is_told, text, tone in told if is_told))


def red_words(attention: int, discrepancies: int) -> str:
    """How many recoveries stand in red: `≠ 1 discrepancy  ▲ 3 stalled`; "" for none."""
    told: list[str] = []
    if discrepancies:
        found = counted(discrepancies, "discrepancy", "discrepancies")
        told.append(phrase("≠ {found}", found=found))
    if (stalled := attention - discrepancies) > 0:
        told.append(phrase("▲ {stalled:,} stalled", stalled=stalled))
    return joined("  ", told)


def _always_shown(red: str, count: int) -> str:
    return one_of(count, "  {red} is always shown", "  {red} are always shown", red=red)

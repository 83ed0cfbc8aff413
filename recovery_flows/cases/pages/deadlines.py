"""All deadlines: a row each, and how many there are, are late, end soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.language.phrase import phrase
from models.queries.cases.deadline_views import DeadlineEntry
from models.urgency import SOON
from recovery_flows.cases.pages.recovery import note_piece
from recovery_flows.cases.pages.shared_cells import law, named, time_left
from recovery_flows.cases.pages.value import NONE, Cell, Column, Piece, cell, strong
from recovery_flows.cases.views.state_names import Tone
from recovery_flows.law.regime import Regime
from recovery_flows.wording import counted

COLUMNS: Mapping[str, Column] = {
    "due": Column("  time left"),
    "ref": Column("recovery"),
    "what": Column("deadline"),
    "bank": Column("bank"),
    "amount": Column("sum", right=True),
    "owner": Column("officer"),
    "note": Column("under way"),
    "law": Column("law"),
}
EMPTY = phrase("No deadline runs.")
_UNASSIGNED = cell(Piece(phrase("unassigned"), Tone.ALARM))


def row(entry: DeadlineEntry, now: datetime, laws: Mapping[str, Regime]) -> dict[str, Cell]:
    """One running deadline by `COLUMNS`."""
    clock = entry.clock
    note = note_piece(clock.note, is_escalated=clock.escalated)
    return {
        "due": cell(time_left(now, clock.due_at)),
        "ref": cell(Piece(entry.ref, Tone.NAMED)),
        "what": cell(clock.what),
        "bank": named(entry.bank) if entry.bank else NONE,
        "amount": cell(entry.amount) if entry.amount else NONE,
        "owner": named(entry.owner) if entry.owner else _UNASSIGNED,
        "note": cell(note) if clock.note else NONE,
        "law": law(clock, laws),
    }


@dataclass(slots=True)
class Counts:
    """How many deadlines run at `now`; of a list of any length they are counted as it passes."""

    now: datetime
    running: int = 0
    late: int = 0
    soon: int = 0
    escalated: int = 0

    def counting(self, entries: Iterable[DeadlineEntry]) -> Iterator[DeadlineEntry]:
        """The same entries, counted."""
        for entry in entries:
            due_at = entry.clock.due_at
            self.running += 1
            self.late += due_at < self.now
            self.soon += self.now <= due_at < self.now + SOON
            self.escalated += entry.clock.escalated
            yield entry

    def told(self) -> Cell:
        """The counts in a line; what is none is left out."""
        return cell(
            strong(counted(self.running, "running deadline")),
            *_if(self.late, phrase("  ‼ {late:,} late", late=self.late), Tone.ALARM),
            *_if(self.soon, phrase("  ! {soon:,} end within 6 h", soon=self.soon), Tone.SOON),
            *_if(
                self.escalated,
                phrase("  ▲ {escalated:,} escalated to supervisor", escalated=self.escalated),
                Tone.ALARM,
            ),
        )


def _if(number: int, text: str, tone: Tone) -> tuple[Piece, ...]:
    return (Piece(text, tone),) if number else ()

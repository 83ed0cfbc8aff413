"""Deadlines as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from textual.content import Content
from textual.reactive import reactive

from models.queries.cases.deadline_views import DeadlineEntry
from tui.state_styles import ALARM, MUTED, time_left
from tui.text import word, words
from tui.widgets.table import LineTable, TableColumn

_NARROW = (
    TableColumn("due", "  time left", 11),
    TableColumn("ref", "recovery", 11),
    TableColumn("what", "clock", 20),
    TableColumn("amount", "sum", 16, right=True),
    TableColumn("note", "under way"),
)
_WIDE = (
    TableColumn("due", "  time left", 15),
    TableColumn("ref", "recovery", 11),
    TableColumn("what", "clock", 22),
    TableColumn("bank", "bank", 17),
    TableColumn("amount", "sum", 16, right=True),
    TableColumn("owner", "file of", 7),
    TableColumn("note", "under way"),
)


class DeadlineTable(LineTable[DeadlineEntry]):
    """Running clocks; `now` is what they are counted from."""

    now: reactive[datetime | None] = reactive(None)

    def columns(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.size.width >= 100 else _NARROW

    def line_id(self, line: DeadlineEntry) -> str:
        """The id of what the clock is about, with the clock's own name."""
        return line.line_id

    def sort_value(self, line: DeadlineEntry, key: str) -> Any:  # noqa: ANN401
        """What the column sorts by."""
        amount = line.amount
        values: dict[str, object] = {
            "due": line.clock.due_at,
            "ref": line.ref,
            "what": line.clock.what,
            "bank": line.bank,
            "amount": (amount.currency, amount.minor) if amount else ("", 0),
            "owner": line.owner,
            "note": line.clock.note,
        }
        return values[key]

    def cells(self, line: DeadlineEntry) -> Sequence[Content]:
        """The line as text."""
        is_wide = self.size.width >= 100
        clock = line.clock
        left = word("")
        if self.now is not None:
            left = time_left(self.now, clock.due_at, short=not is_wide)
        note = word(clock.note, "$foreground")
        if clock.escalated:
            note = words(("▲ ", ALARM), note)
        cells = [left, word(line.ref, "bold $primary"), word(clock.what, "$foreground")]
        if is_wide:
            cells.append(word(line.bank or "–", MUTED))
        cells.append(word(line.amount or "–", "$foreground"))
        if is_wide:
            cells.append(word(line.owner or "nobody", MUTED if line.owner else ALARM))
        return [*cells, note]


def haystack(line: DeadlineEntry) -> str:
    """Everything of a line that the filter looks in, in lower case."""
    clock = line.clock
    parts = (line.ref, clock.what, line.bank, line.amount or "", line.owner, clock.note,
             clock.law_row, clock.regime, "escalated" if clock.escalated else "")  # fmt: skip
    return " ".join(str(part) for part in parts).lower()

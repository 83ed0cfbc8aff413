"""Deadlines as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from textual.content import Content
from textual.reactive import reactive

from models.language.phrase import phrase
from models.queries.cases.deadline_views import DeadlineEntry
from recovery_flows.cases.pages.deadlines import COLUMNS, row
from recovery_flows.law.regime import Regime
from tui.panels.page import cell_content
from tui.widgets.columns import TableColumn, laid_out
from tui.widgets.table import LineTable

_NARROW = {"due": 11, "ref": 11, "what": 8, "amount": 16, "note": 0}
_WIDE = {"due": 15, "ref": 11, "what": 8, "bank": 4, "amount": 16, "owner": 8, "note": 0}
_OTHERS = laid_out(COLUMNS, {"bank": 10, "owner": 10, "law": 16}, unsorted=("law",))
_NOTE_CELLS = 20
"""The least width of the last column."""


class DeadlineTable(LineTable[DeadlineEntry]):
    """Running deadlines; `now` is the case time, `laws` give their articles."""

    now: reactive[datetime | None] = reactive(None)
    laws: Mapping[str, Regime] = {}

    def watch_lines(self) -> None:
        """Measure what stands in the columns, those first that tell nothing when they are cut."""
        told = [(x.ref, x.bank, x.clock.what, x.owner or phrase("unassigned")) for x in self.lines]
        longest = (max(map(len, texts)) for texts in zip(*told, strict=True))
        self._longest = dict(zip(("ref", "bank", "what", "owner"), longest, strict=False))
        super().watch_lines()

    def offered(self) -> Sequence[TableColumn]:
        """The columns that fit, as wide as what stands in them; the note takes what is left."""
        widths = {**(_WIDE if self.is_wide else _NARROW)}
        for key, wanted in self._longest.items():
            spare = self.size.width - sum(widths.values()) - len(widths) - _NOTE_CELLS
            if key in widths:
                widths[key] += max(0, min(wanted - widths[key], spare))
        return laid_out(COLUMNS, widths)

    def others(self) -> Sequence[TableColumn]:
        """Bank and officer where they have no room at first, and the law."""
        shown = {column.key for column in self.offered()}
        return [column for column in _OTHERS if column.key not in shown]

    @property
    def is_wide(self) -> bool:
        """Whether there is room for bank and officer."""
        return self.size.width >= 100

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
        if self.now is None:
            return [Content("") for _ in self.columns()]
        told, short = row(line, self.now, self.laws), not self.is_wide
        return [cell_content(told[c.key], "UTC", short=short) for c in self.columns()]


def haystack(line: DeadlineEntry) -> str:
    """The text of a line in which the filter searches, in lower case."""
    clock = line.clock
    parts = (line.ref, clock.what, line.bank, line.amount or "", line.owner, clock.note,
             clock.law_row, clock.regime, "escalated" if clock.escalated else "")  # fmt: skip
    return " ".join(str(part) for part in parts).lower()

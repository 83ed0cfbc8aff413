"""The audit trail as a table; how many lines it has is not known before they are read."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from models.queries.looks.trail import TrailLine
from recovery_flows.cases.trail.written import COLUMNS, row
from tui.panels.page import cell_content
from tui.widgets.columns import TableColumn, laid_out
from tui.widgets.paged_table import PagedTable

_UNSORTED = ("actor", "role", "ref", "what", "seq")
_NARROW = laid_out(COLUMNS, {"at": 12, "actor": 9, "ref": 11, "what": 0}, unsorted=_UNSORTED)
_WIDE = laid_out(
    COLUMNS, {"at": 16, "actor": 12, "role": 10, "ref": 11, "what": 0}, unsorted=_UNSORTED
)
_OTHERS = laid_out(COLUMNS, {"role": 10, "seq": 8}, unsorted=_UNSORTED)


class TrailTable(PagedTable[TrailLine]):
    """Events; sorted by their instant only, from either end."""

    zone = "UTC"

    def offered(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.size.width >= 100 else _NARROW

    def others(self) -> Sequence[TableColumn]:
        """The role where it has no room at first, and the number of the event."""
        shown = {column.key for column in self.offered()}
        return [column for column in _OTHERS if column.key not in shown]

    def line_id(self, line: TrailLine) -> str:
        """The number of the event."""
        return str(line.seq)

    def reference(self, line: TrailLine) -> str:
        """The reference of the recovery."""
        return line.ref

    def cells(self, line: TrailLine) -> Sequence[Content]:
        """The line as text."""
        told, short = row(line), self.size.width < 100
        shown = {key: cell_content(told[key], self.zone, short=short) for key in told}
        return [shown[column.key] for column in self.columns()]

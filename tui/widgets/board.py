"""The board of requests across borders as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive

from models.queries.abroad.board import BoardLine
from recovery_flows.cases.pages.request_board import COLUMNS, row
from tui.panels.page import cell_content
from tui.widgets.columns import TableColumn, laid_out
from tui.widgets.paged_table import PagedTable

_NARROW = laid_out(
    COLUMNS,
    {"due": 11, "country": 4, "ref": 11, "channel": 9, "state": 11, "amount": 14, "authority": 0},
)
_WIDE = laid_out(
    COLUMNS,
    {"due": 15, "country": 7, "ref": 11, "channel": 12, "turn": 15, "state": 18, "amount": 16,
     "authority": 0},
    unsorted=("turn",),
)  # fmt: skip
_OTHERS = laid_out(COLUMNS, {"turn": 15, "officer": 10}, unsorted=("turn", "officer"))


class BoardTable(PagedTable[BoardLine]):
    """Requests; `now` and who acts decide how a line is told."""

    now: reactive[datetime | None] = reactive(None)
    own_id: reactive[str] = reactive("")

    @property
    def is_wide(self) -> bool:
        """Whether there is room for whose turn it is."""
        return self.size.width >= 110

    def offered(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.is_wide else _NARROW

    def others(self) -> Sequence[TableColumn]:
        """Whose turn it is where that has no room at first, and the officer."""
        shown = {column.key for column in self.offered()}
        return [column for column in _OTHERS if column.key not in shown]

    def line_id(self, line: BoardLine) -> str:
        """The id of the request."""
        return line.line_id

    def reference(self, line: BoardLine) -> str:
        """The reference of the recovery."""
        return line.ref

    def cells(self, line: BoardLine) -> Sequence[Content]:
        """The line as text; where no column says whose turn it is, its sign leads the state."""
        if self.now is None:
            return [Content("") for _ in self.columns()]
        told, short = row(line, self.now, self.own_id), not self.is_wide
        shown = {key: cell_content(cell, "UTC", short=short) for key, cell in told.items()}
        if not self.shows("turn"):
            shown["state"] = Content(" ").join([shown["turn"][:1], shown["state"]])
        return [shown[column.key] for column in self.columns()]

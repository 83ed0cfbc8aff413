"""The queue as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from models.entities.officer import Role
from models.queries.cases.queue_views import QueueLine
from recovery_flows.cases.pages.queue import COLUMNS, row
from tui.key_map import named
from tui.panels.page import cell_content
from tui.widgets.columns import TableColumn, laid_out
from tui.widgets.paged_table import PagedTable

_NARROW = laid_out(COLUMNS, {"due": 11, "ref": 11, "stage": 9, "loss": 16, "victims": 3, "next": 0})
_WIDE = laid_out(
    COLUMNS,
    {"due": 15, "ref": 11, "stage": 14, "loss": 17, "victims": 7, "turn": 12, "next": 0},
)
_OTHERS = laid_out(COLUMNS, {"turn": 12, "owner": 10}, unsorted=("owner",))


class QueueTable(PagedTable[QueueLine]):
    """Open recoveries; `now` and the roles of the acting identity decide how a line is told."""

    BINDINGS: ClassVar[list[BindingType]] = named([
        Binding("space", "mark", "Mark", show=False, tooltip="Mark this line, or no more"),
    ])  # fmt: skip
    now: reactive[datetime | None] = reactive(None)
    own_roles: reactive[frozenset[Role]] = reactive(frozenset())

    @property
    def is_wide(self) -> bool:
        """Whether there is room for whose turn it is."""
        return self.size.width >= 100

    def offered(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.is_wide else _NARROW

    def others(self) -> Sequence[TableColumn]:
        """Whose turn it is where that has no room at first, and the officer."""
        shown = {column.key for column in self.offered()}
        return [column for column in _OTHERS if column.key not in shown]

    def line_id(self, line: QueueLine) -> str:
        """The id of the recovery."""
        return line.recovery_id

    def reference(self, line: QueueLine) -> str:
        """The reference of the recovery."""
        return line.ref

    def cells(self, line: QueueLine) -> Sequence[Content]:
        """The line as text; where no column says whose turn it is, its sign leads the step."""
        if self.now is None:
            return [Content("") for _ in self.columns()]
        told, short = row(line, self.now, self.own_roles), not self.is_wide
        shown = {key: cell_content(cell, "UTC", short=short) for key, cell in told.items()}
        columns = self.columns()
        room = next((column.width for column in columns if column.key == "stage"), 0)
        if room and shown["stage"].cell_length > room:
            shown["stage"] = cell_content(told["stage"], "UTC", short=True)
        if not self.shows("turn"):
            shown["next"] = Content(" ").join([shown["turn"][:1], shown["next"]])
        return [shown[column.key] for column in columns]

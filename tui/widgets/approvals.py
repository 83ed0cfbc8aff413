"""Pending approvals as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from models.queries.cases.views import ApprovalLine
from recovery_flows.cases.pages.approvals import COLUMNS, row
from tui.key_map import named
from tui.panels.page import cell_content
from tui.widgets.columns import TableColumn, laid_out
from tui.widgets.paged_table import PagedTable

_COLUMNS = laid_out(
    COLUMNS, {"due": 11, "ref": 11, "act": 21, "amount": 16, "by": 0}, unsorted=("amount",)
)


class WaitingTable(PagedTable[ApprovalLine]):
    """Pending approvals by due instant."""

    BINDINGS: ClassVar[list[BindingType]] = named([
        Binding("space", "mark", "Mark", show=False, tooltip="Mark this line, or no more"),
    ])  # fmt: skip
    now: reactive[datetime | None] = reactive(None)
    own_id: reactive[str] = reactive("")

    def offered(self) -> Sequence[TableColumn]:
        """Due, recovery, act, amount, who asked."""
        return _COLUMNS

    def line_id(self, line: ApprovalLine) -> str:
        """The id of the approval."""
        return line.approval_id

    def reference(self, line: ApprovalLine) -> str:
        """The reference of the recovery."""
        return line.ref

    def cells(self, line: ApprovalLine) -> Sequence[Content]:
        """The line as text."""
        if self.now is None:
            return [Content("") for _ in self.columns()]
        told = row(line, self.now, self.own_id)
        return [cell_content(told[column.key], "UTC", short=True) for column in self.columns()]

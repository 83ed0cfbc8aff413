"""Pending approvals as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive

from models.queries.cases.views import ApprovalLine
from recovery_flows.approvals.kinds import ApprovalKind, kind_word
from tui.state_styles import MUTED, time_left
from tui.text import word
from tui.widgets.paged_table import PagedTable
from tui.widgets.table import TableColumn

_COLUMNS = (
    TableColumn("due", "  time left", 11),
    TableColumn("ref", "recovery", 11),
    TableColumn("act", "to decide", 21),
    TableColumn("amount", "amount", 16, right=True, sorts=False),
    TableColumn("by", "asked by"),
)
_SENT_ALREADY = (ApprovalKind.ORDER_STOP, ApprovalKind.MULTI_AGENCY_REQUEST)


def act_words(line: ApprovalLine) -> str:
    """What is to be decided, in words."""
    told = kind_word(line.act)
    return f"confirm {told}" if line.act in _SENT_ALREADY else told


class WaitingTable(PagedTable[ApprovalLine]):
    """Pending approvals by due instant."""

    now: reactive[datetime | None] = reactive(None)
    own_id: reactive[str] = reactive("")

    def columns(self) -> Sequence[TableColumn]:
        """Due, recovery, act, amount, who asked."""
        return _COLUMNS

    def line_id(self, line: ApprovalLine) -> str:
        """The id of the approval."""
        return line.approval_id

    def cells(self, line: ApprovalLine) -> Sequence[Content]:
        """The line as text."""
        left = word("") if self.now is None else time_left(self.now, line.due_at, short=True)
        own = line.asked_by == self.own_id
        by = word("you", MUTED) if own else word(line.asked_by)
        return (
            left,
            word(line.ref, "bold $primary"),
            word(act_words(line), "$foreground"),
            word(line.headline),
            by,
        )

"""The queue as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content
from textual.reactive import reactive

from models.entities.officer import Role
from models.entities.recovery import CLOSED_RECOVERIES
from models.queries.cases.queue_views import QueueLine
from models.step_wording import LOOK_INTO
from models.urgency import Attention, Urgency
from tui.state_styles import (
    ALARM,
    ATTENTION,
    NOBODYS_TURN,
    SHARED,
    idle_text,
    queue_time,
    stage_sign,
    turn_sign,
)
from tui.text import word, words
from tui.widgets.paged_table import PagedTable
from tui.widgets.table import TableColumn

_NARROW = (
    TableColumn("due", "  time left", 11),
    TableColumn("ref", "recovery", 11),
    TableColumn("stage", "stage", 9),
    TableColumn("loss", "loss", 16, right=True),
    TableColumn("victims", "vic", 3, right=True),
    TableColumn("next", "next step"),
)
_WIDE = (
    TableColumn("due", "  time left", 15),
    TableColumn("ref", "recovery", 11),
    TableColumn("stage", "stage", 14),
    TableColumn("loss", "loss", 17, right=True),
    TableColumn("victims", "victims", 7, right=True),
    TableColumn("turn", "turn", 11),
    TableColumn("next", "next step"),
)


class QueueTable(PagedTable[QueueLine]):
    """Open recoveries; `now` and the roles of the acting identity decide how a line is told."""

    now: reactive[datetime | None] = reactive(None)
    own_roles: reactive[frozenset[Role]] = reactive(frozenset())

    def columns(self) -> Sequence[TableColumn]:
        """The columns that fit."""
        return _WIDE if self.size.width >= 100 else _NARROW

    def line_id(self, line: QueueLine) -> str:
        """The id of the recovery."""
        return line.recovery_id

    def _next(self, line: QueueLine, *, short: bool) -> Content:
        """The next step, after what is wrong with the file."""
        if line.urgency is Urgency.DISCREPANCY:
            sign, told = ATTENTION[Attention.DISCREPANCY], line.sentence.removeprefix(LOOK_INTO)
            return word(f"{sign.glyph} {told}", ALARM)
        marks: list[Content | str] = []
        if line.idle_since is not None and self.now is not None:
            marks += [idle_text(line.attention, line.idle_since, self.now, short=short), " "]
        if line.shared:
            marks += [word(SHARED.glyph, SHARED.style), " "]
        return words(*marks, (line.sentence, "$foreground"))

    def cells(self, line: QueueLine) -> Sequence[Content]:
        """The line as text."""
        is_wide = self.size.width >= 100
        now = self.now
        left = word("") if now is None else queue_time(line, now, short=not is_wide)
        has_ended = line.state in CLOSED_RECOVERIES
        turn = NOBODYS_TURN if has_ended else turn_sign(line.role, self.own_roles)
        cells = [
            left,
            word(line.ref, "bold $primary"),
            stage_sign(line.state, line.stage).text(short=not is_wide),
            word(line.loss, "$foreground"),
            word(line.victims),
        ]
        if is_wide:
            return [*cells, turn.text(), self._next(line, short=False)]
        sign = word(turn.glyph, turn.style)
        return [*cells, Content(" ").join([sign, self._next(line, short=True)])]

"""The clock wall: everything that runs out, the nearest end first, under which article."""

from __future__ import annotations

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from models.queries.cases.deadline_views import DeadlineEntry, DeadlinesView
from models.urgency import SOON
from tui.panels.case import law_words
from tui.screen_queries import Source
from tui.screens.live import LiveScreen
from tui.state_styles import ALARM, MUTED
from tui.text import counted, cut, word, words, zoned_time
from tui.widgets.block import Block
from tui.widgets.deadline_table import DeadlineTable, haystack

EMPTY = "No deadline runs.\n\nHolds, confirmations and notices stand here as soon as there are any."
NO_MATCH = "Nothing matches the filter. Esc clears it."


class DeadlinesScreen(LiveScreen):
    """All running deadlines with a filter; the line under the cursor tells its law."""

    AUTO_FOCUS = "DeadlineTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_step", "Next step", tooltip="Do the next step of the recovery"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Filter as you type"),
        Binding("escape", "back", "Back", tooltip="Clear the filter, then back to the queue"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._deadlines: DeadlinesView | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield DeadlineTable("deadlines")
        yield Static("reading the deadlines …", id="notice", markup=False)
        yield Input(placeholder="filter: reference, clock, bank, officer, law", id="filter")
        yield Block(self._law_line, node_id="clock-law")

    def read(self, source: Source) -> DeadlinesView:
        """The wall."""
        return source.deadlines()

    def show_view(self, view: object) -> None:
        """Show the lines that pass the filter."""
        self._deadlines = cast("DeadlinesView", view)
        self._show_lines()

    def _show_lines(self) -> None:
        deadlines = self._deadlines
        if deadlines is None:
            return
        asked = self.query_one("#filter", Input).value.lower().split()
        lines = tuple(x for x in deadlines.lines if all(a in haystack(x) for a in asked))
        table, notice = self.query_one(DeadlineTable), self.query_one("#notice", Static)
        table.now = deadlines.now
        table.lines = lines
        table.display = bool(lines)
        notice.display = not lines
        notice.update(NO_MATCH if deadlines.lines else EMPTY)
        self.query_one("#counts", Static).update(_counts(deadlines, len(lines), bool(asked)))

    def _law_line(self, line: DeadlineEntry, width: int) -> list[Content]:
        zone = self.acting_app.time_zone
        law = law_words(line.clock, self.acting_app.source.laws)
        at = (zoned_time(line.clock.due_at, zone), "$foreground")
        return [cut(words(" ", at, "  ", law), width)]

    @property
    def chosen_id(self) -> str:
        """The recovery under the cursor."""
        line = self.query_one(DeadlineTable).cursor_line
        return line.recovery_id if line else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps are out of reach while the screen is read-only."""
        del parameters
        return None if action == "next_step" and self.acting_app.read_only else True

    def action_next_step(self) -> None:
        if self.chosen_id:
            self.acting_app.next_step(self.chosen_id)

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.display = True
        box.focus()

    def action_back(self) -> None:
        box = self.query_one("#filter", Input)
        if not box.display:
            self.acting_app.action_go("now")
            return
        box.value = ""
        box.display = False
        self.query_one(DeadlineTable).focus()

    def on_input_changed(self) -> None:
        self._show_lines()

    def on_input_submitted(self) -> None:
        self.query_one(DeadlineTable).focus()

    def on_line_table_opened(self) -> None:
        self.acting_app.open_recovery(self.chosen_id)

    def on_line_table_highlighted(self) -> None:
        self.query_one("#clock-law", Block).value = self.query_one(DeadlineTable).cursor_line


def _counts(deadlines: DeadlinesView, shown: int, is_filtered: bool) -> Content:  # noqa: FBT001
    late = sum(1 for x in deadlines.lines if x.clock.due_at < deadlines.now)
    soon = sum(1 for x in deadlines.lines if deadlines.now <= x.clock.due_at < deadlines.now + SOON)
    escalated = sum(1 for x in deadlines.lines if x.clock.escalated)
    running = counted(len(deadlines.lines), "running deadline", "running deadlines")
    pieces: list[tuple[object, str] | str] = [(f" {running}", "bold $foreground")]
    if late:
        pieces.append((f"  ‼ {late} late", ALARM))
    if soon:
        pieces.append((f"  ! {soon} end within 6 h", "bold $warning"))
    if escalated:
        pieces.append((f"  ▲ {escalated} escalated to the supervisor", ALARM))
    if is_filtered:
        pieces.append((f"  filter: {shown:,} of {len(deadlines.lines):,}", "bold $accent"))
    elif deadlines.until is not None:
        pieces.append(("  later ones are not shown", MUTED))
    return words(*pieces) if pieces else word("")

"""All deadlines: everything that runs out, the nearest end first, under which article."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from models.language.phrase import phrase
from models.queries.cases.deadline_views import DeadlineEntry, DeadlinesView
from recovery_flows.cases.pages.deadlines import EMPTY as NONE_RUNS, Counts
from recovery_flows.cases.pages.shared_cells import law
from recovery_flows.cases.pages.value import Page, cell
from tui.panels.page import cell_content, page_lines
from tui.screen_queries import Source
from tui.screens.dialogs import FullText
from tui.screens.live import FilteredScreen
from tui.state_styles import MUTED
from tui.text import cut, word, words
from tui.widgets.block import Block
from tui.widgets.deadline_table import DeadlineTable, haystack
from tui.widgets.reworded import Notice, Prompt

EMPTY = phrase(
    "{none_runs}\n\nHolds, confirmations and notices stand here as soon as there are any.",
    none_runs=NONE_RUNS,
)
NO_MATCH = phrase("Nothing matches the filter. Esc clears it.")


class DeadlinesScreen(FilteredScreen):
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
        yield Notice(phrase("reading the deadlines …"))
        yield Prompt(phrase("filter: reference, deadline, bank, officer, law"), "filter")
        yield Block(self._law_line, node_id="clock-law")

    def read(self, source: Source) -> DeadlinesView:
        """The deadlines that are nearest."""
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
        table, notice = self.query_one(DeadlineTable), self.query_one(Notice)
        table.now, table.laws = deadlines.now, self.acting_app.source.laws
        table.lines = lines
        table.display = bool(lines)
        notice.display = not lines
        notice.tell(NO_MATCH if deadlines.lines else EMPTY)
        self.query_one("#counts", Static).update(_counts(deadlines, len(lines), bool(asked)))

    def _law_line(self, line: DeadlineEntry, width: int) -> list[Content]:
        zone = self.acting_app.time_zone
        told = cell(" ", line.clock.due_at, "  ", *law(line.clock, self.acting_app.source.laws))
        return [cut(cell_content(told, zone), width)]

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
        elif self.query_one(DeadlineTable).cursor_line is not None:
            self.acting_app.say(phrase("Enter shows the request; `recovery incoming` answers it"))

    def narrow(self) -> None:
        """Show what the filter leaves of the lines that were read."""
        self._show_lines()

    def on_line_table_opened(self) -> None:
        line, app = self.query_one(DeadlineTable).cursor_line, self.acting_app
        if line is not None and not line.recovery_id:
            read = partial(app.source.incoming, line.ref)
            app.ask_after(
                phrase("reading the request"), read, partial(self._show_incoming, line.ref)
            )
        elif line is not None:
            app.open_recovery(line.recovery_id)

    def _show_incoming(self, ref: str, page: Page) -> None:
        title = phrase("{ref}: $ recovery incoming show {ref}", ref=ref)
        self.app.push_screen(FullText(title, page_lines, page))

    def on_line_table_highlighted(self) -> None:
        self.query_one("#clock-law", Block).value = self.query_one(DeadlineTable).cursor_line


def _counts(view: DeadlinesView, shown: int, is_filtered: bool) -> Content:  # noqa: FBT001
    counts = Counts(view.now)
    of = len(list(counts.counting(view.lines)))
    pieces: list[Content | str] = [" ", cell_content(counts.told(), "UTC")]
    if is_filtered:
        pieces.append(
            word(phrase("  filter: {shown:,} of {of:,}", shown=shown, of=of), "bold $accent")
        )
    elif view.until is not None:
        pieces.append(word(phrase("  later ones are not shown"), MUTED))
    return words(*pieces)

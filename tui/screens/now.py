"""What needs doing now: open recoveries, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from models.entities.officer import Role
from models.language.phrase import phrase
from models.queries.cases.queue_views import QueueLine, QueuePage
from recovery_flows.cases.pages import queue
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.queue_terms import EXAMPLES
from recovery_flows.cases.views.saved_views import SavedView, view_of
from tui.messages import PreviewRead
from tui.panels.page import cell_content
from tui.panels.preview import line_preview, page_preview
from tui.screen_queries import READ_ERRORS, Source
from tui.screens.looks.changes import ask_changes
from tui.screens.looks.copies import Copied, row_text
from tui.screens.looks.views import ask_view
from tui.screens.sized import SizedScreen
from tui.screens.together.multi_agency_key import MultiAgencyStarter
from tui.text import word, words
from tui.widgets.block import Block
from tui.widgets.paged_table import PAGE_LINES, TablePage
from tui.widgets.queue import QueueTable
from tui.widgets.reworded import Notice, Prompt

ROOMY = 100
REST_SECONDS = 0.15
MARKED_MOST = 500
"""Recoveries that are marked at once at most."""
EMPTY = phrase(
    "No open recovery.\n\nRead a complaint file with `recovery intake reports "
    "FILE`; what it reports stands here at once."
)
DEMO_BEGINS = phrase(
    "No open recovery.\n\nThe demo begins in some seconds: its banks and Prefect "
    "are coming up.\n\n1  A report comes in, a stop-payment leaves for the bank "
    "with the money.\n2  The bank stops it, a second person confirms, a freeze "
    "follows.\n3  What has gone on is traced, also abroad, and stopped there.\n"
    "4  Two people decide who gets what; the bank pays the victims.\n\n⏎ opens a "
    "recovery, t its money, 4 what went back, ? the keys."
)
NO_MATCH = phrase("Nothing matches the filter. Esc clears it.")


class NowScreen(SizedScreen, MultiAgencyStarter):
    """The queue with a filter and a preview of the line under the cursor."""

    AUTO_FOCUS = "QueueTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_step", "Next step", tooltip="Do the next step of the recovery"),
        Binding("i", "app.go('report')", "Report", tooltip="Enter a report, stop the money"),
        Binding("c", "closed", show=False, tooltip="List what has ended as well, or no more"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Filter as you type"),
        Binding("C", "changes", "Changed", show=False, tooltip="What has changed, in sentences"),
        Binding(
            "V", "views", "Views", show=False, tooltip="Saved views with their counts; save one"
        ),
        Binding(
            "asterisk",
            "mark_all",
            "Mark all",
            key_display="*",
            show=False,
            tooltip="Mark all that pass the filter, or none",
        ),
        Binding("escape", "clear_filter", "Clear filter"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._page: QueuePage | None = None
        self._look = QueueQuery()
        self._resting: Timer | None = None
        self._with_closed = False
        self._looks_of: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield QueueTable("queue")
        yield Notice(phrase("reading the queue …"))
        yield Prompt(phrase("filter: words, ~letters, {examples}", examples=EXAMPLES), "filter")
        yield Block(self._line_preview, node_id="line-preview")
        with Vertical(id="page-preview"):
            yield Block(page_preview, node_id="preview")

    def aim(self) -> None:
        """Read the lines around the screen again, as they are filtered and ordered."""
        if self._looks_of != self.acting_app.looks_of:
            self._looks_of = self.acting_app.looks_of
            self._show_through(self.acting_app.look)
        look = self.query_one(QueueTable).look(self.query_one("#filter", Input).value)
        self._look = replace(look, with_closed=self._with_closed)
        self.acting_app.look = view_of(self._look)

    def read(self, source: Source) -> QueuePage:
        """The part of the queue that is looked at."""
        return source.queue(self._look, PAGE_LINES)

    def show_view(self, view: object) -> None:
        """Show the lines that pass the filter."""
        self._page = cast("QueuePage", view)
        self._show_lines()

    def show_failure(self, sentence: str) -> None:
        """Say it, and in place of the queue where nothing was read yet."""
        super().show_failure(sentence)
        if self._page is None:
            told = phrase("The queue cannot be read: {sentence}.", sentence=sentence)
            self.query_one(Notice).tell(told)

    def _show_lines(self) -> None:
        page = self._page
        if page is None:
            return
        table = self.query_one(QueueTable)
        officer = self.acting_app.officer
        table.now = page.now
        table.own_roles = officer.roles if officer else frozenset[Role]()
        table.page = TablePage(page.lines, page.offset, page.total, page.at_row)
        table.display = bool(page.total)
        notice = self.query_one(Notice)
        notice.display = not page.total
        notice.tell(self._why_empty(page))
        told = queue.counts(page, filter_text=self._look.text, with_closed=self._look.with_closed)
        marked = phrase("  ✓ {marked:,} marked", marked=len(table.marked)) if table.marked else ""
        shown = words(" ", cell_content(told, "UTC"), (marked, "bold $accent"))
        self.query_one("#counts", Static).update(shown)

    def _why_empty(self, page: QueuePage) -> str:
        if self._look.text:
            return NO_MATCH
        if page.closed_count:
            return _all_ended(page.closed_count)
        return DEMO_BEGINS if self.acting_app.plays_story else EMPTY

    def _show_through(self, view: SavedView) -> None:
        """Filter and order of a view."""
        box, table = self.query_one("#filter", Input), self.query_one(QueueTable)
        box.value, box.display = view.filter, bool(view.filter)
        column = view.sort.removeprefix("-") or table.offered()[0].key
        table.sorted_by = (column, view.sort.startswith("-")) if view.sort else None
        self._with_closed = view.closed

    def action_views(self) -> None:
        def show(view: SavedView) -> None:
            self._show_through(view)
            self.reread()

        ask_view(self.acting_app, view_of(self._look), show)

    def action_changes(self) -> None:
        ask_changes(self.acting_app)

    def action_mark_all(self) -> None:
        table, app = self.query_one(QueueTable), self.acting_app
        if table.marked:
            self._unmark(table.marked)
            return

        def mark(ids: tuple[str, ...]) -> None:
            table.marked = frozenset(ids)
            self._show_lines()
            if len(ids) == MARKED_MOST:
                most = f"{MARKED_MOST:,}"
                app.say(phrase("the first {most} are marked: no more at a time", most=most))

        app.ask_after(phrase("marking"), partial(app.source.passing, self._look, MARKED_MOST), mark)

    def _unmark(self, ids: frozenset[str]) -> None:
        table = self.query_one(QueueTable)
        table.marked = table.marked - ids
        self._show_lines()

    def action_closed(self) -> None:
        self._with_closed = not self._with_closed
        self.reread()

    def action_filter(self) -> None:
        box = self.query_one("#filter", Input)
        box.display = True
        box.focus()
        self.refresh_bindings()

    def _line_preview(self, line: QueueLine, width: int) -> list[Content]:
        table = self.query_one(QueueTable)
        return line_preview(line, table.now, width, table.own_roles) if table.now else []

    def action_clear_filter(self) -> None:
        box, table = self.query_one("#filter", Input), self.query_one(QueueTable)
        if table.marked and not box.display:
            table.marked = frozenset()
            self._show_lines()
        box.value = ""
        box.display = False
        table.focus()
        self.refresh_bindings()

    def on_input_changed(self) -> None:
        self.reread()

    def on_paged_table_page_wanted(self) -> None:
        self.reread()

    def on_input_submitted(self) -> None:
        table = self.query_one(QueueTable)
        table.focus()
        if not self.query_one("#filter", Input).value:
            self.query_one("#filter", Input).display = False

    @property
    def line(self) -> QueueLine | None:
        """The line under the cursor."""
        return self.query_one(QueueTable).cursor_line

    @property
    def chosen_id(self) -> str:
        """The recovery under the cursor."""
        return self.line.recovery_id if self.line else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps are out of reach while the screen is read-only; Esc is shown with a filter."""
        del parameters
        if action == "clear_filter":
            has_marks = bool(self.query_one(QueueTable).marked)
            return bool(self.query_one("#filter", Input).display) or has_marks
        return None if action == "next_step" and self.acting_app.read_only else True

    def action_next_step(self) -> None:
        from tui.screens.marked import ask_marked

        marked = self.query_one(QueueTable).marked
        if marked:
            ask_marked(self.acting_app, sorted(marked), self._unmark)
        elif self.line is not None:
            self.acting_app.next_step(self.line.recovery_id)

    def copies(self) -> Sequence[Copied]:
        """The reference, the row, the id."""
        line, table = self.line, self.query_one(QueueTable)
        if line is None:
            return ()
        row = Copied(phrase("the row"), row_text(table.cells(line)))
        return (
            Copied(phrase("the reference"), line.ref),
            row,
            Copied(phrase("the id"), line.recovery_id),
        )

    def on_line_table_opened(self, message: QueueTable.Opened) -> None:
        self.acting_app.open_recovery(message.line_id)

    def on_line_table_highlighted(self, message: QueueTable.Highlighted) -> None:
        """The page of a line is read where the cursor rests; who runs past waits for none."""
        line, block = self.line, self.query_one("#preview", Block)
        self.query_one("#line-preview", Block).value = line
        self.query_one("#page-preview").set_class(line is None, "-empty")
        if self._resting is not None:
            self._resting.stop()
        if line is None:
            block.value = None
        elif self.size.width >= ROOMY:
            read = partial(self._read_preview, message.line_id)
            self._resting = self.set_timer(REST_SECONDS, read)

    @work(thread=True, exclusive=True, group="preview")
    def _read_preview(self, recovery_id: str) -> None:
        try:
            app = self.acting_app
            self.post_message(PreviewRead(app.source.page(recovery_id, app.officer)))
        except READ_ERRORS:
            # The queue's own reading says what is wrong; a preview alone is not worth a sentence.
            return

    def on_preview_read(self, message: PreviewRead) -> None:
        line = self.line
        if line is not None and line.recovery_id == message.page.recovery_id:
            self.query_one("#page-preview").border_title = word(f" {line.ref} ")
            self.query_one("#preview", Block).value = message.page


def _all_ended(count: int) -> str:
    return phrase(
        "No open recovery.\n\nc lists the {ended:,} that have ended, 4 says what went back to "
        "victims. `recovery intake reports FILE` takes in new reports.",
        ended=count,
    )

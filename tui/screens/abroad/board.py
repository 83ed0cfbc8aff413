"""Requests across borders over all recoveries, and those from abroad: what needs me first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from models.language.phrase import phrase
from models.queries.abroad.board import BoardLine, BoardPage
from models.queries.abroad.request_lines import Way
from recovery_flows.cases.pages.request_board import EMPTY, NO_MATCH, counts, row
from recovery_flows.cases.pages.value import Page, muted
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.request_board import EXAMPLES
from tui.panels.page import cell_content, page_lines
from tui.screen_queries import Source
from tui.screens.abroad.channels import ask_new
from tui.screens.dialogs import FullText
from tui.screens.live import FilteredScreen
from tui.screens.looks.copies import Copied, row_text
from tui.text import cut, words
from tui.widgets.block import Block
from tui.widgets.board import BoardTable
from tui.widgets.paged_table import PAGE_LINES, TablePage
from tui.widgets.reworded import Notice, Prompt


class BoardScreen(FilteredScreen):
    """All requests that run, with a filter; Enter opens the page of one."""

    AUTO_FOCUS = "BoardTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_step", "Next step", tooltip="Do the next step of the recovery"),
        Binding(
            "B", "new_request", "New abroad", tooltip="Which channels are open; draft a request"
        ),
        Binding("c", "closed", show=False, tooltip="List what has ended as well, or no more"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Filter as you type"),
        Binding("escape", "back", "Back", tooltip="Clear the filter, then back to the queue"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._page: BoardPage | None = None
        self._look = QueueQuery()
        self._with_closed = False

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield BoardTable("board")
        yield Notice(phrase("reading the requests …"))
        yield Prompt(phrase("filter: words, {examples}", examples=EXAMPLES), "filter")
        yield Block(self._told, node_id="line-preview")

    def aim(self) -> None:
        """Read the lines around the screen again, as they are filtered and ordered."""
        look = self.query_one(BoardTable).look(self.query_one("#filter", Input).value)
        self._look = replace(look, with_closed=self._with_closed)

    def read(self, source: Source) -> BoardPage:
        """The part of the board that is looked at."""
        return source.board(self._look, PAGE_LINES, self.acting_app.officer)

    def show_view(self, view: object) -> None:
        """Show the lines that pass the filter."""
        self._page = page = cast("BoardPage", view)
        officer, table = self.acting_app.officer, self.query_one(BoardTable)
        table.now, table.own_id = page.now, officer.id if officer else ""
        table.page = TablePage(page.lines, page.offset, page.total, page.at_row)
        table.display = bool(page.total)
        notice = self.query_one(Notice)
        notice.display = not page.total
        notice.tell(NO_MATCH if self._look.text else EMPTY)
        told = counts(page, filter_text=self._look.text, with_closed=self._with_closed)
        self.query_one("#counts", Static).update(words(" ", cell_content(told, "UTC")))

    def show_failure(self, sentence: str) -> None:
        """Say it, and in place of the board where nothing was read yet."""
        super().show_failure(sentence)
        if self._page is None:
            self.query_one(Notice).tell(
                phrase("The board cannot be read: {sentence}.", sentence=sentence)
            )

    def _told(self, line: BoardLine, width: int) -> list[Content]:
        """What has no room in the line: who is asked, in full, the officer, the id."""
        if self._page is None:
            return []
        cells = row(line, self._page.now, self.query_one(BoardTable).own_id)
        told = (*cells["authority"], muted(phrase("  officer ")), *cells["officer"], muted("  "),
                *cells["state"], muted(f"  {line.line_id}"))  # fmt: skip
        return [cut(words(" ", cell_content(told, "UTC")), width)]

    @property
    def line(self) -> BoardLine | None:
        """The request under the cursor."""
        return self.query_one(BoardTable).cursor_line

    @property
    def chosen_id(self) -> str:
        """The recovery of the request under the cursor."""
        return self.line.recovery_id if self.line else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Writing is out of reach while the screen is read-only."""
        del parameters
        writes = action in ("next_step", "new_request")
        return None if writes and self.acting_app.read_only else True

    def action_next_step(self) -> None:
        if self.chosen_id:
            self.acting_app.next_step(self.chosen_id)
        elif self.line is not None:
            told = phrase("`recovery incoming` answers {ref}: Enter shows it", ref=self.line.ref)
            self.acting_app.say(told, refused=True)

    def action_new_request(self) -> None:
        recovery_id = self.chosen_id or self.acting_app.recovery_id
        if recovery_id:
            ask_new(self.acting_app, recovery_id)
        else:
            self.acting_app.say(
                phrase("choose a recovery first: 1, or 2 for its page"), refused=True
            )

    def action_closed(self) -> None:
        self._with_closed = not self._with_closed
        self.reread()

    def copies(self) -> Sequence[Copied]:
        """The request's id, its row."""
        line, table = self.line, self.query_one(BoardTable)
        if line is None:
            return ()
        row = Copied(phrase("the row"), row_text(table.cells(line)))
        return Copied(phrase("the id"), line.line_id), row

    def on_paged_table_page_wanted(self) -> None:
        self.reread()

    def on_line_table_highlighted(self) -> None:
        self.query_one("#line-preview", Block).value = self.line

    def on_line_table_opened(self) -> None:
        line, app = self.line, self.acting_app
        if line is None:
            return
        if line.way is Way.OUT:
            app.open_request(line.recovery_id, line.line_id)
        else:
            read = partial(app.source.incoming, line.ref)
            app.ask_after(
                phrase("reading the request"), read, partial(self._show_incoming, line.ref)
            )

    def _show_incoming(self, ref: str, page: Page) -> None:
        title = phrase("{ref}: $ recovery incoming show {ref}", ref=ref)
        self.app.push_screen(FullText(title, page_lines, page))

"""The audit trail: who did what, when, to which recovery, over all recoveries and the unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from models.language.phrase import phrase
from models.queries.looks.trail import TrailLine
from recovery_flows.cases.trail.reading import TrailPage, TrailQuery, trail_page
from recovery_flows.cases.trail.terms import EXAMPLES
from recovery_flows.cases.trail.written import EMPTY, NO_MATCH, counts, in_full, row
from recovery_flows.clock import wall_clock
from tui.panels.page import cell_content, page_lines
from tui.screen_queries import Source
from tui.screens.dialogs import FullText
from tui.screens.live import FilteredScreen
from tui.screens.looks.copies import Copied, row_text
from tui.text import cut, words
from tui.widgets.block import Block
from tui.widgets.paged_table import PAGE_LINES, TablePage
from tui.widgets.reworded import Notice, Prompt
from tui.widgets.trail import TrailTable

_Key = tuple[str, str, bool]


class AuditScreen(FilteredScreen):
    """All events, the newest first, a page at a time; no line moves while others come."""

    AUTO_FOCUS = "TrailTable"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "In full", tooltip="Show the event in full"),
        Binding("slash", "filter", "Filter", key_display="/", tooltip="Filter as you type"),
        Binding("escape", "back", "Back", tooltip="Clear the filter, then back to the queue"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._page: TrailPage | None = None
        self._query, self._key = TrailQuery(), ("", "", False)
        self._rows: dict[int, int] = {}
        self._end = 0

    def compose_body(self) -> ComposeResult:
        yield Static("", id="counts", markup=False)
        yield TrailTable("trail")
        yield Notice(phrase("reading the audit trail …"))
        yield Prompt(phrase("filter: words, {examples}", examples=EXAMPLES), "filter")
        yield Block(self._told, node_id="line-preview")

    @property
    def asked(self) -> str:
        """The filter, for what is written out too."""
        return self.query_one("#filter", Input).value

    def aim(self) -> None:
        """Read on from the nearest line that is known; from the newest where that is looked at."""
        table, officer = self.query_one(TrailTable), self.acting_app.officer
        oldest_first = table.sorted_by == ("at", False)
        key: _Key = (officer.id if officer else "", self.asked, oldest_first)
        if key != self._key or self._is_at_top or self._page is None:
            self._query = TrailQuery(self.asked, oldest_first)
        else:
            offset = table.first_wanted
            known = max((at for at in self._rows if at <= offset), default=0)
            self._query = TrailQuery(
                self.asked, oldest_first, offset, known, self._rows.get(known), self._page.newest
            )
        self._key = key

    @property
    def _is_at_top(self) -> bool:
        table = self.query_one(TrailTable)
        return not (table.cursor_row or table.scroll_offset.y)

    def read(self, source: Source) -> tuple[_Key, TrailQuery, TrailPage]:
        """The part of the trail that is looked at, with what was asked for."""
        key, query, app = self._key, self._query, self.acting_app
        with source.database.reading() as session:
            page = trail_page(session, wall_clock(), query, PAGE_LINES, app.officer, app.time_zone)
        return key, query, page

    def show_view(self, view: object) -> None:
        """Show the lines; those of another filter begin at the top."""
        key, query, page = cast("tuple[_Key, TrailQuery, TrailPage]", view)
        if key != self._key:
            return  # another filter was typed meanwhile: its reading comes next
        is_new = query.newest is None
        if is_new:
            self._rows, self._end = {}, 0
        if page.lines:
            self._rows[page.offset] = page.lines[0].seq
        end = page.offset + len(page.lines)
        self._end = max(self._end, end + 1) if page.has_more else end
        self._page, table = page, self.query_one(TrailTable)
        table.zone = self.acting_app.time_zone
        table.page = TablePage(page.lines, page.offset, self._end)
        if is_new:
            table.put_cursor(0)
        table.display = bool(self._end)
        notice = self.query_one(Notice)
        notice.display = not self._end
        notice.tell(NO_MATCH if self.asked else EMPTY)
        told = counts(page, filter_text=self.asked, oldest_first=query.oldest_first)
        self.query_one("#counts", Static).update(words(" ", cell_content(told, table.zone)))

    def show_failure(self, sentence: str) -> None:
        """Say it, and in place of the list where nothing was read yet."""
        super().show_failure(sentence)
        if self._page is None:
            told = phrase("The audit trail cannot be read: {sentence}.", sentence=sentence)
            self.query_one(Notice).tell(told)

    def _told(self, line: TrailLine, width: int) -> list[Content]:
        """What may have no room in the line: what happened and why."""
        told = cell_content(row(line)["what"], self.acting_app.time_zone)
        return [cut(words(" ", told), width)]

    @property
    def line(self) -> TrailLine | None:
        """The event under the cursor."""
        return self.query_one(TrailTable).cursor_line

    @property
    def chosen_id(self) -> str:
        """The recovery of the event under the cursor."""
        return self.line.recovery_id if self.line else ""

    def copies(self) -> Sequence[Copied]:
        """The reference, the row, the event's digest."""
        line, table = self.line, self.query_one(TrailTable)
        if line is None:
            return ()
        ref = (Copied(phrase("the reference"), line.ref),) if line.ref else ()
        text = Copied(phrase("the row"), row_text(table.cells(line)))
        return (*ref, text, Copied(phrase("the digest"), line.digest))

    def action_view(self) -> None:
        line = self.line
        if line is not None:
            title = phrase("event {seq}", seq=line.seq)
            page = in_full(line, self.acting_app.time_zone)
            self.app.push_screen(FullText(title, page_lines, page))

    def on_paged_table_page_wanted(self) -> None:
        self.reread()

    def on_line_table_highlighted(self) -> None:
        self.query_one("#line-preview", Block).value = self.line
        if self._page is not None and self._page.newer and self._is_at_top:
            self.reread()

    def on_line_table_opened(self) -> None:
        line, app = self.line, self.acting_app
        if line is not None and line.ref:
            app.open_recovery(line.recovery_id)
        elif line is not None:
            app.say(phrase("this event is of no recovery: v shows it in full"), refused=True)

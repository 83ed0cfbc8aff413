"""A table of any length: the lines around the screen are there, others are read when wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive

from recovery_flows.cases.views.queue import QueueQuery
from tui.widgets.columns import TableColumn, with_room
from tui.widgets.table import LineTable

T = TypeVar("T")
PAGE_LINES = 200
"""How many lines are read at once."""
_BEFORE, _AHEAD = 60, 20


@dataclass(frozen=True, slots=True)
class TablePage(Generic[T]):
    """The lines from the `offset`-th on, of `total` in all; `at_row`: where the cursor's is now."""

    lines: tuple[T, ...]
    offset: int = 0
    total: int = 0
    at_row: int | None = None


class PagedTable(LineTable[T]):
    """Shows `page`; asks for another one by `PageWanted` before the lines on the screen run out.

    Lines come sorted: `sorted_by` is what whoever reads them is to order by.
    """

    page: reactive[TablePage[T]] = reactive(TablePage(()), always_update=True)

    class PageWanted(Message):
        """Other lines, or another order of them, are to be read."""

    def __init__(self, node_id: str) -> None:
        super().__init__(node_id)
        self._cursor_row = 0
        self._cursor_line: T | None = None
        self._ref_cells = 0

    def reference(self, line: T) -> str:
        """The reference in the column `ref`, which is never cut; empty where there is none."""
        del line
        return ""

    def columns(self) -> Sequence[TableColumn]:
        """The columns that are shown; references have the room of the longest that was read."""
        return with_room(super().columns(), "ref", self._ref_cells)

    @property
    def cursor_row(self) -> int:
        """Where the cursor stands, also where the line there was not read yet."""
        return self._cursor_row

    @property
    def cursor_line(self) -> T | None:
        """The line under the cursor; None as long as it was not read."""
        return self._cursor_line

    @property
    def row_count(self) -> int:
        """How many lines there are in all."""
        return self.page.total

    def line_at(self, row: int) -> T | None:
        """The line of a row, where it was read."""
        place = row - self.page.offset
        return self.page.lines[place] if 0 <= place < len(self.page.lines) else None

    @property
    def first_wanted(self) -> int:
        """The first line that the screen needs, with some before it."""
        return max(0, self.scroll_offset.y - _BEFORE)

    def look(self, text: str = "") -> QueueQuery:
        """What is to be read: the lines around the screen, as they are filtered and ordered."""
        first = self.offered()[0].key
        column, is_down = self.sorted_by or (first, False)
        return QueueQuery(
            text=text, order_by="" if column == first else column, is_down=is_down,
            offset=self.first_wanted, at_id=self.cursor_id, follows=self.shows_cursor,
        )  # fmt: skip

    @property
    def shows_cursor(self) -> bool:
        """Whether the cursor is in sight, so that the screen goes where its line goes."""
        top = self.scroll_offset.y
        return top <= self._cursor_row < top + max(1, self.size.height - 1)

    def watch_page(self) -> None:
        """Put the cursor on its line, wherever that is now; else it stays where it stood."""
        page = self.page
        self._ref_cells = max([self._ref_cells, *(len(self.reference(x)) for x in page.lines)])
        self._cursor_row = max(0, min(self._row_of_cursor(), page.total - 1))
        self._set_line()
        self.virtual_size = Size(0, page.total + 1)
        self._show_cursor()
        self.refresh()
        self.post_message(self.Highlighted(self.cursor_id))
        self._ask_for_more()

    def _row_of_cursor(self) -> int:
        """Where the cursor's line is now; where the cursor went since the page was asked for."""
        at = self.page.at_row
        line = None if at is None else self.line_at(at)
        has_moved = line is not None and self.line_id(line) != self.cursor_id
        return self._cursor_row if at is None or has_moved else at

    def _set_line(self) -> None:
        """What the cursor stands on now; one out of sight is what it was until it is read."""
        line = self.line_at(self._cursor_row)
        if line is not None or not self.page.total or self.shows_cursor:
            self._cursor_line = line
            self.set_reactive(LineTable.cursor_id, self.line_id(line) if line else "")

    def watch_sorted_by(self) -> None:
        self.refresh()
        self.post_message(self.PageWanted())

    def watch_cursor_id(self, old: str, new: str) -> None:
        """The cursor's row leads here; its id follows."""

    def put_cursor(self, row: int) -> None:
        """Move the cursor to the nearest row there is, read or not."""
        if not self.page.total:
            return
        old, before = self._cursor_row, self.scroll_offset.y
        self._cursor_row = max(0, min(row, self.page.total - 1))
        self._show_cursor()
        self._set_line()
        if self.scroll_offset.y == before:
            self.refresh_rows(old, self._cursor_row)
        if self.cursor_id:
            self.post_message(self.Highlighted(self.cursor_id))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        """Ask before the lines that were read run out, above or below."""
        page, top = self.page, self.scroll_offset.y
        end = page.offset + len(page.lines)
        is_above = page.offset > 0 and top < page.offset + _AHEAD
        is_below = end < page.total and top + self.size.height > end - _AHEAD
        if is_above or is_below:
            self.post_message(self.PageWanted())

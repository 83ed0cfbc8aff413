"""A table that paints only the lines on the screen and holds its cursor by id, not by position."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from recovery_flows.cases.kept.arrangement import OwnColumns
from tui.state_styles import MUTED
from tui.text import cut, fitted, word, words
from tui.widgets.columns import TableColumn
from tui.widgets.own_columns import arranged

T = TypeVar("T")


class LineTable(ScrollView, Generic[T], can_focus=True):
    """Shows `lines`; subclasses say the columns, a line's cells, id and sort values."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--cursor", "table--head", "table--blurred"}
    marked: reactive[frozenset[str]] = reactive(frozenset())
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("home,g", "move(-100000000)", "First", show=False),
        Binding("end,G", "move(100000000)", "Last", show=False),
        Binding("enter", "open", "Open", tooltip="Open the line under the cursor"),
        Binding("s", "sort_next", "Sort by the next column", show=False),
        Binding(
            "W", "columns", "Columns", id="columns", show=False, tooltip="Columns, order, widths"
        ),
    ]
    lines: reactive[tuple[T, ...]] = reactive((), always_update=True)
    sorted_by: reactive[tuple[str, bool] | None] = reactive(None)
    cursor_id: reactive[str] = reactive("")
    own: reactive[OwnColumns] = reactive(())
    """Columns as the officer who looks has arranged them; empty: as they are offered."""

    class Highlighted(Message):
        """The cursor came to stand on a line, or that line was read anew."""

        def __init__(self, line_id: str) -> None:
            super().__init__()
            self.line_id = line_id

    class Opened(Message):
        """A line was chosen."""

        def __init__(self, line_id: str) -> None:
            super().__init__()
            self.line_id = line_id

    class Marked(Message):
        """Other lines are marked."""

    class ColumnsWanted(Message):
        """Somebody wants to arrange the columns."""

        def __init__(self, table: LineTable[Any]) -> None:
            super().__init__()
            self.table = table

    def __init__(self, node_id: str) -> None:
        super().__init__(id=node_id)
        self._shown: tuple[T, ...] = ()
        self._place: dict[str, int] = {}

    def offered(self) -> Sequence[TableColumn]:
        """The columns at the present width where nobody has arranged them; the first is read by."""
        raise NotImplementedError

    def others(self) -> Sequence[TableColumn]:
        """Columns that can be shown as well."""
        return ()

    def columns(self) -> Sequence[TableColumn]:
        """The columns that are shown: as the officer arranged them; an empty list has no width."""
        room = self.scrollable_content_region.width or self.app.size.width
        return arranged(self.offered(), self.others(), self.own, room)

    @property
    def may_be_arranged(self) -> bool:
        """Whether its columns are those that an officer may arrange."""
        return True

    def shows(self, key: str) -> bool:
        """Whether a column is shown."""
        return any(column.key == key for column in self.columns())

    def cells(self, line: T) -> Sequence[Content]:
        """The cells of one line, in the order of the columns."""
        raise NotImplementedError

    def line_id(self, line: T) -> str:
        """What stays the same of a line when it is read anew."""
        raise NotImplementedError

    def sort_value(self, line: T, key: str) -> Any:  # noqa: ANN401 - anything that compares
        """What a line is sorted by in a column."""
        raise NotImplementedError

    def is_pinned(self, line: T) -> bool:
        """Whether a line stands above all others, however they are sorted."""
        del line
        return False

    @property
    def cursor_row(self) -> int:
        """Where the cursor's line stands now; 0 where there is none."""
        return self._place.get(self.cursor_id, 0)

    @property
    def cursor_line(self) -> T | None:
        """The line under the cursor."""
        return self.line_at(self.cursor_row)

    @property
    def row_count(self) -> int:
        """How many lines there are to scroll through."""
        return len(self._shown)

    def line_at(self, row: int) -> T | None:
        """The line of a row; None where there is none, or where it was not read yet."""
        return self._shown[row] if row < len(self._shown) else None

    def watch_marked(self) -> None:
        self.refresh()
        self.post_message(self.Marked())

    def watch_lines(self) -> None:
        self._arrange()

    def watch_sorted_by(self) -> None:
        self._arrange()

    def watch_own(self) -> None:
        """An order by a column that is hidden now would be one that nobody sees."""
        if self.sorted_by and self.own and not any(c.key == self.sorted_by[0] for c in self.own):
            self.sorted_by = None
        self.refresh()

    def action_columns(self) -> None:
        self.post_message(self.ColumnsWanted(self))

    def _arrange(self) -> None:
        """Order the lines; the cursor stays on its id, or where its line was if that is gone."""
        old_row = self.cursor_row
        lines = list(self.lines)
        if self.sorted_by is not None:
            key, is_down = self.sorted_by
            lines.sort(key=lambda line: self.sort_value(line, key), reverse=is_down)
        lines.sort(key=lambda line: not self.is_pinned(line))
        self._shown = tuple(lines)
        self._place = {self.line_id(line): row for row, line in enumerate(lines)}
        if self.cursor_id not in self._place:
            row = min(old_row, len(lines) - 1)
            self.set_reactive(LineTable.cursor_id, self.line_id(lines[row]) if lines else "")
        self.virtual_size = Size(0, len(lines) + 1)
        self._show_cursor()
        self.refresh()
        self.post_message(self.Highlighted(self.cursor_id))

    def watch_cursor_id(self, old: str, new: str) -> None:
        before = self.scroll_offset.y
        self._show_cursor()
        if self.scroll_offset.y == before:
            self.refresh_rows(self._place.get(old, 0), self._place.get(new, 0))
        self.post_message(self.Highlighted(new))

    def refresh_rows(self, *rows: int) -> None:
        """Paint these rows again, and no other."""
        top = self.scroll_offset.y - 1
        self.refresh(*(Region(0, row - top, self.size.width, 1) for row in rows))

    def _show_cursor(self) -> None:
        """Scroll only as far as needed for the cursor to be seen."""
        body = max(1, self.size.height - 1)
        top, row = self.scroll_offset.y, self.cursor_row
        if self.size.height and not top <= row < top + body:
            self.scroll_to(y=row if row < top else row - body + 1, animate=False, force=True)
            self.refresh()

    def on_resize(self) -> None:
        self._show_cursor()
        self.refresh()

    def put_cursor(self, row: int) -> None:
        """Move the cursor to the nearest line there is."""
        if self._shown:
            row = max(0, min(row, len(self._shown) - 1))
            self.cursor_id = self.line_id(self._shown[row])

    def action_move(self, step: int) -> None:
        self.put_cursor(self.cursor_row + step)

    def action_page(self, direction: int) -> None:
        self.put_cursor(self.cursor_row + direction * max(1, self.size.height - 2))

    def action_mark(self) -> None:
        """Mark the line under the cursor, or no more, and go to the next."""
        if self.cursor_id:
            self.marked = self.marked ^ {self.cursor_id}
            self.action_move(1)

    def action_open(self) -> None:
        if self.cursor_id:
            self.post_message(self.Opened(self.cursor_id))

    def action_sort_next(self) -> None:
        keys = [column.key for column in self.columns() if column.sorts]
        if not keys:
            return
        now = self.sorted_by[0] if self.sorted_by else keys[0]
        self.sort_by(keys[(keys.index(now) + 1) % len(keys)] if now in keys else keys[0])

    def sort_by(self, key: str) -> None:
        """Sort by a column; a second time turns the order, a third gives the first order back."""
        if self.sorted_by == (key, True):
            self.sorted_by = None
        else:
            self.sorted_by = (key, self.sorted_by == (key, False))

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            self._sort_at(event.x)
            return
        row = event.y - 1 + self.scroll_offset.y
        if row < self.row_count:
            self.put_cursor(row)
            if event.chain == 2:
                self.action_open()

    def _sort_at(self, x: int) -> None:
        left = 0
        for column, width in zip(self.columns(), self._widths(), strict=True):
            left += width + 1
            if x < left:
                if column.sorts:
                    self.sort_by(column.key)
                return

    def _widths(self) -> list[int]:
        columns = self.columns()
        fixed = sum(column.width for column in columns) + len(columns) - 1
        room = max(4, self.scrollable_content_region.width - fixed - 1)
        return [column.width or room for column in columns]

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the head, or the line of the table that is scrolled there."""
        width = self.scrollable_content_region.width
        if y == 0:
            return self._strip(self._head(), "table--head", width)
        row = y - 1 + self.scroll_offset.y
        line = self.line_at(row)
        if line is None:
            return Strip.blank(width, self.rich_style)
        is_cursor = row == self.cursor_row
        component = "table--cursor" if self.has_focus else "table--blurred"
        return self._strip(
            self._row(line, is_cursor=is_cursor), component if is_cursor else "", width
        )

    def _head(self) -> Content:
        pieces = []
        for column, width in zip(self.columns(), self._widths(), strict=True):
            turn = ""
            if self.sorted_by and self.sorted_by[0] == column.key:
                turn = "▾" if self.sorted_by[1] else "▴"
            told = column.shown_title.strip() if turn else column.shown_title
            title = words(cut(word(told, MUTED), width - len(turn)), (turn, MUTED))
            pieces.append(fitted(title, width, right=column.right))
        return Content(" ").join(pieces)

    def _row(self, line: T, *, is_cursor: bool) -> Content:
        cells = self.cells(line)
        pieces = [
            fitted(cell, width, right=column.right)
            for cell, column, width in zip(cells, self.columns(), self._widths(), strict=True)
        ]
        text = Content(" ").join(pieces)
        sign = "✓" if self.line_id(line) in self.marked else "◂" if is_cursor else " "
        return words(text, (sign, "bold $accent"))

    def _strip(self, content: Content, component: str, width: int) -> Strip:
        base = self.get_visual_style(component) if component else self.visual_style
        pieces = content.render(base, end="", parse_style=self._get_style)
        segments = [Segment(text, style.rich_style) for text, style in pieces]
        return Strip(segments).adjust_cell_length(width, base.rich_style)

"""What all screens share: header, outcome line, keys; read in a thread, shown by a handler."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input

from models.language.phrase import phrase
from models.language.shown import language_shown
from models.queries.cases.case_files import NoSuchRecoveryError
from tui.key_map import named
from tui.messages import ReadFailed, StatusMessage, ViewRead
from tui.screen_queries import READ_ERRORS, Source, sentence_of
from tui.screens.looks.columns import ColumnsDialog, ask_columns
from tui.screens.looks.copies import Copied, ask_copy
from tui.widgets.footer import KeyFooter
from tui.widgets.header import HeaderBar, HeaderValue
from tui.widgets.reworded import Reworded
from tui.widgets.status_line import StatusLine
from tui.widgets.table import LineTable

if TYPE_CHECKING:
    from tui.context import Terminal


class LiveScreen(Screen[None]):
    """A screen that shows one view of the database and reads it again after each change."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - Textual's own name and type
        (0, "-narrow"), (100, "-roomy"), (110, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False, tooltip="Copy the reference, the row, or all"),
    ]
    header_value: reactive[HeaderValue | None] = reactive(None)
    said: reactive[StatusMessage] = reactive(StatusMessage(""))

    def __init_subclass__(cls, **more: Any) -> None:  # noqa: ANN401 - Textual's own
        if "BINDINGS" in vars(cls):
            cls.BINDINGS = named(cls.BINDINGS)
        super().__init_subclass__(**more)

    def __init__(self) -> None:
        super().__init__()
        self._is_reading = False
        self._read_again = False
        self._worded_in = language_shown()
        self.is_ready = False
        """Whether keys find what they are for: what the screen is about was read, or cannot be."""

    @property
    def acting_app(self) -> Terminal:
        """The app, by its own type."""
        return cast("Terminal", self.app)

    @property
    def chosen_id(self) -> str:
        """The recovery that the cursor is on; empty where there is none."""
        return ""

    @property
    def asked(self) -> str:
        """The filter under which this screen is written out."""
        return ""

    def copies(self) -> Sequence[Copied]:
        """What can be copied here: an id or a reference first, then the row, then all of it."""
        return ()

    def action_copy(self) -> None:
        ask_copy(self.acting_app, self.copies(), self.chosen_id)

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield from self.compose_body()
        yield StatusLine()
        yield KeyFooter()

    def compose_body(self) -> ComposeResult:
        """What stands between the header and the keys."""
        raise NotImplementedError

    def read(self, source: Source) -> object:
        """Read the view of this screen in a worker thread; it must touch no widget."""
        raise NotImplementedError

    def show_view(self, view: object) -> None:
        """Show a view on the screen."""
        raise NotImplementedError

    def show_failure(self, sentence: str) -> None:
        """Say why nothing could be read and what to do; what was shown before stays."""
        self.said = StatusMessage(
            phrase("{sentence}; it is tried again, see `recovery doctor`", sentence=sentence),
            refused=True,
        )

    def watch_header_value(self, value: HeaderValue | None) -> None:
        for bar in self.query(HeaderBar):
            bar.value = value

    def watch_said(self, value: StatusMessage) -> None:
        for line in self.query(StatusLine):
            line.value = value

    def on_mount(self) -> None:
        self.query_one(HeaderBar).value = self.header_value
        self.query_one(StatusLine).value = self.said

    def on_screen_resume(self) -> None:
        if self._worded_in is not language_shown():
            self.reword()
        self.acting_app.tell_header()
        self.acting_app.read_status()
        self.reread()

    def reread(self) -> None:
        """Read the view again: one reading at a time, and one more if a change came during it.

        A screen whose widgets do not stand yet does nothing: it reads when it is shown. Nor does
        one whose widgets are being taken down: nobody looks at it any more.
        """
        if not self.is_mounted:
            return
        # While somebody chooses columns, the list shows what he chooses.
        is_kept = not any(isinstance(one, ColumnsDialog) for one in self.app.screen_stack)
        for table in self.query(LineTable) if is_kept else ():
            table.own = self.acting_app.arrangement.columns(table.id or "")
        with suppress(NoMatches):
            self.aim()
        if self._is_reading:
            self._read_again = True
            return
        self._is_reading = True
        self._read_view()

    def reword(self) -> None:
        """Word what stands here in the language that is shown now, and read it again."""
        self._worded_in = language_shown()
        for widget in self.query(Reworded):
            widget.reword()
        for table in self.query(LineTable):
            table.refresh()
        self.refresh_bindings()
        self.reread()

    def on_line_table_columns_wanted(self, message: LineTable.ColumnsWanted) -> None:
        ask_columns(self.acting_app, message.table)

    def aim(self) -> None:
        """Copy from the widgets what the next reading needs; called before each."""

    @work(thread=True)
    def _read_view(self) -> None:
        try:
            view = self.read(self.acting_app.source)
        except READ_ERRORS as error:
            is_gone = isinstance(error, NoSuchRecoveryError)
            self.post_message(ReadFailed(sentence_of(error), is_gone=is_gone))
        else:
            self.post_message(ViewRead(view))

    def on_view_read(self, message: ViewRead) -> None:
        self._read_over()
        with suppress(NoMatches):
            self.show_view(message.view)
            self._focus_first()

    def on_read_failed(self, message: ReadFailed) -> None:
        self._read_over()
        if message.is_gone:
            self.acting_app.leave_recovery()
            return
        with suppress(NoMatches):
            self.show_failure(message.sentence)

    def _focus_first(self) -> None:
        """Focus what the screen is for, where it was hidden for want of lines until now."""
        if self.focused is None and self.AUTO_FOCUS:
            first = next((w for w in self.query(self.AUTO_FOCUS) if w.focusable), None)
            self.set_focus(first, scroll_visible=False)

    def _read_over(self) -> None:
        self._is_reading = False
        if not self.is_ready:
            self.is_ready = True
            self.acting_app.keys_go_on()
        if self._read_again:
            self._read_again = False
            self.reread()


class FilteredScreen(LiveScreen):
    """A live list with a line to filter by, which is there while something is asked."""

    def narrow(self) -> None:
        """Show what the filter leaves."""
        self.reread()

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
        self.query_one(LineTable).focus()

    def on_input_changed(self) -> None:
        self.narrow()

    def on_input_submitted(self) -> None:
        self.query_one(LineTable).focus()
        box = self.query_one("#filter", Input)
        if not box.value:
            box.display = False

"""One recovery on one page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from models.language.phrase import phrase
from models.queries.cases.views import EventLine, RecoveryPage
from recovery_flows.cases.pages.recovery import TITLES, events, written
from recovery_flows.cases.pages.value import Page
from tui.act_log import command
from tui.panels.next_step import next_lines
from tui.panels.page import panel_lines, parts_lines
from tui.screen_queries import Source
from tui.screens.abroad.channels import ask_new
from tui.screens.dialogs import FullText
from tui.screens.forms import NoteForm, note_key
from tui.screens.looks.copies import Copied, lines_text
from tui.screens.looks.restrict import ask_restrict
from tui.screens.next_step import ask_step
from tui.screens.reveal import ask_reveal
from tui.screens.together.multi_agency_key import MultiAgencyStarter
from tui.widgets.block import Block, Builder, Panel
from tui.widgets.reworded import Notice

NOTHING = phrase("No recovery is chosen. Press 1 and Enter on a line of the queue.")


class RecoveryScreen(MultiAgencyStarter):
    """Who, how much, where the money is, clocks, requests, history, and what is next."""

    AUTO_FOCUS = "#money"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "next_step", "Next step", tooltip="Do the next step of this recovery"),
        Binding("w", "write_note", "Note", tooltip="Write a note"),
        Binding("B", "new_request", "Abroad", show=False, tooltip="Draft a request abroad"),
        Binding("m", "reveal", "Reveal", show=False, tooltip="Name, contact, account in clear"),
        Binding("A", "restrict", "Access", show=False, tooltip="Who sees this recovery"),
        Binding("v", "view", "In full", tooltip="Show the panel in full, events all of them"),
        Binding("escape", "back", "Back", tooltip="Back to where you came from"),
        Binding("j,down", "scroll_by(1)", "Down", show=False),
        Binding("k,up", "scroll_by(-1)", "Up", show=False),
        Binding("pagedown", "scroll_by(15)", "Page down", show=False),
        Binding("pageup", "scroll_by(-15)", "Page up", show=False),
        Binding("home,g", "scroll_by(-10000)", "Top", show=False),
        Binding("end,G", "scroll_by(10000)", "Bottom", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.page: RecoveryPage | None = None
        self.written: Page | None = None

    def compose_body(self) -> ComposeResult:
        yield Notice(NOTHING)
        with VerticalScroll(id="page", can_focus=False):
            yield Block(self._head, node_id="head")
            yield self._panel("discrepancies")
            yield Panel(phrase("Next step"), self._next, "next")
            for key in ("identity", "money", "multi-agency"):
                yield self._panel(key)
            with Horizontal(id="columns"):
                with Vertical(id="left"):
                    for key in ("allocations", "requests", "letters", "claims"):
                        yield self._panel(key)
                with Vertical(id="right"):
                    for key in ("clocks", "waiting", "events", "notes"):
                        yield self._panel(key)

    def on_mount(self) -> None:
        self.query_one("#page").display = False

    def aim(self) -> None:
        """Read again; the page of another recovery goes at once, so that nothing is done to it."""
        if self.page is not None and self.page.recovery_id != self.acting_app.recovery_id:
            self.page, self.is_ready = None, False
            self.query_one("#page").display = False
            self.query_one("#notice").display = True
            self.query_one(Notice).tell(phrase("reading the recovery …"))

    @property
    def chosen_id(self) -> str:
        """The recovery on the page."""
        return self.page.recovery_id if self.page else ""

    @property
    def _zone(self) -> str:
        law = self.acting_app.source.laws.get(self.page.regime) if self.page else None
        return law.time_zone if law else self.acting_app.time_zone

    def _panel(self, key: str) -> Panel:
        return Panel(TITLES[key], partial(panel_lines, key), key)

    def _head(self, page: Page, width: int) -> list[Content]:
        return parts_lines(page.head, page.zone, width)

    def _next(self, page: Page, width: int) -> list[Content]:
        app = self.acting_app
        if self.page is None:
            return []
        return next_lines(self.page, app.officer, page.zone, width, read_only=app.read_only)

    def read(self, source: Source) -> RecoveryPage | None:
        """The page of the chosen recovery; None where none is chosen."""
        recovery_id = self.acting_app.recovery_id
        return source.page(recovery_id, self.acting_app.officer) if recovery_id else None

    def show_view(self, view: object) -> None:
        """Fill the panels; the page of a recovery that was left is dropped."""
        page = cast("RecoveryPage | None", view)
        if page is not None and page.recovery_id != self.acting_app.recovery_id:
            self.is_ready = False  # it is read again already
            return
        body, notice = self.query_one("#page", VerticalScroll), self.query_one(Notice)
        if self.page is None or page is None or self.page.recovery_id != page.recovery_id:
            body.scroll_home(animate=False)
        self.page = page
        body.display, notice.display = page is not None, page is None
        notice.tell(NOTHING)
        self.written = written(page, self.acting_app.source.laws, self._zone) if page else None
        for block in self.query("#page Block").results(Block):
            block.value = self.written
        for section in self.written.sections if self.written else ():
            self.query_one(f"#{section.key}").display = section.is_shown

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if self.page is None:
            self.query_one(Notice).tell(
                phrase("The recovery cannot be read: {sentence}.", sentence=sentence)
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Writing is out of reach while the screen is read-only."""
        del parameters
        writes = action in ("write_note", "next_step", "reveal", "new_request", "restrict")
        return None if writes and self.acting_app.read_only else True

    def action_scroll_by(self, lines: int) -> None:
        self.query_one("#page").scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        self.acting_app.action_go(self.acting_app.came_from)

    def copies(self) -> Sequence[Copied]:
        """The reference, the panel that has the focus, the id."""
        page, panel = self.page, self.focused
        if page is None:
            return ()
        shown: list[Copied] = []
        if isinstance(panel, Panel) and panel.id not in (None, "notes"):
            lines = panel.builder(panel.value, max(40, panel.content_size.width))
            shown = [Copied(phrase("the panel: {title}", title=panel.title), lines_text(lines))]
        return (
            Copied(phrase("the reference"), page.ref),
            *shown,
            Copied(phrase("the id"), page.recovery_id),
        )

    def action_next_step(self) -> None:
        if self.page is not None:
            ask_step(self.acting_app, self.page)

    def action_new_request(self) -> None:
        if self.page is not None:
            ask_new(self.acting_app, self.page.recovery_id)

    def action_reveal(self) -> None:
        if self.page is not None:
            ask_reveal(self.acting_app, self.page)

    def action_restrict(self) -> None:
        if self.page is not None:
            ask_restrict(self.acting_app, self.page)

    def action_write_note(self) -> None:
        page, app = self.page, self.acting_app
        if page is None:
            return

        def answered(text: str | None) -> None:
            if text is not None:
                key = note_key(page.recovery_id)
                write = lambda acting: acting.note(page.recovery_id, text)  # noqa: E731
                app.perform(write, key, command=command("note", page.ref, "-"))

        app.push_screen(NoteForm(page.ref, note_key(page.recovery_id), app.drafts), answered)

    def action_view(self) -> None:
        panel = self.focused
        if self.page is None or not isinstance(panel, Panel):
            return
        if panel.id == "events":
            app, page = self.acting_app, self.page
            read = partial(app.source.all_events, page.recovery_id)
            app.ask_after(phrase("reading the events"), read, partial(self._show_events, page))
            return
        full: Builder = partial(panel_lines, panel.id or "", full=True)
        builder = panel.builder if panel.id == "next" else full
        self.app.push_screen(
            FullText(
                phrase("{ref}: {title}", ref=self.page.ref, title=panel.title),
                builder,
                self.written,
            )
        )

    def _show_events(self, page: RecoveryPage, lines: list[EventLine]) -> None:
        title = phrase("{ref}: all {lines} events", ref=page.ref, lines=len(lines))
        shown = Page((), (events(lines),), self._zone)
        builder = partial(panel_lines, "events", full=True)
        self.app.push_screen(FullText(title, builder, shown))

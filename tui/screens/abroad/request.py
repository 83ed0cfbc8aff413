"""One request abroad on its page: every act has a key, and says why it is not possible now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from models.language.phrase import capital, phrase
from recovery_flows.cases.pages.request_page import ACTS, KEYS, SECTIONS, written
from recovery_flows.cases.pages.value import Page
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.cross_border.doable import RequestAct
from tui.panels.page import page_lines, panel_lines, parts_lines
from tui.screen_queries import Source
from tui.screens.abroad.acts import ask_act
from tui.screens.abroad.letter import ask_files, ask_letter
from tui.screens.dialogs import FullText
from tui.screens.live import LiveScreen
from tui.screens.looks.copies import Copied, lines_text
from tui.widgets.block import Block, Builder, Panel
from tui.widgets.reworded import Notice

_COPIED_CELLS = 96
NOTHING = phrase("No request is chosen. Press 8 and Enter on a line of the board.")


class RequestScreen(LiveScreen):
    """What can be done with a request, its checks, clock, answers, fields, versions and letter."""

    AUTO_FOCUS = "#next"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "first_act", "Next", tooltip="What is most likely to be done with it now"),
        *(
            Binding(key, f"act('{act}')", act.value, show=False, tooltip=capital(ACTS[act]))
            for act, key in KEYS.items()
        ),
        Binding("m", "letter", "Letter", tooltip="The letter in clear for a minute; recorded"),
        Binding("D", "files", "Files", show=False, tooltip="Write the approved letter into files"),
        Binding("v", "view", "In full", tooltip="Show the panel in full"),
        Binding("enter", "recovery", "Recovery", show=False, tooltip="The page of its recovery"),
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
        self.view: RequestView | None = None
        self._written: Page | None = None

    def compose_body(self) -> ComposeResult:
        yield Notice(NOTHING)
        with VerticalScroll(id="page", can_focus=False):
            yield Block(self._head, node_id="head")
            for key, title in SECTIONS.items():
                yield Panel(title, partial(panel_lines, key), key)

    def on_mount(self) -> None:
        self.query_one("#page").display = False

    def aim(self) -> None:
        """Read again; the page of another request goes at once, so that nothing is done to it."""
        if self.view is not None and self.view.row.id != self.acting_app.request_id:
            self.view, self.is_ready = None, False
            self.query_one("#page").display = False
            self.query_one("#notice").display = True
            self.query_one(Notice).tell(phrase("reading the request …"))

    def read(self, source: Source) -> RequestView | None:
        """The chosen request; None where none is."""
        app = self.acting_app
        if not app.request_id:
            return None
        return source.request(app.recovery_id, app.request_id, app.officer)

    def show_view(self, view: object) -> None:
        """Fill the panels; the page of a request that was left is dropped."""
        found = cast("RequestView | None", view)
        if found is not None and found.row.id != self.acting_app.request_id:
            self.is_ready = False  # it is read again already
            return
        body, notice = self.query_one("#page", VerticalScroll), self.query_one(Notice)
        if self.view is None or found is None or self.view.row.id != found.row.id:
            body.scroll_home(animate=False)
        self.view = found
        body.display, notice.display = found is not None, found is None
        notice.tell(NOTHING)
        self._written = written(found) if found else None
        for block in self.query("#page Block").results(Block):
            block.value = self._written

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if self.view is None:
            self.query_one(Notice).tell(
                phrase("The request cannot be read: {sentence}.", sentence=sentence)
            )

    @property
    def chosen_id(self) -> str:
        """The recovery of the request on the page."""
        return self.view.recovery_id if self.view else ""

    def _head(self, page: Page, width: int) -> list[Content]:
        return parts_lines(page.head, page.zone, width)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Writing is out of reach while the screen is read-only."""
        del parameters
        writes = action in ("act", "first_act", "letter", "files")
        return None if writes and self.acting_app.read_only else True

    def action_act(self, verb: str) -> None:
        if self.view is not None:
            ask_act(self.acting_app, self.view, RequestAct(verb))

    def action_first_act(self) -> None:
        view, app = self.view, self.acting_app
        if view is None:
            return
        waits = view.file.pending(view.row.id)
        if waits is not None:
            app.open_approval(waits.id)
        elif view.acts:
            ask_act(app, view, view.acts[0])
        else:
            app.say(
                phrase(
                    "{id} is {state}: nothing is left to do", id=view.row.id, state=view.row.state
                ),
                refused=True,
            )

    def action_letter(self) -> None:
        if self.view is not None:
            ask_letter(self.acting_app, self.view)

    def action_files(self) -> None:
        if self.view is not None:
            ask_files(self.acting_app, self.view)

    def action_view(self) -> None:
        panel = self.focused
        if self.view is None or not isinstance(panel, Panel):
            return
        full: Builder = partial(panel_lines, panel.id or "", full=True)
        title = phrase("{ref}: {title}", ref=self.view.file.recovery.ref, title=panel.title)
        self.app.push_screen(FullText(title, full, self._written))

    def copies(self) -> Sequence[Copied]:
        """The request's id, and the whole request as it is shown, masked."""
        if self.view is None or self._written is None:
            return ()
        lines = page_lines(self._written, _COPIED_CELLS)
        whole = Copied(phrase("the whole request"), lines_text(lines))
        return Copied(phrase("the id"), self.view.row.id), whole

    def action_recovery(self) -> None:
        if self.view is not None:
            self.acting_app.open_recovery(self.view.recovery_id)

    def action_scroll_by(self, lines: int) -> None:
        self.query_one("#page").scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        self.acting_app.action_go("requests")

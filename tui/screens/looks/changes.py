"""The key `C`: what others and the engine changed, in sentences; Enter opens a recovery."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import phrase
from recovery_flows.cases.pages.changes import EMPTY, LESS, change_count, written
from recovery_flows.cases.pages.value import Part
from recovery_flows.cases.views.changes import ChangesPage
from recovery_flows.cases.views.queue_terms import LOOK, TODAY
from tui.panels.page import parts_lines
from tui.screens.dialogs import Dialog
from tui.state_styles import MUTED
from tui.text import word, zoned_time

if TYPE_CHECKING:
    from tui.context import Terminal

OTHER, ALL_SEEN = " other", " seen"
"""Answers that are no recovery: since another instant; all of it has been seen."""
_FRAME_CELLS = 10


def ask_changes(app: Terminal, asked: str = LOOK) -> None:
    """Show what has changed since the last look, or today; open what is chosen."""

    def chosen(answer: str | None) -> None:
        if answer == OTHER:
            ask_changes(app, TODAY if asked == LOOK else LOOK)
        elif answer == ALL_SEEN:
            app.all_seen()
        elif answer:
            app.open_recovery(answer)

    def show(page: ChangesPage) -> None:
        app.push_screen(ChangesDialog(page, asked, _since(app, asked), app.time_zone), chosen)

    app.ask_after(phrase("reading what has changed"), partial(app.source.changes, asked), show)


def _since(app: Terminal, asked: str) -> str:
    if asked == TODAY:
        return phrase("since midnight")
    at = app.looked_at
    return (
        phrase("since your last look, {at}", at=zoned_time(at, app.time_zone))
        if at
        else phrase("since your last look")
    )


class ChangesDialog(Dialog[str]):
    """Recoveries with what changed in each; the answer is the id of one."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "other", "Since midnight / last look"),
        Binding("S", "seen", "All seen", tooltip="Nothing of it is new to you any more"),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]

    def __init__(self, page: ChangesPage, asked: str, since: str, zone: str) -> None:
        told = change_count(page) if page.total else phrase("Nothing")
        super().__init__(
            phrase("{told} {since}", told=told, since=since)
            if page.total
            else phrase("What has changed {since}", since=since)
        )
        self._page, self._asked = page, asked
        self._written = written(page, zone, since)

    def compose_question(self) -> ComposeResult:
        if not self._page.total:
            yield Label(word(EMPTY, MUTED), classes="question")
        yield OptionList(id="changed")
        if self._page.left_out:
            yield Label(
                word(
                    phrase(
                        "and {left_out:,} older changes: {less}",
                        left_out=self._page.left_out,
                        less=LESS,
                    ),
                    MUTED,
                )
            )

    def on_mount(self) -> None:
        listed = self.query_one(OptionList)
        width = min(92, self.app.size.width * 9 // 10) - _FRAME_CELLS
        listed.add_options(self._options(max(30, width)))
        if self._page.total:
            listed.highlighted = 0

    def _options(self, width: int) -> Iterator[Option]:
        zone = self._written.zone
        for section in self._written.sections:
            parts: tuple[Part, ...] = section.parts
            told = parts_lines(parts, zone, width - 2, full=True)
            lines = [word(section.title, "bold $primary"), *(line.pad_left(2) for line in told)]
            yield Option(Content("\n").join(lines), section.key)

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id or "")

    def action_other(self) -> None:
        self.dismiss(OTHER)

    def action_seen(self) -> None:
        self.dismiss(ALL_SEEN)

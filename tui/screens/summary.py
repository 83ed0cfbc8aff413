"""The figures of the unit on one page."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll

from models.language.phrase import phrase
from recovery_flows.cases.pages.statistics import TITLES, written
from recovery_flows.reports.statistics import Summary
from tui.panels.page import panel_lines
from tui.screen_queries import Source
from tui.screens.live import LiveScreen
from tui.widgets.block import Block, Panel
from tui.widgets.reworded import Notice


class SummaryScreen(LiveScreen):
    """Sums per currency, rates with their formulas, counts."""

    AUTO_FOCUS = "#sums"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_by(1)", "Down", show=False),
        Binding("k,up", "scroll_by(-1)", "Up", show=False),
        Binding("pagedown", "scroll_by(15)", "Page down", show=False),
        Binding("pageup", "scroll_by(-15)", "Page up", show=False),
        Binding("escape", "back", "Back", tooltip="Back to the queue"),
    ]

    def compose_body(self) -> ComposeResult:
        sums, weeks, stages, ends, spread, holds = (
            Panel(title, partial(panel_lines, key), key) for key, title in TITLES.items()
        )
        yield Notice(phrase("adding up …"))
        with VerticalScroll(id="page", can_focus=False):
            yield sums
            yield weeks
            with Horizontal(id="columns"):
                with Vertical(id="left"):
                    yield stages
                    yield ends
                with Vertical(id="right"):
                    yield spread
                    yield holds

    def on_mount(self) -> None:
        self.query_one("#page").display = False

    def read(self, source: Source) -> Summary:
        """The figures."""
        return source.summary()

    def show_view(self, view: object) -> None:
        """Fill the panels."""
        self.query_one("#notice").display = False
        self.query_one("#page").display = True
        page = written(cast("Summary", view), self.acting_app.time_zone)
        for block in self.query("#page Block").results(Block):
            block.value = page

    def action_scroll_by(self, lines: int) -> None:
        self.query_one("#page").scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        self.acting_app.action_go("now")

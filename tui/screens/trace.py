"""Where the money of one recovery is, under every rule, and one victim's way in full."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from models.language.phrase import phrase
from recovery_flows.cases.pages.trace import TITLES
from recovery_flows.cases.pages.value import Page
from recovery_flows.tracing.methods.catalogue import RULES, RuleName, Standing
from recovery_flows.wording import spoken
from tui.act_log import command
from tui.panels.page import panel_lines, parts_lines
from tui.panels.trace import page_of, rules_lines
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine, PickRule
from tui.screens.live import LiveScreen
from tui.trace_view import TraceView
from tui.widgets.block import Block, Panel
from tui.widgets.reworded import Notice

WHY = phrase("Why is this rule right here? A second person reads it before it counts.")
NOTHING = phrase("No recovery is chosen. Press 1, choose a line of the queue and press t.")


class TraceScreen(LiveScreen):
    """All rules side by side, what rests on assumptions, the way of one victim's money."""

    AUTO_FOCUS = "#rules"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "turn(1)", "Next rule", key_display="→", tooltip="Show the next rules"),
        Binding("left,h", "turn(-1)", "Rule before", show=False),
        Binding("v", "next_victim", "Next victim", tooltip="The way of the next victim's money"),
        Binding("c", "choose_rule", "Choose rule", tooltip="Ask for another tracing rule"),
        Binding("j,down", "scroll_by(1)", "Down", show=False),
        Binding("k,up", "scroll_by(-1)", "Up", show=False),
        Binding("pagedown", "scroll_by(15)", "Page down", show=False),
        Binding("pageup", "scroll_by(-15)", "Page up", show=False),
        Binding("escape", "back", "Back", tooltip="To the recovery"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view: TraceView | None = None
        self.first_rule = 0
        self.victim = 0

    def compose_body(self) -> ComposeResult:
        yield Notice(NOTHING)
        with VerticalScroll(id="page", can_focus=False):
            yield Block(_head_lines, node_id="head")
            yield Panel(TITLES["rules"], self._rules, "rules")
            for key in ("now", "way", "moved"):
                yield Panel(TITLES[key], partial(panel_lines, key), key)

    def _rules(self, page: Page, width: int) -> list[Content]:
        return rules_lines(self.first_rule, page, width)

    def on_mount(self) -> None:
        self.query_one("#page").display = False

    def aim(self) -> None:
        """Read again; the page of another recovery goes at once."""
        if self.view is not None and self.view.page.recovery_id != self.acting_app.recovery_id:
            self.view, self.first_rule, self.victim = None, 0, 0
            self.is_ready = False
            self.query_one("#page").display = False
            self.query_one("#notice").display = True
            self.query_one(Notice).tell(phrase("tracing the recovery …"))

    def read(self, source: Source) -> TraceView | None:
        """The trace of the chosen recovery and the way of the chosen victim."""
        recovery_id = self.acting_app.recovery_id
        return source.trace(recovery_id, self.first_rule, self.victim) if recovery_id else None

    def show_view(self, view: object) -> None:
        """Fill the panels."""
        view = cast("TraceView | None", view)
        if view is not None and view.page.recovery_id != self.acting_app.recovery_id:
            self.is_ready = False  # it is read again already
            return
        self.view = view
        self.query_one("#page").display = view is not None
        self.query_one("#notice").display = view is None
        self.query_one(Notice).tell(NOTHING)
        page = page_of(view) if view else None
        for block in self.query("#page Block").results(Block):
            block.value = page

    def show_failure(self, sentence: str) -> None:
        """Say it, and on the page too where nothing was read yet."""
        super().show_failure(sentence)
        if self.view is None:
            self.query_one(Notice).tell(
                phrase("The trace cannot be read: {sentence}.", sentence=sentence)
            )

    def action_turn(self, step: int) -> None:
        if self.view is None:
            return
        last = max(len(self.view.page.columns) - 1, 0)
        self.first_rule = min(max(self.first_rule + step, 0), last)
        self.show_view(replace(self.view, first_rule=self.first_rule))

    def action_next_victim(self) -> None:
        if self.view is not None:
            self.victim = (self.victim + 1) % max(len(self.view.page.claims), 1)
            self.reread()

    def action_choose_rule(self) -> None:
        """Ask which rule and why, then record it for a second person."""
        if self.view is None:
            return
        page, app = self.view.page, self.acting_app
        open_rules = tuple(
            (spoken(c.name), RULES[RuleName(c.name)].label)
            for c in page.columns
            if c.standing == Standing.RULE and not c.adopted
        )

        def take_rule(rule: str | None) -> None:
            if rule is not None:
                asked = AskLine(
                    phrase("{ref}: trace by {rule}", ref=page.ref, rule=rule),
                    WHY,
                    phrase("the reason"),
                )
                self.app.push_screen(asked, lambda reason: take_reason(rule, reason))

        def take_reason(rule: str, reason: str | None) -> None:
            if reason is not None:
                name = rule.replace(" ", "_")
                told = command("rule", page.ref, rule, "--reason", "TEXT")
                choose = lambda acting: acting.choose_rule(page.recovery_id, name, reason)  # noqa: E731
                app.perform(choose, command=told)

        self.app.push_screen(PickRule(page.ref, open_rules), take_rule)

    def action_scroll_by(self, lines: int) -> None:
        self.query_one("#page").scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        self.acting_app.action_go("recovery")


def _head_lines(page: Page, width: int) -> list[Content]:
    return parts_lines(page.head, page.zone, width)

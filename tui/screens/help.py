"""Keys, found by word or by key; those that work here stand first."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from tui.layout import Column, grid
from tui.screens.dialogs import Dialog
from tui.signs import MUTED
from tui.text import word
from tui.widgets.block import Block

HelpLine = tuple[str, str, str]
SIGNS = (
    ("‼", "late", "time"),
    ("!", "ends within six hours", "time"),
    ("█ ▓ ▒", "returned, held, located but not held", "bar"),
    ("╱ ░", "gone, not located", "bar"),
    ("▸ ▹ ·", "an officer's, a supervisor's, the engine's turn", "turn"),
    ("✓ ?", "article confirmed in a text, not yet verified", "law"),
)


def help_lines(screen: Screen[Any]) -> list[HelpLine]:
    """Key, words and place of every binding that is in reach of a screen's focus, then signs."""
    found: dict[tuple[str, str], HelpLine] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        words = binding.tooltip or binding.description
        if not words or binding.system:
            continue
        place = type(active.node).__name__.removesuffix("Screen").removesuffix("Table")
        shown = binding.key_display or key
        name = (binding.action, place)
        old = found.get(name)
        found[name] = (f"{old[0]} {shown}" if old else shown, words, place)
    return [*found.values(), *SIGNS]


def table_lines(lines: list[HelpLine], width: int) -> list[Content]:
    """The lines of the help as a table."""
    if not lines:
        return [word("no key and no word like that", MUTED)]
    rows = [
        (word(key, "bold $accent"), word(words, "$foreground"), word(place, MUTED))
        for key, words, place in lines
    ]
    columns = (Column("key", most=20), Column("what it does", rest=True), Column("where", most=12))
    return grid(columns, rows, width, full=True)


class HelpScreen(Dialog[None]):
    """All keys, with a search box."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]
    AUTO_FOCUS = "Input"

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__("Help: type a word or a key")
        self._lines = help_lines(screen)

    def compose_question(self) -> ComposeResult:
        yield Input(placeholder="search keys and words")
        with VerticalScroll(classes="full", can_focus=False):
            yield self.block(table_lines, self._lines)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        asked = event.value.lower()
        self.query_one(Block).value = [
            line for line in self._lines
            if asked in line[1].lower() or asked in line[0].lower().split() or not asked
        ]  # fmt: skip

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(None)

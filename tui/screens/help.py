"""Keys, found by word or by key; those that work here stand first."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from models.language.phrase import as_phrase, phrase
from models.language.shown import in_all_languages, shown
from recovery_flows.cases.pages.value import Column
from tui.layout import grid
from tui.screens.dialogs import Dialog
from tui.state_styles import MUTED
from tui.text import word
from tui.widgets.block import Block

_TEXTUALS_OWN = frozenset(
    {
        "scroll_left", "scroll_right", "page_left", "page_right", "help_quit", "quit",
        "app.focus_next", "app.focus_previous", "screen.copy_text", "command_palette",
    }
)  # fmt: skip
SAID_BY_NO_LITERAL = (
    phrase("Board"),
    phrase("Scroll Up"),
    phrase("Scroll Down"),
    phrase("Scroll Home"),
    phrase("Scroll End"),
    phrase("Page Up"),
    phrase("Page Down"),
)
"""A screen that is called by its class, and what Textual calls the keys of a panel."""
HelpLine = tuple[str, str, str]
SIGNS = (
    ("tab shift+tab", phrase("Next panel, the one before"), phrase("panels")),
    ("ctrl+p :", phrase("Every action by name"), phrase("everywhere")),
    ("‼", phrase("late"), phrase("time")),
    ("!", phrase("ends within six hours"), phrase("time")),
    ("█ ▓ ▒", phrase("returned, held, located but not held"), phrase("bar")),
    ("╱ ░", phrase("gone, not located"), phrase("bar")),
    ("▸ ▹ ·", phrase("an officer's, a supervisor's, the engine's turn"), phrase("turn")),
    (
        "● ◐ ✕",
        phrase("connection normal; one call tries again; suspended after failures"),
        phrase("partners"),
    ),
    (
        "▁▄█ ·",
        phrase("a week's median answer, the slowest highest; no answer that week"),
        phrase("partners"),
    ),
    (
        "≠",
        phrase("contradicts the records: first, until somebody has looked into it"),
        phrase("queue", context_="place"),
    ),
    (
        "▲",
        phrase("unassigned or stalled: marked in its place, never hidden"),
        phrase("queue", context_="place"),
    ),
    (
        phrase("12m old"),
        phrase("a report that nobody has accepted; ! in its first hour"),
        phrase("queue", context_="place"),
    ),
    ("∩", phrase("also in another recovery"), phrase("sending")),
    ("●", phrase("personal field"), phrase("report")),
    ("✓ ?", phrase("article confirmed in a text, not yet verified"), phrase("law")),
)


def help_lines(screen: Screen[Any]) -> list[HelpLine]:
    """Key, words and place of every binding that is in reach of a screen's focus, then signs."""
    found: dict[str, HelpLine] = {}
    for key, active in actions_in_reach(screen):
        words = as_phrase(active.binding.tooltip or active.binding.description)
        place = as_phrase(type(active.node).__name__.removesuffix("Screen"))
        shown = active.binding.key_display or key
        old = found.get(active.binding.action)
        place = phrase("list") if place.endswith("Table") else place
        place = phrase("panels") if place.endswith("Scroll") else place
        place = phrase("everywhere") if isinstance(active.node, App) else place
        found[active.binding.action] = (f"{old[0]} {shown}" if old else shown, words, place)
    return [*found.values(), *SIGNS]


def actions_in_reach(screen: Screen[Any]) -> list[tuple[str, ActiveBinding]]:
    """Keys that do something on this screen: its own first, then everywhere's, then the list's."""
    order = (Screen, App, Widget)
    known = [
        (key, active)
        for key, active in screen.active_bindings.items()
        if active.binding.description and active.binding.action not in _TEXTUALS_OWN
    ]
    return sorted(
        known,
        key=lambda pair: next(i for i, kind in enumerate(order) if isinstance(pair[1].node, kind)),
    )


def table_lines(lines: list[HelpLine], width: int) -> list[Content]:
    """The lines of the help as a table."""
    if not lines:
        return [word(phrase("no key and no word like that"), MUTED)]
    rows = [
        (word(key, "bold $accent"), word(words, "$foreground"), word(place, MUTED))
        for key, words, place in lines
    ]
    columns = (Column("key", most=20), Column("what it does", rest=True), Column("where", most=12))
    return grid(columns, rows, width, full=True)


class HelpScreen(Dialog[None]):
    """All keys, with a search box."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("pagedown,down", "turn(1)", "Further down"),
        Binding("pageup,up", "turn(-1)", "Further up", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__(phrase("Help: type a word or a key"))
        self._lines = help_lines(screen)

    def compose_question(self) -> ComposeResult:
        yield Input(placeholder=shown(phrase("search keys and words")))
        with VerticalScroll(classes="full"):
            yield self.block(table_lines, self._lines)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        asked = event.value.lower()
        self.query_one(Block).value = [
            line for line in self._lines
            if not asked or asked in line[0].lower().split() or _is_told(asked, line[1])
        ]  # fmt: skip

    def action_turn(self, way: int) -> None:
        """One page down (1) or up (-1), while what is typed keeps the focus."""
        page = self.query_one(VerticalScroll)
        page.scroll_relative(y=way * max(page.size.height - 1, 1), animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(None)


def _is_told(asked: str, words: str) -> bool:
    """Whether a line says that, in any language."""
    return any(asked in told.lower() for told in in_all_languages(as_phrase(words)))

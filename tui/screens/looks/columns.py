"""The key `W` on a list: which of its columns are shown, in what order, how wide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import joined, phrase
from models.language.shown import shown_term
from recovery_flows.cases.kept.arrangement import (
    LEAST_CELLS,
    MOST_CELLS,
    OwnColumn,
    OwnColumns,
)
from tui.screens.dialogs import Dialog
from tui.state_styles import CARE, MUTED
from tui.text import fitted, word, words
from tui.widgets.table import LineTable

if TYPE_CHECKING:
    from tui.context import Terminal

_TITLE_CELLS = 24


def ask_columns(app: Terminal, table: LineTable[Any]) -> None:
    """Arrange the columns of a list, which shows it at once; kept for the officer who acts."""
    name, before = table.id or "", table.own
    if not table.may_be_arranged:
        app.say(
            phrase("these columns stand for the rules: there is none to leave out"), refused=True
        )
        return

    def answered(chosen: OwnColumns | None) -> None:
        if chosen is None:
            table.own = before
        else:
            table.own = chosen
            app.arrangement.keep_columns(name, chosen)

    app.push_screen(ColumnsDialog(table), answered)


class ColumnsDialog(Dialog[OwnColumns]):
    """The columns in their order, those that are hidden last; the answer is what is shown."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "show_or_hide", "Show / hide", priority=True),
        Binding("left,h", "resize(-1)", "Width", key_display="← →", tooltip="Narrower"),
        Binding("right,l", "resize(1)", "Wider", show=False),
        Binding(
            "left_square_bracket,shift+up",
            "shift(-1)",
            "Order",
            key_display="[ ]",
            tooltip="Further left",
        ),
        Binding("right_square_bracket,shift+down", "shift(1)", "Further right", show=False),
        Binding("0", "reset", "As at first"),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]

    def __init__(self, table: LineTable[Any]) -> None:
        super().__init__(phrase("Columns of this list"))
        self._table = table
        self._known = {c.key: c for c in (*table.offered(), *table.others())}
        own = [one for one in table.own if one.key in self._known]
        self._shown = list(own or self._at_first())
        self._is_own = bool(own)
        self._away = tuple(one for one in table.own if one.key not in self._known)

    def _at_first(self) -> list[OwnColumn]:
        return [OwnColumn(column.key) for column in self._table.offered()]

    @property
    def _hidden(self) -> list[OwnColumn]:
        shown = {one.key for one in self._shown}
        return [OwnColumn(key) for key in self._known if key not in shown]

    def compose_question(self) -> ComposeResult:
        yield OptionList(*self._options())
        yield Label(self._outcome(), id="fits")

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def _options(self) -> Sequence[Option]:
        return [Option(self._told(one)) for one in (*self._shown, *self._hidden)]

    def _told(self, one: OwnColumn) -> Content:
        column = self._known[one.key]
        is_shown = one in self._shown
        title = word(shown_term(column.title).strip(), "bold" if is_shown else MUTED)
        cells = phrase("{cells} cells", cells=one.width or column.width)
        told = cells if column.width else phrase("what the others leave")
        sign = "✓ " if is_shown else "  "
        return words(sign, fitted(title, _TITLE_CELLS), (told if is_shown else "", MUTED))

    def _outcome(self) -> Content:
        """What of it has no room in this terminal, as it is now."""
        if not self._is_own:
            return word(phrase("as at first"), MUTED)
        there = {column.key: column for column in self._table.columns()}
        away = [self._known[one.key].title for one in self._shown if one.key not in there]
        if away:
            named = joined(", ", [phrase(title.strip()) for title in away])
            return word(phrase("no room here for: {named}", named=named), CARE)
        if any(one.width and there[one.key].width != one.width for one in self._shown):
            return word(phrase("too wide for this terminal: widths here are as at first"), CARE)
        return word(phrase("Enter keeps it for you, Esc leaves it as it was"), MUTED)

    def _show(self, place: int) -> None:
        """Show the list as it would be, and the columns again, the cursor on the `place`-th."""
        self._table.own = self._chosen
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.highlighted = place
        self.query_one("#fits", Label).update(self._outcome())

    @property
    def _chosen(self) -> OwnColumns:
        return (*self._shown, *self._away) if self._is_own else ()

    @property
    def _place(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    def action_show_or_hide(self) -> None:
        place = self._place
        if place >= len(self._shown):
            self._shown.append(self._hidden[place - len(self._shown)])
            place = len(self._shown) - 1
        elif len(self._shown) == 1:
            self._refuse(phrase("one column stays"))
            return
        else:
            del self._shown[place]
        self._is_own = True
        self._show(place)

    def action_resize(self, step: int) -> None:
        place = self._place
        column = self._known[self._shown[place].key] if place < len(self._shown) else None
        if column is None or not column.width:
            self._refuse(
                phrase("hidden: Space shows it") if column is None
                else phrase("it takes what the others leave")
            )  # fmt: skip
            return
        wanted = (self._shown[place].width or column.width) + step
        self._shown[place] = OwnColumn(column.key, max(LEAST_CELLS, min(wanted, MOST_CELLS)))
        self._is_own = True
        self._show(place)

    def action_shift(self, step: int) -> None:
        place = self._place
        if place < len(self._shown) and 0 <= place + step < len(self._shown):
            moved = self._shown.pop(place)
            self._shown.insert(place + step, moved)
            self._is_own = True
            self._show(place + step)

    def action_reset(self) -> None:
        self._shown, self._is_own, self._away = self._at_first(), False, ()
        self._show(0)

    def _refuse(self, sentence: str) -> None:
        self.query_one("#fits", Label).update(words(("✕ ", CARE), (sentence, CARE)))

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._chosen)

"""The key `V`: the unit's named views of the queue, each with its count; ctrl+s saves one more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import joined, phrase
from recovery_flows.cases.views.saved_views import SavedView, add_view, read_views
from recovery_flows.errors import RecoveryFlowsError
from tui.screen_queries import sentence_of
from tui.screens.dialogs import AskLine, Dialog
from tui.state_styles import CALM, MUTED
from tui.text import word, words

if TYPE_CHECKING:
    from tui.context import Terminal

ALL = phrase("all open recoveries")
SAVE = ""
"""The answer that asks to save the present filter and order."""
Counted = Mapping[str, tuple[SavedView, int]]


def ask_view(app: Terminal, now: SavedView, show: Callable[[SavedView], object]) -> None:
    """Ask for a view and show it, or save the present filter and order."""
    folder = app.folder
    if folder is None:
        app.say(phrase("this terminal has no folder for views"), refused=True)
        return

    def save(name: str | None) -> None:
        if name is not None:
            try:
                app.say(add_view(folder, name, now))
            except RecoveryFlowsError as error:
                app.say(sentence_of(error), refused=True)

    def ask(views: Counted) -> None:
        def picked(name: str | None) -> None:
            if name == SAVE:
                sentence = phrase("{told}: under which name?", told=_told(now))
                app.push_screen(AskLine(phrase("Save this view"), sentence, phrase("name")), save)
            elif name is not None:
                show(views[name][0])

        app.push_screen(PickView(views, now), picked)

    def read() -> Counted:
        return app.source.counted({ALL: SavedView(), **read_views(folder)})

    app.ask_after(phrase("counting the views"), read, ask)


class PickView(Dialog[str]):
    """Asks through which view the queue is looked at; the answer is its name."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save this view", tooltip="Save filter and order as a view")
    ]

    def __init__(self, views: Counted, now: SavedView) -> None:
        super().__init__(phrase("Views of the queue"))
        self._views, self._now = views, now

    def compose_question(self) -> ComposeResult:
        yield Label(words((phrase("now: "), MUTED), _told(self._now)), classes="question")
        yield OptionList(
            *(
                Option(
                    words(
                        (f"{count:>7,}  ", CALM),
                        (name, "bold"),
                        phrase("  {told}", told=_told(view)),
                    )
                )
                for name, (view, count) in self._views.items()
            )
        )
        if len(self._views) == 1:
            yield Label(word(phrase("No view is saved yet: ctrl+s saves this one."), MUTED))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(list(self._views)[event.option_index])

    def action_save(self) -> None:
        self.dismiss(SAVE)


def _told(view: SavedView) -> str:
    sort = (
        phrase("by {column}", column=phrase(view.sort.removeprefix("-")))
        if view.sort.strip("-")
        else ""
    )
    down = phrase("downwards") if view.sort.startswith("-") else ""
    parts = [view.filter, sort, down, phrase("ended ones too") if view.closed else ""]
    told = [part for part in parts if part]
    return joined("  ", told) if told else phrase("by urgency")

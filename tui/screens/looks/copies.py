"""The key `y`: an id, a row or a whole request into the terminal's clipboard, or into a file.

The clipboard is reached by OSC 52, which goes over SSH too. Whether a terminal takes it, none says:
those that are known not to get a file instead, and every one may be asked to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from models.entities.outside.disclosure import DisclosureKind
from models.language.phrase import capital, phrase
from models.safe_text import safe
from recovery_flows.caller import create_named, expanded
from recovery_flows.errors import MisuseError, unwritable
from recovery_flows.wording import counted
from tui.screens.dialogs import AskLine, Dialog
from tui.state_styles import MUTED
from tui.text import cut, word, words

if TYPE_CHECKING:
    from tui.context import Terminal

_PREVIEW_CELLS, _OPTION_CELLS = 50, 60
_TAKE_NONE = frozenset({"linux", "dumb", "vt100", "vt220", "ansi"})
_PROGRAMS_TAKE_NONE = frozenset({"Apple_Terminal"})


@dataclass(frozen=True, slots=True)
class Copied:
    """Something that can be copied: what it is called, its text."""

    what: str
    text: str


def takes_copies(environment: Mapping[str, str]) -> bool:
    """Whether a terminal may take OSC 52: false for those that are known not to."""
    program = environment.get("TERM_PROGRAM", "")
    return environment.get("TERM", "") not in _TAKE_NONE and program not in _PROGRAMS_TAKE_NONE


def row_text(cells: Sequence[Content]) -> str:
    """The cells of a row on one line, with tabs between them, as a table takes them."""
    return "\t".join(" ".join(cell.plain.split()) for cell in cells)


def lines_text(lines: Sequence[Content]) -> str:
    """Lines of a page as text."""
    return "\n".join(line.plain.rstrip() for line in lines)


def ask_copy(app: Terminal, choices: Sequence[Copied], recovery_id: str = "") -> None:
    """Copy the only thing there is, or what is chosen; into a file where the terminal takes none.

    A file of a recovery is recorded before it is written.
    """
    if not choices:
        app.say(phrase("nothing here to copy"), refused=True)
        return

    def copy(one: Copied, *, to_file: bool) -> None:
        if to_file:
            _ask_file(app, one, recovery_id)
        else:
            app.copy_to_clipboard(one.text)
            app.say(phrase("{what} is copied", what=_named(one)))

    def chosen(answer: tuple[int, bool] | None) -> None:
        if answer is not None:
            copy(choices[answer[0]], to_file=answer[1] or not is_taken)

    is_taken = takes_copies(os.environ)
    if len(choices) == 1:
        copy(choices[0], to_file=not is_taken)
    else:
        app.push_screen(PickCopy(choices, is_taken=is_taken), chosen)


def _named(one: Copied) -> str:
    return one.text if "\n" not in one.text and len(one.text) <= _PREVIEW_CELLS else one.what


def _ask_file(app: Terminal, one: Copied, recovery_id: str) -> None:
    if recovery_id and app.read_only:
        app.say(phrase("a file of a recovery is recorded, the screen is read-only"), refused=True)
        return
    note: Callable[[dict[str, bytes]], None] | None = None
    if recovery_id:
        from recovery_flows.access.disclosures import note_files

        kind, what = DisclosureKind.PAGE_FILE, f"copy of {one.what}, masked"
        note = partial(note_files, app.case_officer(), recovery_id, kind, what)

    def answered(path: str | None) -> None:
        if path is not None:
            app.ask_after(phrase("writing the file"), partial(_write, one, path, note), app.say)

    sentence = phrase("{what}: into which new file?", what=capital(one.what))
    app.push_screen(
        AskLine(phrase("Copy into a file"), sentence, phrase("file"), "~/copied.txt"), answered
    )


def _write(one: Copied, path: str, note: Callable[[dict[str, bytes]], None] | None) -> str:
    file, text = expanded(path), f"{one.text}\n".encode()
    if note is not None:
        note({file.name: text})
    try:
        with create_named(file) as made:
            made.write(text)
    except FileExistsError:
        raise MisuseError(
            phrase("{file} is there already: nothing was written", file=file)
        ) from None
    except OSError as error:
        raise unwritable(file, error) from error
    return phrase("written to {file}", file=file)


class PickCopy(Dialog[tuple[int, bool]]):
    """What is to be copied; the answer is its number, and whether it goes into a file."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "first", "Copy the first"),
        Binding("f", "file", "Into a file"),
    ]

    def __init__(self, choices: Sequence[Copied], *, is_taken: bool) -> None:
        super().__init__(
            phrase("Copy")
            if is_taken
            else phrase("Copy into a file: this terminal takes no copies")
        )
        self._choices = choices

    def compose_question(self) -> ComposeResult:
        yield OptionList(*self._options())

    def _options(self) -> Iterator[Option]:
        for one in self._choices:
            lines = one.text.split("\n")
            shown = (
                counted(len(lines), "line")
                if len(lines) > 1
                else safe(one.text.replace("\t", "  "))
            )
            yield Option(cut(words((one.what, "bold"), "  ", word(shown, MUTED)), _OPTION_CELLS))

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss((event.option_index, False))

    def action_first(self) -> None:
        self.dismiss((0, False))

    def action_file(self) -> None:
        self.dismiss((self.query_one(OptionList).highlighted or 0, True))

"""Letters on the screen: read before they are printed, entered when they went, answered by form."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import phrase
from models.queries.cases.letter_views import LetterLine
from recovery_flows.caller import expanded, is_there
from recovery_flows.cases.pages.shared_cells import LETTERS, sign
from recovery_flows.errors import MisuseError
from tui.messages import LetterRead, ReadFailed
from tui.panels.letters import letter_lines
from tui.panels.page import piece_content
from tui.screen_queries import READ_ERRORS, Source, sentence_of
from tui.screens.dialogs import Dialog
from tui.screens.forms import Drafts
from tui.state_styles import MUTED
from tui.text import word, words
from tui.widgets.block import Block

READING = phrase("reading the letter …")
MARKED = phrase("◌ is masked here and in full in the letter   ↑ ↓ scroll")


class LetterDialog(Dialog[str]):
    """The letter as it will be printed, and the new file that it is written to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,enter", "write", "Print to this file"),
        Binding("up", "scroll(-1)", "Up", show=False),
        Binding("down", "scroll(1)", "Down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
    ]

    def __init__(self, source: Source, line: LetterLine, path: str) -> None:
        super().__init__(phrase("{ref}: letter to {bank}", ref=line.ref, bank=line.bank))
        self._source, self._line, self._path = source, line, path
        self._is_read = False

    def compose_question(self) -> ComposeResult:
        yield Label(word(READING, MUTED), id="told")
        with VerticalScroll(classes="letter", can_focus=False):
            yield Block(letter_lines, node_id="letter")
        yield Label(
            word(phrase("New file; a name that ends in .html gets a page for a printer"), MUTED)
        )
        yield Input(self._path, select_on_focus=False, id="path")

    def on_mount(self) -> None:
        self._read_letter()

    @work(thread=True)
    def _read_letter(self) -> None:
        try:
            self.post_message(LetterRead(self._source.letter(self._line.call_id)))
        except READ_ERRORS as error:
            self.post_message(ReadFailed(sentence_of(error)))

    def on_letter_read(self, message: LetterRead) -> None:
        self._is_read = True
        self.query_one("#letter", Block).value = message.lines
        self.query_one("#told", Label).update(word(MARKED, MUTED))

    def on_read_failed(self, message: ReadFailed) -> None:
        self._complain(message.sentence)

    def _complain(self, sentence: str) -> None:
        self.query_one("#told", Label).update(
            word(phrase("✕ {sentence}", sentence=sentence), "bold $error")
        )

    def action_scroll(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        if not self._is_read:
            return
        try:
            path = expanded(self.query_one("#path", Input).value.strip())
        except MisuseError as error:
            self._complain(sentence_of(error))
            return
        if not path.name:
            self._complain(phrase("name a file"))
        elif is_there(path):
            self._complain(phrase("{name} is there already: name another file", name=path.name))
        else:
            self.dismiss(str(path))


class PaperForm(Dialog[dict[str, str]]):
    """One line per thing to be entered of a letter; unsaved texts are kept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Enter it"),
        Binding("escape", "leave", "Back, draft kept"),
    ]

    def __init__(
        self,
        title: str,
        sentence: str,
        fields: tuple[tuple[str, str], ...],
        draft_key: str,
        drafts: Drafts,
        *,
        can_be_empty: bool = False,
    ) -> None:
        super().__init__(title)
        self._sentence, self._fields, self._can_be_empty = sentence, fields, can_be_empty
        self._key, self._drafts = draft_key, drafts

    def compose_question(self) -> ComposeResult:
        yield Label(word(self._sentence), classes="question")
        with VerticalScroll(can_focus=False, classes="fields paper"):
            for name, hint in self._fields:
                with Horizontal(classes="field"):
                    yield Label(word(name.replace("_", " "), "$primary"))
                    yield Input(self._drafts.get(self._key + name, ""), hint, select_on_focus=False)

    def _values(self) -> dict[str, str]:
        values = (i.value.strip() for i in self.query(Input))
        return dict(zip((name for name, _ in self._fields), values, strict=True))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.focused is list(self.query(Input))[-1]:
            self.action_save()
        else:
            self.focus_next()

    def action_save(self) -> None:
        self._keep()
        filled = {name: text for name, text in self._values().items() if text}
        if filled or self._can_be_empty:
            self.dismiss(filled)

    def action_leave(self) -> None:
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        for name, text in self._values().items():
            if text:
                self._drafts[self._key + name] = text
            else:
                self._drafts.pop(self._key + name, None)


class PickLetter(Dialog[LetterLine]):
    """Asks which of several letters an answer belongs to."""

    def __init__(self, ref: str, lines: tuple[LetterLine, ...]) -> None:
        super().__init__(phrase("{ref}: whose answer came?", ref=ref))
        self._lines = lines

    def compose_question(self) -> ComposeResult:
        yield OptionList(
            *(
                Option(
                    words((x.bank, "bold"), phrase("  {what}  ", what=x.what), _stand(x)),
                    x.call_id,
                )
                for x in self._lines
            )
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._lines[event.option_index])


def _stand(letter: LetterLine) -> Content:
    return piece_content(sign(LETTERS[letter.stands]), "UTC")

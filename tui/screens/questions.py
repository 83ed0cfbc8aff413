"""Dialogs that need a decision: a second report, a payment known already, a discrepancy."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label

from models.language.phrase import capital, phrase
from models.language.shown import shown
from models.safe_text import safe
from tui.layout import Figures, figures_lines
from tui.screens.dialogs import Dialog
from tui.state_styles import MUTED
from tui.text import word, words


class ResolveDiscrepancy(Dialog[str]):
    """Shows what contradicts the records; what was found out about it resolves it."""

    is_seen_first = True

    def __init__(self, sentence: str, figures: Figures) -> None:
        super().__init__(phrase("Resolve the discrepancy?"))
        self._sentence, self._figures = sentence, figures

    def compose_question(self) -> ComposeResult:
        yield Label(
            words(("≠ ", "bold $error"), (self._sentence, "bold $error")), classes="question"
        )
        with VerticalScroll(can_focus=False):
            yield self.block(figures_lines, self._figures)
        told = phrase(
            "What did you find out? Stored encrypted; cannot be edited. Enter resolves it."
        )
        yield Label(word(told, MUTED), id="told")
        yield Input(placeholder=shown(phrase("the reason why it may rest")))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())
        else:
            text = phrase("✕ say what was found out: without a reason nothing is resolved")
            self.query_one("#told", Label).update(word(text, "bold $error"))


class SecondReport(Dialog[str]):
    """Asks what becomes of a report that was pasted while another one is open: add or replace."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "answer('replace')", "Replace the open report"),
        Binding("a", "answer('add')", "Add to it"),
        Binding("escape", "leave", "Back, not pasted"),
    ]
    is_seen_first = True

    def __init__(self, case_number: str, pasted: str) -> None:
        super().__init__(phrase("Another report is open"))
        self._case_number, self._pasted = case_number, pasted

    def compose_question(self) -> ComposeResult:
        number = safe(self._case_number)
        case = phrase(" (case number {number})", number=number) if number else ""
        text = phrase(
            "A report{case} stands here and was not sent. You pasted {pasted} more. "
            "Esc, send the open one with ctrl+s, then paste again; or replace it, or "
            "add to it.",
            case=case,
            pasted=self._pasted,
        )
        yield Label(word(text), classes="question")

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)


class AlreadyReported(Dialog[str]):
    """Asks whether a report is of a payment that is in a recovery already, or of another one."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "answer('open')", "Open that recovery"),
        Binding("a", "answer('another')", "It is another payment"),
    ]
    is_seen_first = True

    def __init__(self, sentence: str) -> None:
        super().__init__(phrase("Already reported?"))
        self._sentence = sentence

    def compose_question(self) -> ComposeResult:
        sentence = phrase("{sentence}.", sentence=capital(self._sentence))
        yield Label(word(sentence, "bold $warning"), classes="question")
        text = phrase(
            "The same payer and payee, and the same sum within an hour or the same reference."
        )
        yield Label(word(text, MUTED), classes="question")

    def action_answer(self, answer: str) -> None:
        self.dismiss(answer)

"""Forms for longer texts: notes and request fields. Unsaved text is kept as a draft."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Label, TextArea

from models.language.phrase import phrase
from recovery_flows.errors import RecoveryFlowsError
from tui.screen_queries import sentence_of
from tui.screens.dialogs import Dialog
from tui.screens.looks.editor import edited, editor_of
from tui.state_styles import MUTED
from tui.text import word

Drafts = dict[str, str]


def note_key(recovery_id: str) -> str:
    """The key under which the draft of a note is kept."""
    return f"note:{recovery_id}"


def fields_key(request_id: str) -> str:
    """The prefix of the draft keys of a request's fields."""
    return f"field:{request_id}:"


class NoteForm(Dialog[str]):
    """A note of many lines; leaving keeps it as a draft."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save note"),
        Binding("ctrl+o", "edit", "Editor", tooltip="Write in an editor of one's own"),
        Binding("escape", "leave", "Back, draft kept"),
    ]

    def __init__(self, ref: str, draft_key: str, drafts: Drafts) -> None:
        super().__init__(phrase("Note on {ref}", ref=ref))
        self._key, self._drafts = draft_key, drafts

    def compose_question(self) -> ComposeResult:
        yield Label(word(phrase("Stored encrypted; cannot be edited afterwards."), MUTED))
        yield TextArea(self._drafts.get(self._key, ""), id="note")

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)

    def action_edit(self) -> None:
        """Hand the text to an editor of one's own; what is wrong stands in place of the label."""
        area = self.query_one(TextArea)
        try:
            editor = editor_of(os.environ)
            with self.app.suspend():
                text = edited(area.text, editor)
        except SuspendNotSupported:
            self._tell(phrase("this terminal cannot be left for an editor"))
        except RecoveryFlowsError as error:
            self._tell(sentence_of(error))
        else:
            area.text = text
            area.move_cursor(area.document.end)

    def _tell(self, sentence: str) -> None:
        self.query_one(Label).update(word(phrase("✕ {sentence}", sentence=sentence), "bold $error"))

    def action_save(self) -> None:
        text = self.query_one(TextArea).text
        if text.strip():
            self._drafts[self._key] = text
            self.dismiss(text)

    def action_leave(self) -> None:
        text = self.query_one(TextArea).text
        if text.strip():
            self._drafts[self._key] = text
        else:
            self._drafts.pop(self._key, None)
        self.dismiss(None)


class FieldsForm(Dialog[dict[str, str]]):
    """One input per missing field of a request; those left empty stay missing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Keep the fields"),
        Binding("escape", "leave", "Back, draft kept"),
    ]

    def __init__(self, ref: str, request_id: str, missing: tuple[str, ...], drafts: Drafts) -> None:
        super().__init__(
            phrase("Request of {ref}: {missing} fields missing", ref=ref, missing=len(missing))
        )
        self._request_id, self._missing, self._drafts = request_id, missing, drafts

    def _key(self, name: str) -> str:
        return f"{fields_key(self._request_id)}{name}"

    def compose_question(self) -> ComposeResult:
        yield Label(
            word(phrase("Enter goes to the next field, Ctrl+S keeps what is filled."), MUTED)
        )
        with VerticalScroll(can_focus=False, classes="fields"):
            for name in self._missing:
                with Horizontal(classes="field"):
                    yield Label(word(name.replace("_", " "), "$primary"))
                    yield Input(
                        self._drafts.get(self._key(name), ""),
                        phrase("missing"),
                        select_on_focus=False,
                    )

    def _values(self) -> dict[str, str]:
        values = (i.value for i in self.query(Input))
        return dict(zip(self._missing, values, strict=True))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_save(self) -> None:
        filled = {name: text.strip() for name, text in self._values().items() if text.strip()}
        if filled:
            self._keep()
            self.dismiss(filled)

    def action_leave(self) -> None:
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        for name, text in self._values().items():
            if text.strip():
                self._drafts[self._key(name)] = text
            else:
                self._drafts.pop(self._key(name), None)

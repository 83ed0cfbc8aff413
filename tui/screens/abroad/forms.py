"""Forms of a request abroad: its fields, what the other side can say, one of several ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from models.language.phrase import joined, phrase
from models.safe_text import safe
from recovery_flows.cases.views.request_view import RequestView
from recovery_flows.correspondence.free_text import Decided
from recovery_flows.cross_border.answers import possible_answers
from recovery_flows.cross_border.channels import Channel, ChannelGround
from recovery_flows.cross_border.plans import section_of
from recovery_flows.wording import counted, spoken
from tui.screens.dialogs import Dialog
from tui.screens.forms import Drafts
from tui.state_styles import MUTED
from tui.text import word, words

STRIKE, KEEP = phrase("strike"), phrase("keep")
_DECIDE = (
    (STRIKE, phrase("FIELD,FIELD: strike what is personal")),
    (KEEP, phrase("FIELD=why it stays; recorded")),
)


def fields_key(request_id: str) -> str:
    """The prefix of the draft keys of a request's fields, those of the key `n` as well."""
    return f"field:{request_id}:"


class RequestFields(Dialog[tuple[dict[str, str], Decided]]):
    """One line a field, what is missing first; empty lines stay as they are."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Keep the fields"),
        Binding("escape", "leave", "Back, draft kept"),
    ]

    def __init__(self, view: RequestView, drafts: Drafts) -> None:
        lacks = [name for name in view.row.missing.split(",") if name]
        told = (
            phrase("{fields} missing", fields=counted(len(lacks), "field"))
            if lacks
            else phrase("none missing")
        )
        super().__init__(
            phrase(
                "{ref}: fields of {channel}, {told}",
                ref=view.file.recovery.ref,
                channel=view.row.channel,
                told=told,
            )
        )
        self._view, self._drafts = view, drafts
        self._names = (*lacks, *(name for name in view.asked if name not in lacks))

    def compose_question(self) -> ComposeResult:
        told = phrase("Enter: next field. Ctrl+S saves; what is empty stays.")
        yield Label(word(told, MUTED))
        with VerticalScroll(can_focus=False, classes="fields"):
            for name in self._names:
                section = section_of(self._view.row.asked, name)
                yield from self._line(name, f"{section} " if section else "", self._hint(name))
            for name, hint in _DECIDE:
                yield from self._line(name, "", hint)

    def _line(self, name: str, before: str, hint: str) -> ComposeResult:
        with Horizontal(classes="field"):
            yield Label(words((before, MUTED), (spoken(name), "$primary")))
            draft = safe(self._drafts.get(self._key(name), ""))
            yield Input(draft, safe(hint), select_on_focus=False, id=f"field-{name}")

    def _hint(self, name: str) -> str:
        if name in self._view.row.missing.split(","):
            return phrase("missing")
        return self._view.fields.get(name, "") or phrase("may be empty")

    def _key(self, name: str) -> str:
        return f"{fields_key(self._view.row.id)}{name}"

    def _values(self) -> dict[str, str]:
        found = ((i.id or "", i.value.strip()) for i in self.query(Input))
        return {name.removeprefix("field-"): text for name, text in found}

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def action_save(self) -> None:
        self._keep()
        values = self._values()
        kept = dict([values.pop(KEEP).partition("=")[::2]]) if values[KEEP] else {}
        struck = tuple(name.strip() for name in values.pop(STRIKE).split(",") if name.strip())
        filled = {name: text for name, text in values.items() if text and name != KEEP}
        if filled:
            self.dismiss((filled, Decided(struck, {n.strip(): why for n, why in kept.items()})))

    def action_leave(self) -> None:
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        for name, text in self._values().items():
            if text:
                self._drafts[self._key(name)] = text
            else:
                self._drafts.pop(self._key(name), None)


class PickAnswer(Dialog[tuple[str, ChannelGround | None]]):
    """What the other side says, with each ground of the closed list and what that leaves."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, ref: str, channel: Channel) -> None:
        super().__init__(phrase("{ref}: what does the other side say?", ref=ref))
        self._answers = possible_answers(channel)
        self._code = channel.code

    def compose_question(self) -> ComposeResult:
        yield Label(
            word(phrase("Only what the closed list of {code} has.", code=self._code), MUTED)
        )
        yield OptionList(*(_answer(*one) for one in self._answers))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._answers[event.option_index])


def _answer(says: str, ground: ChannelGround | None) -> Option:
    if ground is None:
        return Option(words((spoken(says), "bold")))
    left = joined(", ", map(spoken, ground.options))
    return Option(
        words(
            (spoken(says), "bold"),
            f"  {ground.code}  {ground.text}",
            (phrase("  leaves {left}", left=left) if left else "", MUTED),
        )
    )


class PickOne(Dialog[str]):
    """One of several ways, by its words."""

    AUTO_FOCUS = "OptionList"

    def __init__(self, title: str, sentence: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(title)
        self._sentence, self._choices = sentence, choices

    def compose_question(self) -> ComposeResult:
        yield Label(word(self._sentence), classes="question")
        yield OptionList(*(Option(word(text)) for _, text in self._choices))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index][0])

"""The key `L`: enter subjects of an incident, see each task, send all of them with `y`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Label

from models.entities.multi_agency import SubjectKind
from models.language.phrase import phrase
from models.safe_text import safe
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages import board
from recovery_flows.errors import MisuseError, RefusedError
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.multi_agency.actions import Prospect
from recovery_flows.multi_agency.identifiers import Subject
from recovery_flows.multi_agency.plan import Planned
from recovery_flows.wording import counted
from tui.act_log import command
from tui.context import Terminal
from tui.layout import paragraph
from tui.panels.page import parts_lines
from tui.screen_queries import sentence_of
from tui.screens.dialogs import Dialog
from tui.screens.forms import Drafts
from tui.state_styles import ALARM, MUTED
from tui.text import word, words
from tui.widgets.block import Block

Answer = tuple[tuple[Subject, ...], bool]
_FIELDS: Mapping[str, str] = {
    "number": phrase("telephone number"),
    "imei": phrase("telephone's IMEI"),
    "domain": phrase("domain or page"),
    "account_name": phrase("account at a platform"),
    "ip": phrase("IP address"),
}


_OPTIONS: Mapping[SubjectKind, str] = {
    kind: f"--{kind.replace('_', '-')}" for kind in SubjectKind
} | {SubjectKind.URL: "--domain"}
"""The option of the command that takes a kind of subject."""


def draft_prefix(recovery_id: str) -> str:
    """The prefix of the keys under which these drafts are kept."""
    return f"link:{recovery_id}:"


@dataclass(frozen=True, slots=True)
class _Preview:
    """What would be sent, or why the input is refused."""

    prospect: Prospect
    planned: tuple[Planned, ...] = ()
    wrong: str = ""


class SubjectsForm(Dialog[Answer]):
    """The form for subjects of an incident; the tasks that follow are shown while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Send all"),
        Binding("a", "ask", "Ask who is behind"),
        Binding("escape", "leave", "Back, draft kept"),
    ]
    is_seen_first = True

    def __init__(self, prospect: Prospect, drafts: Drafts) -> None:
        super().__init__(phrase("Multi-agency request of {ref}", ref=prospect.ref))
        self._prospect, self._drafts = prospect, drafts
        self._ask = False

    def compose_question(self) -> ComposeResult:
        text = phrase("Tab: next line. Commas for several. Enter ends typing; y sends.")
        yield Label(word(text, MUTED))
        with VerticalScroll(can_focus=False, classes="fields"):
            for name, spoken in _FIELDS.items():
                with Horizontal(classes="field"):
                    yield Label(word(spoken, "$primary"))
                    yield Input(self._first(name), id=name, select_on_focus=False)
        with VerticalScroll(can_focus=False, id="planned"):
            yield Block(_preview_lines, node_id="preview-tasks")

    def on_mount(self) -> None:
        self._show()

    def _first(self, name: str) -> str:
        """Restore what was typed and not sent before."""
        return safe(self._drafts.get(self._key(name), ""))

    def _key(self, name: str) -> str:
        return f"{draft_prefix(self._prospect.recovery_id)}{name}"

    def _subjects(self) -> tuple[Subject, ...]:
        typed = {line.id or "": line.value for line in self.query(Input)}
        return tuple(
            _subject(name, text)
            for name, value in typed.items()
            for text in value.split(",")
            if text.strip()
        )

    def _preview(self) -> _Preview:
        try:
            planned = self._prospect.planned(self._subjects(), ask=self._ask)
        except (MisuseError, RefusedError) as error:
            return _Preview(self._prospect, wrong=sentence_of(error))
        return _Preview(self._prospect, planned)

    def _show(self) -> None:
        self.query_one("#preview-tasks", Block).value = self._preview()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_focus(None)

    def action_ask(self) -> None:
        self._ask = not self._ask
        self._show()

    def action_yes(self) -> None:
        if self._preview().planned:
            self._keep()
            self.dismiss((self._subjects(), self._ask))

    def action_leave(self) -> None:
        self._keep()
        self.dismiss(None)

    def _keep(self) -> None:
        for line in self.query(Input):
            name = line.id or ""
            if line.value.strip():
                self._drafts[self._key(name)] = line.value
            else:
                self._drafts.pop(self._key(name), None)


def _subject(name: str, text: str) -> Subject:
    if name == "domain":
        return multi_agency_actions.site_of(text)
    return multi_agency_actions.subject_of(SubjectKind(name), text)


def _preview_lines(preview: _Preview, width: int) -> list[Content]:
    if preview.wrong:
        return paragraph(word(phrase("✕ {wrong}", wrong=preview.wrong), ALARM), width)
    planned = preview.planned
    partners = counted(len({p.partner_id for p in planned}), "partner")
    sends = words(
        ("y ", "bold $accent"),
        phrase(
            "sends {tasks} to {partners}", tasks=counted(len(planned), "task"), partners=partners
        ),
    )
    parts = board.plan_lines(preview.prospect, planned)
    return [*([sends] if planned else ()), *parts_lines(parts, "UTC", width)]


def ask_multi_agency(app: Terminal, prospect: Prospect) -> None:
    """Ask which subjects a request of several partners is about, then start it."""

    def answered(answer: Answer | None) -> None:
        if answer is not None:
            found, ask = answer
            given = [word for one in found for word in (_OPTIONS[one.kind], "-")]
            words = [prospect.ref, *given, *(["--query"] if ask else [])]
            told = command("multi-agency", "start", *words)
            key = draft_prefix(prospect.recovery_id)
            app.perform(partial(_start, prospect, *answer), key, command=told)

    app.push_screen(SubjectsForm(prospect, app.drafts), answered)


def _start(prospect: Prospect, found: tuple[Subject, ...], ask: bool, acting: CaseOfficer) -> str:  # noqa: FBT001 - partial
    return multi_agency_actions.start(
        acting, prospect.recovery_id, found, ask=ask, seen=prospect.version
    )

"""Objections on the screen: one person enters one, another decides it, each with a reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from models.entities.claim import ObjectionKind
from models.entities.officer import Role
from models.language.phrase import phrase
from models.language.shown import shown
from models.money import Money
from recovery_flows.cases import objection_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.views.restitution_views import (
    ClaimStanding,
    ObjectionLine,
    RestitutionPage,
)
from recovery_flows.cases.views.state_names import OBJECTION_KINDS
from recovery_flows.errors import MisuseError
from tui.act_log import command
from tui.layout import Figures, figures_lines
from tui.panels.restitution import command_lines
from tui.screens.dialogs import Dialog
from tui.state_styles import MUTED
from tui.text import word, words, zoned_time

if TYPE_CHECKING:
    from tui.context import Terminal


class ObjectionForm(Dialog[tuple[ObjectionKind, str]]):
    """Against what a victim objects, and his words."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, ref: str, claim: ClaimStanding) -> None:
        super().__init__(
            phrase(
                "{ref}: objection for claim {number} {victim}",
                ref=ref,
                number=claim.number,
                victim=claim.victim,
            )
        )
        self._ref, self._claim = ref, claim
        self._kinds = tuple(OBJECTION_KINDS)

    def compose_question(self) -> ComposeResult:
        yield Label(word(phrase("Against what? Another person decides it."), MUTED), id="told")
        yield OptionList(
            *(
                Option(words((phrase("{kind:<7}", kind=kind), "bold"), (what, MUTED)), kind)
                for kind, what in OBJECTION_KINDS.items()
            )
        )
        yield Input(
            placeholder=shown(phrase("what is objected; Enter enters it, stored encrypted")),
            id="reason",
        )
        command = (
            f"recovery objection enter {self._ref} --kind KIND --claim {self._claim.claim_id} "
            "--reason TEXT"
        )
        yield self.block(command_lines, command)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value.strip():
            self.query_one("#told", Label).update(
                word(phrase("✕ say what is objected"), "bold $error")
            )
            return
        kind = self._kinds[self.query_one(OptionList).highlighted or 0]
        self.dismiss((kind, event.value.strip()))


class DecideObjection(Dialog[tuple[bool, str, str]]):
    """Uphold or reject: the answer is the decision, what of the loss is upheld, the reason."""

    AUTO_FOCUS = "OptionList"

    def __init__(
        self, ref: str, one: ObjectionLine, claim: ClaimStanding | None, zone: str
    ) -> None:
        super().__init__(
            phrase(
                "{ref}: decide the objection of {entered_at:%d %b}",
                ref=ref,
                entered_at=one.entered_at,
            )
        )
        self._ref, self._one, self._claim, self._zone = ref, one, claim, zone

    def _figures(self) -> Figures:
        one, claim = self._one, self._claim
        due = zoned_time(one.due_at, self._zone) if one.due_at else phrase("no term")
        figures = [
            (
                phrase("against"),
                phrase(
                    "{kind}: {objection_kinds}",
                    kind=one.kind,
                    objection_kinds=OBJECTION_KINDS[one.kind],
                ),
            ),
            (phrase("claim"), f"{one.number} {one.victim}" if one.claim_id else phrase("none")),
            (
                phrase("entered by"),
                phrase(
                    "{entered_by} on {at}",
                    entered_by=one.entered_by,
                    at=zoned_time(one.entered_at, self._zone),
                ),
            ),
            (phrase("objected"), one.text or phrase("the note cannot be read")),
            (phrase("to be decided by"), due),
        ]
        if claim is not None:
            figures.append((phrase("reported, upheld now"), f"{claim.reported}, {claim.upheld}"))
        return tuple(figures)

    def compose_question(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield self.block(figures_lines, self._figures())
        yield Label(
            word(phrase("Upheld, it ends the distribution; a new round begins."), MUTED), id="told"
        )
        yield OptionList(
            Option(word(phrase("Reject")), "reject"), Option(word(phrase("Uphold")), "uphold")
        )
        if self._one.claim_id:
            yield Input(
                placeholder=shown(
                    phrase("what of the loss is upheld, such as 600.00; empty: as it is")
                ),
                id="loss",
            )
        asks = phrase("why it is decided so; Enter decides, stored encrypted")
        yield Input(placeholder=shown(asks), id="reason")
        command = (
            f"recovery objection decide {self._ref} {self._one.objection_id} --uphold|--reject "
            "--loss SUM --reason TEXT"
        )
        yield self.block(command_lines, command)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query(Input).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        reason = self.query_one("#reason", Input)
        if event.input is not reason:
            reason.focus()
        elif not reason.value.strip():
            self.query_one("#told", Label).update(word(phrase("✕ say why"), "bold $error"))
        else:
            loss = self.query_one("#loss", Input).value.strip() if self._one.claim_id else ""
            is_upheld = self.query_one(OptionList).highlighted == 1
            self.dismiss((is_upheld, loss, reason.value.strip()))


def ask_objection(app: Terminal, page: RestitutionPage, claim: ClaimStanding) -> None:
    """Ask what a victim objects to, then enter it."""

    def answered(answer: tuple[ObjectionKind, str] | None) -> None:
        if answer is not None:
            given = ["--kind", answer[0], "--claim", claim.claim_id, "--reason", "TEXT"]
            told = command("objection", "enter", page.ref, *given)
            app.perform(partial(_enter, page, claim.claim_id, *answer), command=told)

    if _may(app, Role.OFFICER):
        app.push_screen(ObjectionForm(page.ref, claim), answered)


def ask_decision(app: Terminal, page: RestitutionPage, one: ObjectionLine, zone: str) -> None:
    """Ask a person other than the one who entered an objection for the decision on it."""

    def answered(answer: tuple[bool, str, str] | None) -> None:
        if answer is not None:
            given = ["--uphold" if answer[0] else "--reject", "--reason", "TEXT"]
            told = command("objection", "decide", page.ref, one.objection_id, *given)
            app.perform(partial(_decide, page, one.objection_id, *answer), command=told)

    if not _may(app, Role.SUPERVISOR):
        return
    if app.officer is not None and one.entered_by == app.officer.id:
        app.say(phrase("you entered it: another person decides it"), refused=True)
        return
    claim = next((c for c in page.claims if c.claim_id == one.claim_id), None)
    app.push_screen(DecideObjection(page.ref, one, claim, zone), answered)


def _may(app: Terminal, role: Role) -> bool:
    """Whether whoever acts has the role; else it is said."""
    if app.officer is not None and role in app.officer.roles:
        return True
    who = phrase("nobody") if app.officer is None else app.officer.handle
    app.say(
        phrase("this takes the role {role}; {who} acts: o switches the user", role=role, who=who),
        refused=True,
    )
    return False


def _enter(
    page: RestitutionPage, claim_id: str, kind: ObjectionKind, reason: str, acting: CaseOfficer
) -> str:
    return objection_actions.enter(acting, page.recovery_id, kind, claim_id, reason, page.version)


def _decide(
    page: RestitutionPage,
    objection_id: str,
    is_upheld: bool,  # noqa: FBT001 - the form's answer in its order
    loss: str,
    reason: str,
    acting: CaseOfficer,
) -> str:
    try:
        upheld = Money.parse(loss, page.currency) if loss else None
    except ValueError as error:
        raise MisuseError(phrase("what is upheld of the loss: {error}", error=error)) from error
    return objection_actions.decide(
        acting, page.recovery_id, objection_id, reason, is_upheld=is_upheld, loss=upheld,
        seen_version=page.version,
    )  # fmt: skip

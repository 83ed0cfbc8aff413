"""The key `A` on a recovery: who sees it; a supervisor asks, another person confirms."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Label, OptionList

from models.entities.register_change import RegisterAct
from models.language.phrase import capital, phrase
from models.queries.cases.views import RecoveryPage
from recovery_flows.access.restrictions import ask_restriction
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.restricted import seen_by
from tui.act_log import command
from tui.screens.dialogs import AskLine, Dialog
from tui.state_styles import MUTED
from tui.text import word

if TYPE_CHECKING:
    from tui.context import Terminal

_WHO = phrase("Which officers? Their handles, with a comma between them.")
_WHY = phrase("Why? The reason is stored encrypted; whoever confirms it reads it.")
_CHOICES = {
    RegisterAct.RESTRICT: (phrase("restrict it to named officers"), "--member"),
    RegisterAct.ADD_MEMBER: (phrase("let one more officer see it"), "--add"),
    RegisterAct.REMOVE_MEMBER: (phrase("let one officer see it no more"), "--remove"),
    RegisterAct.LIFT_RESTRICTION: (phrase("let everybody see it again"), "--lift"),
}


def ask_restrict(app: Terminal, page: RecoveryPage) -> None:
    """Ask what is to change, who, and why; then ask another person to confirm it."""
    acts = [act for act in _CHOICES if (act is RegisterAct.RESTRICT) != bool(page.restriction)]

    def chosen(act: RegisterAct | None) -> None:
        if act is RegisterAct.LIFT_RESTRICTION:
            _ask_why(app, page, act, "")
        elif act is not None:
            question = AskLine(_title(page, act), _WHO, "handles")
            app.push_screen(question, partial(_ask_why, app, page, act))

    app.push_screen(PickChange(page, acts), chosen)


def _ask_why(app: Terminal, page: RecoveryPage, act: RegisterAct, named: str | None) -> None:
    if named is None:
        return
    handles = [name.strip() for name in named.split(",") if name.strip()]
    option = _CHOICES[act][1]

    def answered(reason: str | None) -> None:
        if reason is not None:
            words = [word for name in handles for word in (option, name)] or [option]
            told = command("restrict", page.ref, *words, "--reason", "TEXT")
            app.perform(partial(_ask, page, act, handles, reason), command=told)

    app.push_screen(AskLine(_title(page, act), _WHY, "reason"), answered)


def _ask(
    page: RecoveryPage, act: RegisterAct, handles: list[str], reason: str, acting: CaseOfficer
) -> str:
    ask_restriction(acting, page.recovery_id, act, handles, reason)
    return phrase("{ref}: asked for; another person confirms it under Approvals (3)", ref=page.ref)


def _title(page: RecoveryPage, act: RegisterAct) -> str:
    return phrase("{ref}: {title}", ref=page.ref, title=_CHOICES[act][0])


class PickChange(Dialog[RegisterAct]):
    """Asks what is to change about who sees a recovery."""

    def __init__(self, page: RecoveryPage, acts: list[RegisterAct]) -> None:
        super().__init__(phrase("{ref}: who sees it?", ref=page.ref))
        self._page, self._acts = page, acts

    def compose_question(self) -> ComposeResult:
        there = self._page.restriction
        yield Label(word(seen_by(there) if there else phrase("Everybody of the unit."), MUTED))
        yield OptionList(*(word(capital(_CHOICES[act][0])) for act in self._acts))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._acts[event.option_index])

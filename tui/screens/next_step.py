"""The key `n`: refuse with the reason, ask what has to be asked, then let the desk do it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from models.case_file import Step
from models.deconfliction_hits import Known
from models.language.phrase import capital, phrase
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.correspondence.letters.next_steps import LetterAction
from tui.act_guards import (
    ASKS_FIRST,
    discrepancy_figures,
    officer_step,
    own_approval,
    step_also,
    step_figures,
    why_not,
)
from tui.act_log import command
from tui.screens.dialogs import AskLine, Confirm
from tui.screens.forms import FieldsForm, fields_key
from tui.screens.letter_steps import ask_letter
from tui.screens.questions import ResolveDiscrepancy

if TYPE_CHECKING:
    from tui.context import Terminal


def ask_step(app: Terminal, page: RecoveryPage) -> None:
    """Do the next step of a recovery, after the question it deserves; a supervisor's is shown."""
    refusal = why_not(page, app.officer, read_only=app.read_only)
    step = officer_step(page)
    approval = own_approval(page, app.officer)
    if approval is not None and not app.read_only:
        app.open_approval(approval.subject_id)
    elif refusal or step is None:
        app.say(phrase("{ref}: {refusal}", ref=page.ref, refusal=refusal), refused=True)
    elif step.action == ActionKind.ACCEPT:
        _ask_case_number(app, page)
    elif step.action == ActionKind.COMPLETE_REQUEST:
        _ask_fields(app, page, step)
    elif step.action == ActionKind.RESOLVE_DISCREPANCY:
        _ask_what_was_found(app, page, step)
    elif step.action in set(LetterAction):
        ask_letter(app, page, step)
    elif step.action in ASKS_FIRST and (step.action not in _WHERE_SHARED or step_also(page, step)):
        _ask_yes(app, page, step)
    else:
        _do(app, page)


_WHERE_SHARED = frozenset({ActionKind.SUBMIT_FREEZE, ActionKind.SUBMIT_REQUEST})
"""Another person looks at these before they leave: they ask where another recovery asks too."""
_MAY_WAIT = frozenset({ActionKind.PUBLISH_NOTICE, ActionKind.JOIN})
"""Steps that cannot be taken back and lose nothing by some seconds."""


def _do(
    app: Terminal,
    page: RecoveryPage,
    case_number: str = "",
    fields: Mapping[str, str] | None = None,
    drafts: str = "",
    *,
    knowing: Known = False,
    holds_back: bool = False,
) -> None:
    given = ["--case-number", case_number] if case_number else []
    given += [word for name in fields or () for word in ("--field", f"{name}=TEXT")]
    told = command("advance", page.ref, *given, *(["--allow-duplicate"] if knowing else []))
    doing = partial(_advance, page, case_number, fields, knowing)
    app.perform(doing, drafts, command=told, holds_back=holds_back)


def _advance(
    page: RecoveryPage,
    case_number: str,
    fields: Mapping[str, str] | None,
    knowing: Known,
    acting: CaseOfficer,
) -> str:
    return acting.advance(
        page.recovery_id,
        fields=fields,
        case_number=case_number,
        seen_version=page.version,
        knowing=knowing,
    )


def _ask_case_number(app: Terminal, page: RecoveryPage) -> None:
    def answered(number: str | None) -> None:
        if number is not None:
            _do(app, page, case_number=number)

    sentence = phrase("Under which case number is the report of {loss} accepted?", loss=page.loss)
    app.push_screen(
        AskLine(phrase("Accept {ref}", ref=page.ref), sentence, phrase("case number")), answered
    )


def _ask_what_was_found(app: Terminal, page: RecoveryPage, step: Step) -> None:
    found = next(d for d in page.discrepancies if d.discrepancy_id == step.subject_id)

    def answered(reason: str | None) -> None:
        if reason is not None:
            told = command(
                "discrepancy", "resolve", page.ref, found.discrepancy_id, "--reason", "TEXT"
            )
            app.perform(partial(_resolve, page, found.discrepancy_id, reason), command=told)

    law = app.source.laws.get(page.regime)
    figures = discrepancy_figures(found, page.ref, law.time_zone if law else app.time_zone)
    app.push_screen(ResolveDiscrepancy(found.sentence, figures), answered)


def _resolve(page: RecoveryPage, discrepancy_id: str, reason: str, acting: CaseOfficer) -> str:
    return discrepancy_actions.resolve(
        acting, page.recovery_id, discrepancy_id, reason, page.version
    )


def _ask_fields(app: Terminal, page: RecoveryPage, step: Step) -> None:
    def answered(fields: dict[str, str] | None) -> None:
        if fields is not None:
            _do(app, page, fields=fields, drafts=fields_key(step.subject_id))

    request = next(r for r in page.requests if r.request_id == step.subject_id)
    app.push_screen(FieldsForm(page.ref, request.request_id, request.missing, app.drafts), answered)


def _ask_yes(app: Terminal, page: RecoveryPage, step: Step) -> None:
    also = step_also(page, step)

    def answered(answer: str | None) -> None:
        if answer is not None:
            _do(app, page, knowing=also, holds_back=step.action in _MAY_WAIT)

    title = phrase("{sentence}?", sentence=capital(step.sentence))
    question = Confirm(title, ASKS_FIRST[step.action], step_figures(page, step), also=also)
    app.push_screen(question, answered)

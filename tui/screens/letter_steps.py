"""The key `n` on a letter: print it, enter how it was sent, enter the answer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from models.case_file import Step
from models.language.phrase import phrase
from models.letter_answer import LetterStand
from models.queries.cases.letter_views import LetterLine
from models.queries.cases.views import RecoveryPage
from recovery_flows.caller import expanded
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.correspondence.letters import (
    actions as letter_actions,
    answer_actions,
)
from recovery_flows.correspondence.letters.files import default_name
from recovery_flows.correspondence.letters.next_steps import LetterAction
from tui.act_log import command
from tui.screens.letters import LetterDialog, PaperForm, PickLetter

if TYPE_CHECKING:
    from tui.context import Terminal

_ANSWERABLE = (LetterStand.WAITS, LetterStand.RETURNED)
_SENT_FIELDS = (
    (phrase("how"), phrase("fax, courier, post, e-mail, hand; a number")),
    (phrase("at"), phrase("2026-03-02T10:15; empty: now")),
)


def ask_letter(app: Terminal, page: RecoveryPage, step: Step) -> None:
    """Ask what the next step with a letter takes, then let the desk do it."""
    line = next((x for x in page.letters if x.call_id == step.subject_id), None)
    if line is None:
        app.say(
            phrase(
                "{ref}: {sentence}: it has changed, look again",
                ref=page.ref,
                sentence=step.sentence,
            ),
            refused=True,
        )
    elif step.action == LetterAction.PRINT:
        _ask_file(app, page, line)
    elif step.action == LetterAction.SEND:
        _ask_how(app, page, line)
    else:
        _ask_whose(app, page, line)


def _ask_file(app: Terminal, page: RecoveryPage, line: LetterLine) -> None:
    def answered(path: str | None) -> None:
        if path is not None:
            told = command("letter", "print", line.call_id, "--out", path)
            doing = partial(_print, app, line.call_id, Path(path), page.version)
            app.perform(doing, command=told)

    path = str(Path("~") / default_name(line.call_id))
    app.push_screen(LetterDialog(app.source, line, path), answered)


def _print(app: Terminal, call_id: str, path: Path, seen: int, acting: CaseOfficer) -> str:
    return letter_actions.print_to(acting, app.source.post, call_id, path, seen)


def _ask_how(app: Terminal, page: RecoveryPage, line: LetterLine) -> None:
    def answered(typed: dict[str, str] | None) -> None:
        if typed is not None:
            told = command("letter", "sent", line.call_id, "--how", "TEXT")
            app.perform(partial(_sent, line.call_id, typed, page.version), key, command=told)

    key = letter_key(line.call_id)
    title = phrase("{ref}: how did the letter go?", ref=page.ref)
    sentence = phrase(
        "To {bank}: {what}. The bank's clock runs from when it was sent.",
        bank=line.bank,
        what=line.what,
    )
    app.push_screen(PaperForm(title, sentence, _SENT_FIELDS, key, app.drafts), answered)


def _sent(call_id: str, typed: dict[str, str], seen: int, acting: CaseOfficer) -> str:
    return letter_actions.record_sent(
        acting, call_id, typed.get("how", ""), typed.get("at", ""), seen
    )


def _ask_whose(app: Terminal, page: RecoveryPage, line: LetterLine) -> None:
    def answered(chosen: LetterLine | None) -> None:
        if chosen is not None:
            _ask_answer(app, page, chosen)

    waiting = tuple(x for x in page.letters if x.stands in _ANSWERABLE)
    if len(waiting) > 1:
        app.push_screen(PickLetter(page.ref, waiting), answered)
    else:
        _ask_answer(app, page, line)


def _ask_answer(app: Terminal, page: RecoveryPage, line: LetterLine) -> None:
    def answered(typed: dict[str, str] | None) -> None:
        if typed is not None:
            given = [word for name in typed for word in (f"--{name.replace('_', '-')}", "TEXT")]
            told = command("letter", "answer", line.call_id, *given)
            app.perform(partial(_answer, line.call_id, typed, page.version), key, command=told)

    key = letter_key(line.call_id)
    what = (
        phrase("the bank's file")
        if line.kind == "statement"
        else phrase("scan of the bank's letter")
    )
    fields = ((phrase("document"), phrase("{what}, kept sealed", what=what)), *line.fields)
    title = phrase("{ref}: what does {bank} answer?", ref=page.ref, bank=line.bank)
    sentence = phrase("To: {what}. It counts after another person's second look.", what=line.what)
    app.push_screen(PaperForm(title, sentence, fields, key, app.drafts), answered)


def _answer(call_id: str, typed: dict[str, str], seen: int, acting: CaseOfficer) -> str:
    path = expanded(typed.get("document", ""))
    fields = {name: text for name, text in typed.items() if name != "document"}
    return answer_actions.enter_answer(acting, call_id, fields, path, seen)


def letter_key(call_id: str) -> str:
    """The prefix of the keys under which the draft of a letter is kept."""
    return f"letter:{call_id}:"

"""The next step of every marked recovery: a preview of each, one yes, a result for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Input, Label

from models.case_file import Step
from models.language.phrase import Phrase, joined, phrase
from models.language.shown import shown
from models.queries.cases.views import RecoveryPage
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.next_steps import ActionKind
from recovery_flows.cases.together.acts import counted_up
from recovery_flows.correspondence.letters.next_steps import LetterAction
from recovery_flows.wording import counted
from tui.act_guards import ASKS_FIRST, DESK_ERRORS, officer_step, step_also, why_not
from tui.act_log import command
from tui.layout import Figures, figures_lines
from tui.screen_queries import sentence_of
from tui.screens.dialogs import Confirm, FullText
from tui.state_styles import MUTED
from tui.text import word
from tui.widgets.block import Block

if TYPE_CHECKING:
    from tui.context import Terminal

_ALONE = frozenset({
    ActionKind.COMPLETE_REQUEST, ActionKind.RESOLVE_DISCREPANCY, ActionKind.PUBLISH_NOTICE,
    ActionKind.JOIN, ActionKind.CHECK_TITLE, *LetterAction,
})  # fmt: skip
"""Steps with a question of their own for each recovery."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One marked recovery: the step that it takes, or why it takes none here."""

    page: RecoveryPage
    step: Step | None
    refusal: str = ""

    @property
    def asks_number(self) -> bool:
        """Whether it is accepted under a case number."""
        return self.step is not None and self.step.action == ActionKind.ACCEPT


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one recovery."""

    page: RecoveryPage
    sentence: str
    is_done: bool


def ask_marked(
    app: Terminal, recovery_ids: Sequence[str], unmark: Callable[[frozenset[str]], object]
) -> None:
    """Show what each of these would do, then do it; those that are done are unmarked."""
    read = partial(_planned, app, recovery_ids)
    what = phrase(
        "reading {recoveries}", recoveries=counted(len(recovery_ids), "recovery", "recoveries")
    )
    app.ask_after(what, read, partial(_ask, app, unmark))


def _planned(app: Terminal, recovery_ids: Sequence[str]) -> list[Planned]:
    pages = (app.source.page(one, app.officer) for one in recovery_ids)
    return [_plan(app, page) for page in sorted(pages, key=lambda page: page.ref)]


def _plan(app: Terminal, page: RecoveryPage) -> Planned:
    if refusal := why_not(page, app.officer, read_only=app.read_only):
        return Planned(page, None, refusal)
    step = officer_step(page)
    if step is None or step.action in _ALONE:
        return Planned(page, None, phrase("asks a question of its own: n on it, unmarked"))
    if step_also(page, step):
        return Planned(
            page, None, phrase("another recovery has its account too: n on it, unmarked")
        )
    return Planned(page, step)


def _ask(app: Terminal, unmark: Callable[[frozenset[str]], object], planned: list[Planned]) -> None:
    doable = [one for one in planned if one.step is not None]
    results: list[Result] = []

    def show() -> None:
        unmark(frozenset(one.page.recovery_id for one in results if one.is_done))
        rows = tuple(
            (
                one.page.ref,
                phrase(
                    "{sign} {sentence}", sign="✓" if one.is_done else "✕", sentence=one.sentence
                ),
            )
            for one in results
        )
        app.push_screen(FullText(phrase("What became of each"), figures_lines, rows))

    def answered(first: str | None) -> None:
        if first is not None:
            numbers = case_numbers(first, planned)
            commands = "\n".join(_command(one, numbers) for one in doable)
            app.perform(partial(_do_all, doable, numbers, results), then=show, command=commands)

    if doable:
        app.push_screen(ConfirmMarked(planned), answered)
    else:
        rows = tuple((one.page.ref, phrase("✕ {refusal}", refusal=one.refusal)) for one in planned)
        app.push_screen(
            FullText(phrase("Nothing can be done to these together"), figures_lines, rows)
        )


def _without_ref(done: str, ref: str) -> str:
    """What was done, where its line names the recovery already."""
    if isinstance(done, Phrase) and done.text == "{ref}: {done}":
        return joined("", [done.figures["done"]])
    return done.removeprefix(f"{ref}: ")


def case_numbers(first: str, planned: Sequence[Planned]) -> dict[str, str]:
    """A case number for each that is accepted: the first one's, then counted up at its end."""
    asking = [one.page.recovery_id for one in planned if one.asks_number]
    numbers = counted_up(first, len(asking)) or [first]
    return dict(zip(asking, numbers, strict=False))


def _do_all(
    doable: Sequence[Planned], numbers: dict[str, str], results: list[Result], acting: CaseOfficer
) -> str:
    for one in doable:
        page = one.page
        try:
            done = acting.advance(
                page.recovery_id,
                case_number=numbers.get(page.recovery_id, ""),
                seen_version=page.version,
            )
            results.append(Result(page, _without_ref(done, page.ref), is_done=True))
        except DESK_ERRORS as error:
            results.append(Result(page, sentence_of(error), is_done=False))
    done_count = sum(one.is_done for one in results)
    return phrase(
        "{steps} done, {results} refused",
        steps=counted(done_count, "step"),
        results=len(results) - done_count,
    )


def _command(one: Planned, numbers: dict[str, str]) -> str:
    number = numbers.get(one.page.recovery_id)
    return command("advance", one.page.ref, *(["--case-number", number] if number else []))


class ConfirmMarked(Confirm):
    """What each of the marked recoveries would do; the answer is the first case number, or ''."""

    def __init__(self, planned: Sequence[Planned]) -> None:
        doable = [one.step for one in planned if one.step is not None]
        kinds = dict.fromkeys(step.action for step in doable)
        told = joined(" ", (ASKS_FIRST[kind] for kind in kinds if kind in ASKS_FIRST))
        refused = len(planned) - len(doable)
        title = phrase(
            "{recoveries}: the next step of each?",
            recoveries=counted(len(doable), "recovery", "recoveries"),
        )
        sentence = (
            phrase("{told} {refused} of those marked cannot.", told=told, refused=refused)
            if refused
            else told
        )
        super().__init__(
            title, sentence if sentence.strip() else phrase("Each by itself."), _rows(planned, {})
        )
        self._planned = planned
        self._asks_number = any(one.asks_number for one in planned)

    def compose_question(self) -> ComposeResult:
        if self._asks_number:
            yield Label(
                word(
                    phrase("First case number; the others count up from it (then Enter, y)"), MUTED
                )
            )
            yield Input(placeholder=shown(phrase("such as 2026-0071")), id="number")
        yield from super().compose_question()

    def on_mount(self) -> None:
        if self._asks_number:
            self.query_one("#number").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        numbers = case_numbers(event.value.strip(), self._planned) if event.value.strip() else {}
        self.query_one(Block).value = _rows(self._planned, numbers)

    def action_yes(self) -> None:
        first = self.query_one("#number", Input).value.strip() if self._asks_number else ""
        numbers = case_numbers(first, self._planned) if first else {}
        if len(numbers) == sum(one.asks_number for one in self._planned):
            self.dismiss(first)
        else:
            text = phrase("✕ the case number must end in digits, so that the others can count up")
            self.query_one(".question", Label).update(word(text, "bold $error"))


def _rows(planned: Sequence[Planned], numbers: dict[str, str]) -> Figures:
    """What would be done stands before what cannot be."""
    rows = [
        (
            one.page.ref,
            joined("  ", [one.step.sentence, one.page.loss, *_details(one, numbers)]),
        )
        for one in planned
        if one.step is not None
    ]
    refused = [
        (one.page.ref, phrase("✕ {refusal}", refusal=one.refusal))
        for one in planned
        if one.step is None
    ]
    return (*rows, *refused)


def _details(one: Planned, numbers: dict[str, str]) -> list[str]:
    """The case number, or the figures of what leaves."""
    if one.asks_number:
        number = numbers.get(one.page.recovery_id, "")
        return [number] if number else []
    return [value for _, value in one.page.next_figures]

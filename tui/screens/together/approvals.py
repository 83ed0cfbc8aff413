"""Marked approvals: what each would bind, one yes to all, a result for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from models.deconfliction_hits import AlsoLine
from models.language.phrase import as_phrase, joined, phrase
from models.queries.cases.views import ApprovalLine
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.pages.approvals import act_words, what_yes_does
from recovery_flows.cases.together.acts import Result, approve_each, why_alone
from recovery_flows.wording import counted
from tui.act_log import command
from tui.layout import Figures, figures_lines
from tui.screens.dialogs import Confirm, FullText

if TYPE_CHECKING:
    from tui.context import Terminal

Refusal = Callable[[ApprovalLine], str]


def ask_together(
    app: Terminal,
    lines: Sequence[ApprovalLine],
    refusal: Refusal,
    unmark: Callable[[frozenset[str]], object],
) -> None:
    """Show what each of these would bind, then approve those that may be; they are unmarked."""
    refused = [(one, why) for one in lines if (why := refusal(one) or looked_at_alone(one))]
    not_these = {one.approval_id for one, _ in refused}
    doable = [one for one in lines if one.approval_id not in not_these]
    results: list[Result] = []
    refs = {one.approval_id: one.ref or act_words(one) for one in lines}

    def show() -> None:
        unmark(frozenset(one.named for one in results if one.done))
        rows = tuple(
            (
                refs[one.named],
                phrase("✓ {done}", done=one.done)
                if one.done
                else phrase("✕ {refused}", refused=one.refused),
            )
            for one in results
        )
        app.push_screen(FullText(phrase("What became of each"), figures_lines, rows))

    def answered(answer: str | None) -> None:
        if answer is not None:
            ids = [one.approval_id for one in doable]
            doing = partial(_approve_all, ids, results)
            app.perform(doing, then=show, command=command("approve", *ids), holds_back=True)

    cannot = tuple((refs[one.approval_id], phrase("✕ {why}", why=why)) for one, why in refused)
    if doable:
        title = phrase("Approve {approvals}?", approvals=counted(len(doable), "approval"))
        app.push_screen(Confirm(title, _sentence(doable, len(refused)), _rows(doable) + cannot,
                                also=_also(doable)), answered)  # fmt: skip
    else:
        app.push_screen(
            FullText(phrase("None of these is approved together"), figures_lines, cannot)
        )


def looked_at_alone(line: ApprovalLine) -> str:
    """Why this approval is not given together with others; empty where it is."""
    return why_alone(line.act, sent_first=line.post_hoc)


def _sentence(doable: Sequence[ApprovalLine], refused: int) -> str:
    told = [text for text in dict.fromkeys(map(what_yes_does, doable)) if text]
    told += [phrase("{refused} of those marked cannot.", refused=refused)] if refused else []
    return joined(" ", told)


def _rows(doable: Sequence[ApprovalLine]) -> Figures:
    """Everything that each binds."""
    return tuple(
        (
            one.ref,
            phrase(
                "{act_words}  {text}",
                act_words=act_words(one),
                text=joined("  ", (joined(" ", [as_phrase(k), v]) for k, v in one.figures)),
            ),
        )
        for one in doable
    )


def _also(doable: Sequence[ApprovalLine]) -> tuple[AlsoLine, ...]:
    return tuple(dict.fromkeys(found for one in doable for found in one.also))


def _approve_all(ids: Sequence[str], results: list[Result], acting: CaseOfficer) -> str:
    results.extend(approve_each(acting, ids))
    done = sum(bool(one.done) for one in results)
    return phrase(
        "{approvals} given, {results} refused",
        approvals=counted(done, "approval"),
        results=len(results) - done,
    )

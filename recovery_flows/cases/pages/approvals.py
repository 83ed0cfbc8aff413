"""Pending approvals: the list, and the exact figures that each would bind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from models.entities.register_change import RegisterAct
from models.language.phrase import as_phrase, joined, phrase
from models.language.stored import read_back
from models.queries.cases.views import ApprovalLine
from recovery_flows.approvals.kinds import ApprovalKind, kind_word
from recovery_flows.cases.deconfliction import TAKEN_BACK
from recovery_flows.cases.pages.shared_cells import also_lines, method_name, time_left
from recovery_flows.cases.pages.value import (
    Cell,
    Column,
    Line,
    Part,
    Piece,
    Section,
    Table,
    cell,
    line,
    muted,
    strong,
    table,
)
from recovery_flows.cases.views.state_names import Tone

COLUMNS: Mapping[str, Column] = {
    "due": Column("  time left"),
    "ref": Column("recovery"),
    "act": Column("to decide"),
    "amount": Column("amount", right=True),
    "by": Column("asked by"),
}
EMPTY = phrase("No approvals pending.")
_SENDS = phrase("The order goes to the bank under your name.")
_ASKS: Mapping[str, str] = {
    ApprovalKind.ORDER_STOP: (
        phrase("The stop-payment is with the bank, or a letter is on its way. You confirm it.")
    ),
    ApprovalKind.FREEZE: _SENDS,
    ApprovalKind.RELEASE: phrase("The bank lets the money go: it can be gone the same minute."),
    ApprovalKind.REQUEST: phrase("The request leaves the country under your name."),
    ApprovalKind.ASSURANCE: phrase(
        "Another State relies on this promise, given in the unit's name."
    ),
    ApprovalKind.RETURN: phrase("The bank pays this out. It cannot be called back."),
    ApprovalKind.CLOSE: phrase("The recovery is closed."),
    ApprovalKind.REFUSE_REPORT: phrase(
        "Nobody works on this report; the victim is told and may object."
    ),
    ApprovalKind.RENEW: phrase("The bank is told to hold the money for another term."),
    ApprovalKind.RELEASE_PART: phrase(
        "The bank lets this part go: it can be gone the same minute."
    ),
    ApprovalKind.COMPLAINT: (
        phrase("A yes lets this much go: it can be gone the same minute. A no needs a reason.")
    ),
    ApprovalKind.THIRD_PARTY_CLAIM: (
        phrase(
            "A yes lets the granted sum go, or awards it; or it rejects the claim, with an appeal."
        )
    ),
    ApprovalKind.COURT_LIST_END: phrase(
        "The list is followed no more: the law's rule divides the rest."
    ),
    ApprovalKind.COURT_SET_ASIDE: phrase("The sum of this row is kept no more: others get it."),
    ApprovalKind.COURT_IDENTIFY: phrase(
        "The sum of this row is paid to this claim. Is it that person's?"
    ),
    ApprovalKind.DAMAGES_PAYMENT: phrase(
        "What was paid for a wrong freeze counts. Hold it to its paper."
    ),
    ApprovalKind.MULTI_AGENCY_REQUEST: (
        phrase("The partners have these tasks already. You confirm them; a no takes them back.")
    ),
    ApprovalKind.LETTER_ANSWER: (
        phrase("What was typed counts as the bank's word. Hold it to the document first.")
    ),
    ApprovalKind.PAYEE: phrase(
        "The victim's money goes to this account from now on. Is it the victim's?"
    ),
    RegisterAct.APPOINT_OFFICER: phrase("Whoever has this identity can act in every recovery."),
    RegisterAct.DISMISS_OFFICER: phrase("This identity can act no more. What it did stays."),
    RegisterAct.RESTRICT: phrase(
        "Only those named see it, its case officer and who agrees on this."
    ),
    RegisterAct.LIFT_RESTRICTION: phrase(
        "Everybody of the unit sees it again, with all that is in it."
    ),
    RegisterAct.ADD_MEMBER: phrase("This officer sees all of it from now on."),
    RegisterAct.REMOVE_MEMBER: phrase("This officer does not see it any more."),
    RegisterAct.RESET_LOG_IN: phrase(
        "Password and second factor end. The officer sets new ones himself."
    ),
    RegisterAct.REGISTER_PARTNER: phrase("Orders and personal data go to this address."),
    RegisterAct.CHANGE_PARTNER: phrase("Orders and personal data go to this address from now on."),
    RegisterAct.ENTER_AUTHORITY: phrase("Requests and personal data go to this authority."),
    RegisterAct.CHANGE_AUTHORITY: phrase("Requests and personal data go there from now on."),
    ApprovalKind.TRACE_RULE: (
        phrase("The money is traced again by this rule; returns drafted by the old one end.")
    ),
}
"""What a yes does, by kind of approval."""
_DENIALS: Mapping[str, str] = {
    ApprovalKind.ORDER_STOP: phrase(
        "A no takes the stop back at its bank: the money can be gone the same minute."
    ),
    ApprovalKind.MULTI_AGENCY_REQUEST: phrase("A no takes these tasks back at the partners."),
}
"""What a no does where something was sent before it was decided."""
_DIGEST_SHOWN = 16
_FIGURES = (Column(most=26), Column(rest=True))


def act_words(approval: ApprovalLine) -> str:
    """What is to be decided, in words."""
    told = kind_word(approval.act)
    return phrase("confirm {told}", told=told) if approval.post_hoc else told


def what_yes_does(approval: ApprovalLine) -> str:
    """What a yes does: a stop that was not sent first leaves by it."""
    waits = approval.act == ApprovalKind.ORDER_STOP and not approval.post_hoc
    return _SENDS if waits else _ASKS.get(approval.act, "")


def frees_at_once(approval: ApprovalLine) -> bool:
    """Whether a no takes back what was sent first."""
    return approval.post_hoc and approval.act in _DENIALS


def why_denied(approval: ApprovalLine) -> str:
    """What is asked before a no, and what that does."""
    asks = phrase("{ref}: why is it denied?", ref=approval.ref)
    if not frees_at_once(approval):
        return asks
    told, others = _DENIALS[approval.act], [one.sentence for one in approval.also]
    return joined("\n", (told, *others, asks)) if others else joined(" ", (told, asks))


def row(approval: ApprovalLine, now: datetime, own_id: str = "") -> dict[str, Cell]:
    """One pending approval by `COLUMNS`; what `own_id` asked for is told as yours."""
    is_own = bool(own_id) and approval.asked_by == own_id
    return {
        "due": cell(time_left(now, approval.due_at)),
        "ref": cell(Piece(approval.ref, Tone.NAMED)),
        "act": cell(act_words(approval)),
        "amount": cell(approval.headline),
        "by": cell(muted(phrase("you")) if is_own else approval.asked_by),
    }


def figures(approval: ApprovalLine) -> tuple[tuple[str, str], ...]:
    """The exact figures that a yes binds, in words where they are ours, and to which digest."""
    recovery = ((phrase("recovery"), approval.ref),) if approval.recovery_id else ()
    return (
        *recovery,
        *((name, _said(name, value)) for name, value in approval.figures),
        (phrase("digest"), approval.digest[:_DIGEST_SHOWN]),
    )


def command_of(approval: ApprovalLine, authority: str) -> tuple[str, ...]:
    """The words of the command that says yes to it, by whom outside, and knowing of the others."""
    by = ("--authority", authority) if authority else ()
    knowing = ("--allow-duplicate",) if approval.also and approval.lets_go else ()
    return "approve", approval.approval_id, *by, *knowing


def denial_of(approval: ApprovalLine) -> tuple[str, ...]:
    """The words of the command that says no to it, knowing of the others."""
    knowing = ("--allow-duplicate",) if approval.also and approval.act in TAKEN_BACK else ()
    return "approve", approval.approval_id, "--deny", "--reason", "TEXT", *knowing


def asked(approval: ApprovalLine) -> Line:
    """By whom, when, until when it is due, and whether it was sent first."""
    due = (muted(phrase("; due ")), muted(approval.due_at)) if approval.due_at else ()
    first = phrase("; sent first, to be confirmed") if approval.post_hoc else ""
    return line(
        muted(phrase("asked by {asked_by} on ", asked_by=approval.asked_by)),
        muted(approval.asked_at),
        *due,
        muted(first),
    )


def detail(approval: ApprovalLine) -> Iterator[Line | Table]:
    """What else asks for the same, the figures, what a yes does."""
    yield from also_lines(approval.also)
    rows = ((cell(muted(as_phrase(name))), strong(value)) for name, value in figures(approval))
    yield from table(_FIGURES, rows, whole=True)
    if asks := what_yes_does(approval):
        yield line(muted(asks))
    if approval.report:
        yield line(muted(phrase("All that it rests on: {command}", command=approval.report)))


def _said(name: str, value: str) -> str:
    """A figure in words, where it is a name or a sentence of ours and nobody's own text."""
    if name == "method":
        return method_name(value)
    return read_back(value) if name == "formula" else value


def in_full(approval: ApprovalLine, now: datetime) -> Section:
    """One approval as a section: what is asked, until when, its figures, its id."""
    parts = (
        line(*_left(approval, now), *asked(approval).cell),
        *detail(approval),
        Line(cell(muted(phrase("id {approval_id}", approval_id=approval.approval_id))), typed=True),
    )
    title = joined("  ", (part for part in (approval.ref, act_words(approval)) if part))
    return Section("approval", title, parts)


def of_recovery(approvals: tuple[ApprovalLine, ...], now: datetime) -> Section:
    """Those of one recovery that wait; what each binds stands in the full view."""
    parts: list[Part] = []
    for one in approvals:
        what = strong(act_words(one))
        parts.append(line(*_left(one, now), what, "  ", *asked(one).cell))
        parts += [replace(part, detail=True) for part in detail(one)]
        parts.append(
            Line(
                cell(muted(phrase("id {approval_id}", approval_id=one.approval_id))), 2, typed=True
            )
        )
    return Section("waiting", phrase("Awaiting approval"), tuple(parts))


def _left(approval: ApprovalLine, now: datetime) -> Cell:
    return cell(time_left(now, approval.due_at), "  ") if approval.due_at else ()

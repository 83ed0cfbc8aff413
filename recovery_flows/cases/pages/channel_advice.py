"""What the adviser says of one channel for one payment, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from recovery_flows.cross_border.adviser import Advice, Question
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.wording import spoken

_NONE = "nothing"


def question_text(question: Question) -> str:
    """What was asked, in a line."""
    since = length_text(question.paid_at, question.now)
    return (
        f"{question.from_state} to {question.to_state}: {question.amount} by {question.rail}, "
        f"{since} after the payment; wanted: {question.wanted}"
    )


def title(advice: Advice) -> str:
    """Whether the channel is open, and its name."""
    return f"{'YES' if advice.eligible else 'no '}  {advice.channel}: {advice.name}"


def rows(advice: Advice, question: Question) -> Iterator[tuple[str, str]]:
    """Each reason, time, gap and condition with what it is."""
    return _open_rows(advice, question) if advice.eligible else _closed_rows(advice)


def _open_rows(advice: Advice, question: Question) -> Iterator[tuple[str, str]]:
    yield "why", "; ".join(reason.text for reason in advice.reasons)
    yield "sent by", advice.sender
    if advice.send_by:
        left = time_left_text(question.now, advice.send_by)
        yield "send by", f"{_utc(advice.send_by)} ({left} left)"
    for step in advice.expected:
        told = f"{step.limit} from {spoken(step.after)}: {_utc(step.by)}"
        yield "expected", f"{told}; {step.source}"
    if not advice.expected:
        yield "expected", "no time is published"
    yield "missing", ", ".join(advice.missing) or _NONE
    for approval in advice.approvals:
        yield "approval", f"{approval.reference_field}: {approval.rule}, {approval.source}"
    for condition in advice.to_check:
        yield "to check", condition
    yield "source", advice.source


def _closed_rows(advice: Advice) -> Iterator[tuple[str, str]]:
    for reason in advice.reasons:
        yield ("but yes" if reason.speaks_for else "why not"), reason.text


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

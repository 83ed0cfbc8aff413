"""What the adviser says of one channel for one payment, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from models.language.phrase import as_phrase, joined, phrase
from recovery_flows.cross_border.adviser import Advice, Question
from recovery_flows.law.terms import length_text, time_left_text
from recovery_flows.wording import spoken

_NONE = phrase("nothing")


def question_text(question: Question) -> str:
    """What was asked, in a line."""
    since = length_text(question.paid_at, question.now)
    return phrase(
        "{from_state} to {to_state}: {amount} by {rail}, {since} after the "
        "payment; wanted: {wanted}",
        from_state=question.from_state,
        to_state=question.to_state,
        amount=question.amount,
        rail=question.rail,
        since=since,
        wanted=question.wanted,
    )


def title(advice: Advice) -> str:
    """Whether the channel is open, and its name."""
    open_ = phrase("YES") if advice.eligible else phrase("no ", context_="channel")
    return phrase(
        "{open}  {channel}: {name}", open=open_, channel=advice.channel, name=as_phrase(advice.name)
    )


def rows(advice: Advice, question: Question) -> Iterator[tuple[str, str]]:
    """Each reason, time, gap and condition with what it is."""
    return _open_rows(advice, question) if advice.eligible else _closed_rows(advice)


def _open_rows(advice: Advice, question: Question) -> Iterator[tuple[str, str]]:
    yield phrase("why"), joined("; ", (reason.text for reason in advice.reasons))
    yield phrase("sent by"), advice.sender
    if advice.send_by:
        left = time_left_text(question.now, advice.send_by)
        yield phrase("send by"), phrase("{utc} ({left} left)", utc=_utc(advice.send_by), left=left)
    for step in advice.expected:
        told = phrase(
            "{limit} from {after}: {utc}",
            limit=step.limit,
            after=spoken(step.after),
            utc=_utc(step.by),
        )
        yield phrase("expected"), phrase("{told}; {source}", told=told, source=step.source)
    if not advice.expected:
        yield phrase("expected"), phrase("no time is published")
    yield phrase("missing"), ", ".join(advice.missing) or _NONE
    for approval in advice.approvals:
        yield phrase("approval"), f"{approval.reference_field}: {approval.rule}, {approval.source}"
    for condition in advice.to_check:
        yield phrase("to check"), condition
    yield phrase("source"), advice.source


def _closed_rows(advice: Advice) -> Iterator[tuple[str, str]]:
    for reason in advice.reasons:
        yield (phrase("but yes") if reason.speaks_for else phrase("why not")), reason.text


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

"""Which channels across a border are open for a payment, why, how long they take, what they lack.

Pure: the channels, the laws and the instant are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.language.phrase import joined, phrase
from models.money import Money
from recovery_flows.cross_border.channels import (
    Channel,
    ChannelClock,
    ClockKind,
    Help,
    StateGroup,
    is_member,
)
from recovery_flows.cross_border.disclosure import Approval, approvals_needed
from recovery_flows.law.regime import Regimes
from recovery_flows.law.terms import due_at, time_left_text
from recovery_flows.wording import spoken

# Fields that every question answers.
_TOLD = frozenset({"amount", "currency", "paid_at"})
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is known of a payment and what is wanted; `have` names the fields already there.

    `recorded` names, by channel, the fields of a request that was made by it: an approval that was
    given for one channel covers no other.
    """

    from_state: str
    to_state: str
    rail: str
    amount: Money
    paid_at: datetime
    now: datetime
    wanted: Help
    have: frozenset[str] = frozenset()
    recorded: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One check of a channel: whether it speaks for it, in a sentence."""

    text: str
    speaks_for: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One expected step of the other side, should the request leave now."""

    limit: str
    after: str
    by: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One channel for one question; `send_by` is None where no latest time is known."""

    channel: str
    name: str
    sender: str
    eligible: bool
    reasons: tuple[Reason, ...]
    expected: tuple[Step, ...]
    send_by: datetime | None
    missing: tuple[str, ...]
    approvals: tuple[Approval, ...]
    to_check: tuple[str, ...]
    source: str


def advise(
    question: Question,
    channels: Iterable[Channel],
    groups: Mapping[str, StateGroup],
    laws: Regimes,
) -> tuple[Advice, ...]:
    """Every channel with its reasons: open ones first, the one that has to be sent first on top."""
    found = [_advice(question, channel, groups, laws) for channel in channels]
    return tuple(sorted(found, key=_urgency))


def _urgency(advice: Advice) -> tuple[bool, bool, datetime, bool, datetime, str]:
    answered = advice.expected[-1].by if advice.expected else None
    return (
        not advice.eligible,
        advice.send_by is None, advice.send_by or _NEVER,
        answered is None, answered or _NEVER,
        advice.channel,
    )  # fmt: skip


def _advice(
    question: Question,
    channel: Channel,
    groups: Mapping[str, StateGroup],
    laws: Regimes,
) -> Advice:
    reasons = tuple(_reasons(question, channel, groups))
    required = required_fields(channel, question.from_state, question.wanted, laws)
    law = laws.get(question.from_state)
    approvals = approvals_needed(law, channel.recipient, required) if law else ()
    # The reference of an approval is named with the approval, not among the fields.
    references = {a.reference_field for a in approvals}
    recorded = question.have | question.recorded.get(channel.code, frozenset())
    have = recorded | references | _TOLD
    return Advice(
        channel=channel.code,
        name=channel.name,
        sender=channel.sender,
        eligible=all(reason.speaks_for for reason in reasons),
        reasons=reasons,
        expected=tuple(_expected(question, channel, groups)),
        send_by=_send_by(question, channel),
        missing=tuple(f for f in required if f not in have),
        approvals=tuple(a for a in approvals if a.reference_field not in recorded),
        to_check=channel.conditions,
        source=channel.source,
    )


def required_fields(
    channel: Channel, from_state: str, wanted: Help, laws: Regimes
) -> tuple[str, ...]:
    """What the channel asks for, and what the requesting State's own law adds to it."""
    own = channel.required_fields(wanted)
    law = laws.get(from_state)
    added = law.required_fields(channel.code) if law and channel.code in law.channels else ()
    return tuple(dict.fromkeys((*own, *added)))


def _reasons(
    question: Question, channel: Channel, groups: Mapping[str, StateGroup]
) -> Iterator[Reason]:
    yield _states(question, channel, groups)
    offered = joined(", ", map(spoken, channel.help))
    gives = phrase(
        "gives {offered}; wanted: {wanted}", offered=offered, wanted=spoken(question.wanted)
    )
    yield Reason(gives, question.wanted in channel.help)
    if channel.rails:
        rails = ", ".join(channel.rails)
        by = phrase("for payments by {rails}: {rail}", rails=rails, rail=question.rail)
        yield Reason(by, question.rail in channel.rails)
    if channel.currencies:
        fits = question.amount.currency in channel.currencies
        only = ", ".join(channel.currencies)
        told = phrase("for {only}: {currency}", only=only, currency=question.amount.currency)
        yield Reason(told, fits)
    if channel.minimum:
        yield _minimum(question.amount, channel.minimum)
    for clock in channel.clock:
        if clock.kind is ClockKind.SEND:
            yield _in_time(question, channel, clock)


def _states(question: Question, channel: Channel, groups: Mapping[str, StateGroup]) -> Reason:
    ours, theirs = question.from_state, question.to_state
    if ours == theirs:
        same = phrase("{ours} to {theirs} crosses no border", ours=ours, theirs=theirs)
        return Reason(same, speaks_for=False)
    for codes, is_ours in ((channel.from_states, True), (channel.to_states, False)):
        state = ours if is_ours else theirs
        if not is_member(state, codes, groups):
            bound = groups[codes].source if isinstance(codes, str) else channel.source
            asks = phrase("{state} cannot ask by it: {bound}", state=state, bound=bound)
            is_asked = phrase("{state} cannot be asked by it: {bound}", state=state, bound=bound)
            return Reason(asks if is_ours else is_asked, speaks_for=False)
    return Reason(phrase("open from {ours} to {theirs}", ours=ours, theirs=theirs), speaks_for=True)


def _minimum(amount: Money, minimum: Money) -> Reason:
    if amount.currency != minimum.currency:
        text = phrase(
            "from {minimum} on; {amount} has to be stated in {currency} first",
            minimum=minimum, amount=amount, currency=minimum.currency,
        )  # fmt: skip
        return Reason(text, speaks_for=False)
    told = phrase("from {minimum} on: {amount}", minimum=minimum, amount=amount)
    return Reason(told, minimum <= amount)


def _in_time(question: Question, channel: Channel, clock: ChannelClock) -> Reason:
    due = due_at(clock.limit, question.paid_at, channel)
    left = time_left_text(question.now, due)
    if question.now <= due:
        left = phrase("{left} left", left=left)
    text = phrase(
        "within {limit} of the payment: {left} ({article}, {status})",
        limit=clock.limit, left=left, article=clock.article, status=spoken(clock.status),
    )  # fmt: skip
    return Reason(text, question.now < due)


def _send_by(question: Question, channel: Channel) -> datetime | None:
    clocks = (c for c in channel.clock if c.kind is ClockKind.SEND)
    return min((due_at(c.limit, question.paid_at, channel) for c in clocks), default=None)


def _expected(
    question: Question, channel: Channel, groups: Mapping[str, StateGroup]
) -> Iterator[Step]:
    """The answer, then the execution, each from the end of the one before."""
    start = question.now
    for kind in (ClockKind.ANSWER, ClockKind.EXECUTE):
        for clock in channel.clock:
            asked = question.wanted in clock.help
            if (
                clock.kind is kind
                and asked
                and is_member(question.to_state, clock.to_states, groups)
            ):
                start = due_at(clock.limit, start, channel)
                yield Step(str(clock.limit), clock.start_event, start, clock.source)

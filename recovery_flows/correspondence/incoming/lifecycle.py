"""What a request from abroad must say, when its answer is due, and what the answer may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from models.language.phrase import phrase
from models.privacy.personal_data import Known
from models.safe_text import steers
from recovery_flows.cross_border.channels import (
    Channel,
    ChannelClock,
    ClockKind,
    GroundKind,
    Help,
    StateGroup,
    is_member,
)
from recovery_flows.cross_border.disclosure import approvals_needed, class_of, marks
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.law.regime import Regime
from recovery_flows.law.terms import due_at

_LENGTH_MAX, _LENGTHS = 200, {"--their-ref": 80, "--purpose": 4_000}
_OF_PERSONS = frozenset({"account", "identity", "document"})
_SAYS_NO = (GroundKind.REFUSAL, GroundKind.IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Given:
    """A request as it came: who asks, by which channel and basis, what for, about which account."""

    from_state: str
    asked_by: str
    their_ref: str
    channel: str
    wanted: str
    law: str
    basis: str
    purpose: str
    bank: str = ""
    account: str = ""
    received_at: datetime | None = None
    due_at: datetime | None = None


def check(
    given: Given, channels: Mapping[str, Channel], groups: Mapping[str, StateGroup],
    laws: Collection[str], now: datetime,
) -> Channel:  # fmt: skip
    """The channel that it came by; MisuseError names what is missing or does not fit."""
    _check_texts(given, now)
    if given.from_state not in groups["iso_3166"].members:
        raise MisuseError(
            phrase(
                "--from {from_state!r} is no code of ISO 3166-1 such as FR, GB",
                from_state=given.from_state,
            )
        )
    if given.law not in laws:
        raise MisuseError(
            phrase("--law {law!r}: there are {named}", law=given.law, named=", ".join(sorted(laws)))
        )
    if given.channel not in channels:
        raise MisuseError(
            phrase(
                "--channel {channel!r}: there are {named}",
                channel=given.channel,
                named=", ".join(sorted(channels)),
            )
        )
    channel = channels[given.channel]
    if given.wanted not in channel.help:
        raise MisuseError(
            phrase(
                "--want {wanted!r}: {code} is for {wants}",
                wanted=given.wanted,
                code=channel.code,
                wants=_list(channel.help),
            )
        )
    for state, codes in ((given.from_state, channel.from_states), (given.law, channel.to_states)):
        if not is_member(state, codes, groups):
            raise MisuseError(
                phrase(
                    "{code} does not bind {state}: {source}",
                    code=channel.code,
                    state=state,
                    source=channel.source,
                )
            )
    return channel


def _check_texts(given: Given, now: datetime) -> None:
    for name, text in (
        ("--by", given.asked_by), ("--their-ref", given.their_ref), ("--basis", given.basis),
        ("--purpose", given.purpose),
    ):  # fmt: skip
        most = _LENGTHS.get(name, _LENGTH_MAX)
        if not text.strip():
            raise MisuseError(
                phrase("{name} is missing: a request says it, or it is asked to", name=name)
            )
        if len(text) > most or steers(text):
            raise MisuseError(
                phrase(
                    "{name} has at most {most} characters and no control characters",
                    name=name,
                    most=most,
                )
            )
    if bool(given.bank) != bool(given.account):
        raise MisuseError(phrase("--bank and --account go together: a number is one bank's"))
    if given.received_at is not None and given.received_at > now:
        raise MisuseError(
            phrase("--received {at} is ahead of now", at=given.received_at.isoformat())
        )
    if given.due_at is not None and given.due_at <= (given.received_at or now):
        raise MisuseError(
            phrase("--due {at} is before it was received", at=given.due_at.isoformat())
        )


def clock_of(
    channel: Channel, given: Given, groups: Mapping[str, StateGroup]
) -> ChannelClock | None:
    """The clock of the channel that our answer runs by; None where it has none for this."""
    return next(
        (
            clock for clock in channel.clock
            if clock.kind is ClockKind.ANSWER and given.wanted in clock.help
            and is_member(given.law, clock.to_states, groups)
        ),
        None,
    )  # fmt: skip


def answer_due(
    channel: Channel, clock: ChannelClock | None, given: Given, law: Regime
) -> datetime | None:
    """When the answer is due: as the request itself says, else by the clock; None without both.

    Days are ours: of our law, unless the channel counts by a calendar of its own.
    """
    if given.due_at is not None or clock is None or given.received_at is None:
        return given.due_at
    return due_at(clock.limit, given.received_at, channel if channel.calendar else law)


def check_answer(fields: Mapping[str, str], channel: Channel, law: Regime, known: Known) -> None:
    """Refuse an answer that lacks an approval, or holds personal data in the wrong place.

    StepRefusedError cites the rule; MisuseError names a field that no class of data has.
    """
    rules = approvals_needed(law, channel.recipient, fields)
    references = {rule.reference_field for rule in law.disclosures.values()}
    for name, text in fields.items():
        if name not in law.data_classes and name not in references:
            raise MisuseError(
                phrase(
                    "--field {name!r}: no class of data has it; see config/privacy.toml", name=name
                )
            )
        if not text.strip():
            raise MisuseError(phrase("--field {name} is empty", name=name))
    if not set(fields) - references:
        raise MisuseError(phrase("the answer has no content: give --field NAME=TEXT"))
    for rule in rules:
        if not fields.get(rule.reference_field, "").strip():
            raise StepRefusedError(phrase(
                "before {named} is told, {rule} ({source}) wants the approval of the competent "
                "authority: --field {reference_field}=REFERENCE",
                named=", ".join(rule.because_of), rule=rule.rule, source=rule.source,
                reference_field=rule.reference_field,
            ))  # fmt: skip
    found = marks(fields, law.data_classes, known)
    if found:
        raise StepRefusedError(phrase(
            "the field {field} holds a {what} ({masked}): give it in the fields account and "
            "persons, or leave it out",
            field=found[0].field, what=found[0].what, masked=found[0].masked,
        ))  # fmt: skip


def of_persons(fields: Collection[str], law: Regime) -> tuple[str, ...]:
    """The fields of an answer that say who somebody is or whose account it is."""
    classes = law.data_classes
    return tuple(name for name in fields if class_of(name, classes) in _OF_PERSONS)


def check_ground(ground: str, channel: Channel) -> None:
    """MisuseError for a ground by which nothing is refused on this channel."""
    codes = [g.code for g in channel.ground if g.kind in _SAYS_NO]
    if ground not in codes:
        raise MisuseError(
            phrase(
                "--ground {ground!r}: {code} has {told}",
                ground=ground,
                code=channel.code,
                told=", ".join(codes) or phrase("none"),
            )
        )


def _list(helps: Collection[Help]) -> str:
    return ", ".join(helps)

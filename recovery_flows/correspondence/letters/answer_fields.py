"""What may be typed of a bank's letter, by what it was asked; texts to values, strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.case_file import CaseFile
from models.entities.call import CallKind, CallRow
from models.entities.hold import HoldState
from models.language.phrase import phrase
from models.letter_answer import AnswerState, TypedAnswer
from models.money import Money
from recovery_flows.errors import MisuseError
from recovery_flows.law.regime import Regime
from recovery_flows.partners.letter_channel import ORDERS_OF_HOLDS

REFUSALS = (
    "NO_BALANCE", "ACCOUNT_CLOSURE", "CANNOT_REFUND", "NAME_MISMATCH", "ALREADY_FROZEN", "OTHER",
)  # fmt: skip
"""Why a bank does not hold money, in the words of its interface."""

_S = AnswerState
_CODE = re.compile(r"[A-Z0-9_]{1,40}")
_REF_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Takes:
    """Which fields an answer in one state has to have, and which it may have besides."""

    needed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


Form = Mapping[AnswerState, Takes]
_NO: Form = {_S.REFUSED: Takes(("reason",))}
_FIRST_WORD: Form = {
    _S.HELD: Takes(("amount", "acted_at"), ("expires_at", "bank_ref")),
    _S.QUEUED: Takes((), ("bank_ref",)),
    _S.ACKNOWLEDGED: Takes((), ("bank_ref",)),
    **_NO,
}
_LATER_WORD: Form = {
    _S.HELD: Takes(("amount",), ("expires_at", "bank_ref")),
    _S.RELEASED: Takes((), ("acted_at",)),
    _S.EXPIRED: Takes((), ("acted_at",)),
}
_FORMS: Mapping[CallKind, Form] = {
    CallKind.EXTEND: {_S.HELD: Takes(("expires_at",), ("amount", "bank_ref")), **_NO},
    CallKind.PAYOUT: {
        _S.SETTLED: Takes(("booking_ref", "booked_at"), ("amount", "debited", "bank_ref")),
        _S.RETURNED: Takes(("reason",), ("bank_ref",)),
        **_NO,
    },
    CallKind.STATEMENT: {_S.TOLD: Takes(), **_NO},
    CallKind.BALANCE: {_S.TOLD: Takes(("amount",)), **_NO},
}


def form_of(file: CaseFile, call: CallRow) -> Form:
    """What the answer to a letter may say, and which fields each answer takes."""
    if call.kind in _FORMS:
        return _FORMS[call.kind]
    hold = file.hold(call.subject_id)
    if call.kind is CallKind.RELEASE:
        if hold.state is HoldState.RELEASE_PENDING:
            return {_S.RELEASED: Takes((), ("acted_at",)), **_NO}
        return {_S.HELD: Takes(("amount",)), **_NO}
    if hold.state in (HoldState.ORDERED, HoldState.QUEUED, HoldState.LAPSED):
        return _FIRST_WORD
    return _LATER_WORD


def typed_answer(
    file: CaseFile,
    call: CallRow,
    fields: Mapping[str, str],
    law: Regime,
    grounds: Collection[str] = (),
) -> TypedAnswer:
    """The texts of an answer as values; MisuseError names the field that does not fit.

    An instant without an offset is taken in the legal time zone of the account. `grounds` are
    the codes on which a request abroad is refused, beside a bank's own reasons.
    """
    given = {name: text.strip() for name, text in fields.items() if text.strip()}
    state = _state(given.pop("state", ""), form_of(file, call))
    _check_names(state, form_of(file, call)[state], given)
    zone = ZoneInfo(law.time_zone)
    values: dict[str, Any] = {
        name: _READ[name](text, name, zone) for name, text in given.items() if name in _READ
    }
    for name, currency in _currencies(file, call).items():
        if name in given:
            values[name] = _money(given[name], name, currency)
    if "reason" in given:
        values["reason"] = _reason(given["reason"], call, grounds)
    return TypedAnswer(state=state, zone=law.time_zone, **values)


def _state(text: str, form: Form) -> AnswerState:
    if text.lower() not in set(form):
        raise MisuseError(
            phrase(
                "--state takes one of {named} here, not {told!r}", named=", ".join(form), told=text
            )
        )
    return AnswerState(text.lower())


def _check_names(state: AnswerState, takes: Takes, given: Mapping[str, str]) -> None:
    lacking = [name for name in takes.needed if name not in given]
    if lacking:
        raise MisuseError(
            phrase(
                "an answer {state} lacks {named}",
                state=state,
                named=", ".join(map(option, lacking)),
            )
        )
    surplus = [name for name in given if name not in (*takes.needed, *takes.also)]
    if surplus:
        raise MisuseError(
            phrase(
                "an answer {state} takes no {named}",
                state=state,
                named=", ".join(map(option, surplus)),
            )
        )


def option(field: str) -> str:
    """A field as the command line names it: `--acted-at`."""
    return f"--{_OPTIONS.get(field, field.replace('_', '-'))}"


_OPTIONS = {"expires_at": "expires"}


def _currencies(file: CaseFile, call: CallRow) -> dict[str, str]:
    there = file.asset(call.asset_id).currency
    if call.kind is CallKind.PAYOUT:
        payout = next(p for p in file.payouts if p.id == call.subject_id)
        return {"amount": payout.currency, "debited": there}
    return {"amount": there}


def _money(text: str, name: str, currency: str) -> Money:
    try:
        money = Money.parse(text, currency)
    except ValueError as error:
        raise MisuseError(phrase("{option}: {error}", option=option(name), error=error)) from error
    if money.minor < 0:
        raise MisuseError(phrase("{option} is below zero", option=option(name)))
    return money


def _instant(text: str, name: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise MisuseError(
            phrase(
                "{option} {told!r} is not a date and time such as 2026-03-02T10:15",
                option=option(name),
                told=text,
            )
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def instant_of(text: str, name: str, law: Regime) -> datetime:
    """An instant as a person types it; without an offset it is in the law's time zone."""
    return _instant(text.strip(), name, ZoneInfo(law.time_zone))


def _reference(text: str, name: str, zone: ZoneInfo) -> str:
    del zone
    if len(text) > _REF_LENGTH_MAX or not text.isprintable():
        raise MisuseError(
            phrase(
                "{option} takes 1 to {ref_length_max} printable characters",
                option=option(name),
                ref_length_max=_REF_LENGTH_MAX,
            )
        )
    return text


def _reason(text: str, call: CallRow, grounds: Collection[str]) -> str:
    known = list(dict.fromkeys((*REFUSALS, *(grounds if call.kind is CallKind.REQUEST else ()))))
    if call.kind in ORDERS_OF_HOLDS and text not in known:
        raise MisuseError(
            phrase("--reason takes one of {named}, not {told!r}", named=", ".join(known), told=text)
        )
    if not _CODE.fullmatch(text):
        raise MisuseError(phrase(
            "--reason takes a code of capitals, digits and underscores; words go into a note",
        ))  # fmt: skip
    return text


_READ: Mapping[str, Callable[[str, str, ZoneInfo], object]] = {
    "acted_at": _instant,
    "expires_at": _instant,
    "booked_at": _instant,
    "bank_ref": _reference,
    "booking_ref": _reference,
}

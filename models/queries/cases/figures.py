"""Turns figures into text, in one place for every screen and command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from models.figures import (
    AccountNumber,
    AnswerTyped,
    Document,
    Figure,
    Holder,
    Masked,
    Payee,
    Reason,
    Value,
    headline,
)
from models.ids import digest_bytes
from models.language.phrase import phrase
from models.money import Money
from models.queries.cases.names import Names

_DIGEST_SHOWN = 16


def shown(
    figures: Iterable[Figure], names: Names, zone: str = "UTC"
) -> tuple[tuple[str, str], ...]:
    """Figures as lines of label and text, in their order; instants in the time zone `zone`."""
    return tuple(line for figure in figures for line in _lines(figure, names, zone))


def main_figure(figures: Iterable[Figure], names: Names) -> str:
    """The headline figure for a row of a table; of a typed answer its amount, "" without one."""
    figures = tuple(figures)
    for figure in figures:
        if figure.is_headline and isinstance(figure.value, AnswerTyped):
            answer = names.answers.get(figure.value.call_id)
            return str(answer.amount) if answer and answer.amount is not None else ""
    return str(headline(figures))


def _lines(figure: Figure, names: Names, zone: str) -> Iterator[tuple[str, str]]:
    value = figure.value
    if isinstance(value, Payee):
        to = f"{names.victim(value.claim_id)} → {names.account(value.account_id)}"
        yield to, phrase("{amount} from {bank}", amount=value.amount, bank=value.bank)
    elif isinstance(value, AnswerTyped):
        answer = names.answers.get(value.call_id)
        is_bound = answer is not None and digest_bytes(answer.spelled()) == value.digest
        yield from answer.figures() if answer and is_bound else [_unread(figure.label, value)]
    else:
        yield figure.label, _text(value, names, zone)


def _unread(label: str, value: AnswerTyped) -> tuple[str, str]:
    return label, phrase("sha256 {digest} (cannot be read)", digest=value.digest[:_DIGEST_SHOWN])


def _text(value: Value, names: Names, zone: str) -> str:
    match value:
        case str() | Money():
            return str(value)
        case datetime():
            return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
        case AccountNumber():
            return names.account(value.account_id)
        case Holder():
            return names.holder(value.account_id, value.claim_id)
        case Reason():
            return names.reasons.get(value.fingerprint, f"note {value.fingerprint[:12]}")
        case Document():
            return f"sha256 {value.digest[:_DIGEST_SHOWN]}"
        case Masked():
            return value.text
        case AnswerTyped() | Payee():
            raise AssertionError("a figure of several lines is spelled by `_lines`")
    assert_never(value)

"""Figures of a decision: labels with typed values, shown and bound alike.

A figure is shown by one renderer (`queries.cases.figures.shown`) and bound by `bound`: what a
person sees and what an approval's digest covers are the same list. Personal data is not in it: an
account, a victim and a reason are named by an id or a digest that stands for exactly one content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from models.money import Money


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """An account by its id, which is derived from its number; shown by its last digits."""

    account_id: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose an account is; shown masked, and whether that is the claim's victim."""

    account_id: str
    claim_id: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A person's reason by its note's fingerprint; shown opened."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document or a text of several fields by its SHA-256; shown by its first digits."""

    digest: str


@dataclass(frozen=True, slots=True)
class AnswerTyped:
    """What was typed of a letter's answer, by digest; shown as one line for each thing typed."""

    call_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text of which only a part may be shown; the keyed digest stands for the whole."""

    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class Payee:
    """One victim's part: who is paid, to which account, how much, from which hold at which bank."""

    claim_id: str
    account_id: str
    amount: Money
    bank: str
    hold_id: str


Value = (
    str | Money | datetime | AccountNumber | Holder | Reason | Document | AnswerTyped | Masked
    | Payee
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A label and its value; the headline is the one that a sentence and a table's row show."""

    label: str
    value: Value
    is_headline: bool = False


def bound(figure: Figure) -> list[object]:
    """The JSON value by which a figure enters a digest: its label, its type, all of its content."""
    value = figure.value
    kind = "str" if isinstance(value, str) else type(value).__name__
    return [str(figure.label), kind, *_content(value)]


def _content(value: Value) -> list[object]:
    match value:
        case str():
            return [str(value)]
        case Money():
            return [value.minor, value.currency]
        case datetime():
            return [value.astimezone(UTC).isoformat()]
        case AccountNumber() | Holder() | Reason() | Document() | AnswerTyped() | Masked():
            return [getattr(value, name) for name in value.__slots__]
        case Payee():
            to = [value.claim_id, value.account_id, value.bank, value.hold_id]
            return [*to, value.amount.minor, value.amount.currency]
    assert_never(value)


def headline(figures: Iterable[Figure]) -> Money | str:
    """The figure that stands for the whole, in a sentence or a row; "" where none does."""
    value = next((f.value for f in figures if f.is_headline), "")
    return value if isinstance(value, str | Money) else ""

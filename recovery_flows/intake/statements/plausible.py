"""Checks the items of every reader: sums within 64 bits, ids without reordering characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from models.language.phrase import phrase
from models.safe_text import steers
from recovery_flows.intake.statements.shape import (
    End,
    Entry,
    Head,
    Item,
    StatementRefusedError,
)

SUM_MAX = 2**62
"""Limit for the sum of a statement's debits and credits: half of what 64 bits hold."""
_PLAIN = re.compile(r"[\x20-\x7e]*")
_IDS = (
    ("the bank's reference", "bank_reference"), ("the end-to-end id", "end_to_end_id"),
    ("the UETR", "uetr"), ("the return code", "return_code"),
    ("the other side's account number", "counter_number"),
    ("the other side's bank", "counter_bank_id"),
)  # fmt: skip
_TOLD_MAX = 20


def plausible(items: Iterable[Item]) -> Iterator[Item]:
    """The items; ids with characters that reorder text are left out, with a warning at the end.

    Whoever sent money chose some of these ids: one payment must not keep a whole statement out.
    StatementRefusedError where the statement's own account, or a sum, is impossible.
    """
    warnings: list[str] = []
    total = 0
    for item in items:
        if isinstance(item, Entry):
            total += item.amount.minor
            if total > SUM_MAX:
                raise StatementRefusedError(
                    phrase(
                        "{place}: the bookings add up to more than any account holds",
                        place=item.place,
                    )
                )
            yield _with_plain_ids(item, warnings)
        elif isinstance(item, Head):
            warnings, total = [], 0
            _check_head(item)
            yield item
        elif isinstance(item, End):
            yield replace(item, warnings=(*item.warnings, *_told(warnings))) if warnings else item
        else:
            yield item


def _with_plain_ids(entry: Entry, warnings: list[str]) -> Entry:
    told = (
        f"{entry.bank_reference}{entry.end_to_end_id}{entry.uetr}{entry.return_code}"
        f"{entry.counter_number}{entry.counter_bank_id}"
    )
    if _PLAIN.fullmatch(told) or not steers(told):
        return entry
    wrong = [(name, field) for name, field in _IDS if steers(getattr(entry, field))]
    warnings.append(
        f"{entry.place}: {' and '.join(name for name, _ in wrong)} "
        "holds characters that change what is shown: left out"
    )
    left: dict[str, Any] = dict.fromkeys((field for _, field in wrong), "")
    return replace(entry, **left)


def _told(warnings: list[str]) -> list[str]:
    more = len(warnings) - _TOLD_MAX
    return [*warnings[:_TOLD_MAX], *([f"and {more:,} more of these"] if more > 0 else [])]


def _check_head(head: Head) -> None:
    for name, text in (
        (phrase("the account number"), head.number), (phrase("the bank's code"), head.bank_id),
        (phrase("the statement's id"), head.statement_id), (phrase("the currency"), head.currency),
    ):  # fmt: skip
        if steers(text):
            raise StatementRefusedError(
                phrase(
                    "{name} holds characters that change what is shown: ask the bank for it again",
                    name=name,
                )
            )

"""Bookings of many statements as payments: what two banks both show becomes one transfer.

A payment that one side alone shows is a payment too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.ids import derive_id
from recovery_flows.tracing.methods.pairing import AccountLine, Pair, line_amounts, paired_lines
from recovery_flows.tracing.methods.sequence import in_bank_order
from recovery_flows.tracing.methods.types import Transfer

__all__ = ["AccountLine", "Merged", "merge_lines", "transfers_from_lines"]


@dataclass(frozen=True, slots=True)
class Merged:
    """The transfers in order, and the id of the transfer each line became, by its position."""

    transfers: tuple[Transfer, ...]
    transfer_ids: tuple[str, ...]


class _Side(NamedTuple):
    account: str | None
    minor: int
    currency: str


def transfers_from_lines(lines: Iterable[AccountLine]) -> tuple[Transfer, ...]:
    """The payments behind the lines, each once, by time and each bank's own sequence."""
    return merge_lines(lines).transfers


def merge_lines(lines: Iterable[AccountLine]) -> Merged:
    """Like `transfers_from_lines`, and says which line became which transfer."""
    known = list(lines)
    by_age = sorted(range(len(known)), key=lambda n: _age(known[n]))
    pairs = paired_lines(known, by_age)
    names = _names(known, pairs)
    pair_of = {n: number for number, pair in enumerate(pairs) for n in pair if n is not None}
    queues: defaultdict[str, list[int]] = defaultdict(list)
    for n in by_age:
        queues[known[n].account].append(pair_of[n])
    keys = [(_at(known, pair), name) for pair, name in zip(pairs, names, strict=True)]
    transfers = tuple(
        _transfer(known, pairs[number], names[number], at, order)
        for order, (number, at) in enumerate(in_bank_order(keys, queues.values()))
    )
    return Merged(transfers, tuple(names[pair_of[n]] for n in range(len(known))))


def _age(line: AccountLine) -> tuple[datetime, str, int, str, int, str, str]:
    counter = line.counter_account or ""
    return (
        line.booked_at, line.account, line.seq, line.direction, line.amount_minor, counter,
        line.end_to_end_id,
    )  # fmt: skip


def _at(lines: Sequence[AccountLine], pair: Pair) -> datetime:
    # When it left decides which of the payer's money it was; the payee's order is kept by queue.
    return next(lines[n].booked_at for n in pair if n is not None)


def _sides(lines: Sequence[AccountLine], pair: Pair) -> tuple[_Side, _Side]:
    debit = lines[pair.debit] if pair.debit is not None else None
    credit = lines[pair.credit] if pair.credit is not None else None
    left, came = _near(debit), _near(credit)
    return left or _far(credit), came or _far(debit)


def _near(line: AccountLine | None) -> _Side | None:
    return None if line is None else _Side(line.account, line.amount_minor, line.currency)


def _far(line: AccountLine | None) -> _Side:
    if line is None:
        raise ValueError("a payment without any line")
    return _Side(line.counter_account, *line_amounts(line)[-1])


def _names(lines: Sequence[AccountLine], pairs: Sequence[Pair]) -> list[str]:
    twins: Counter[tuple[object, ...]] = Counter()
    names = []
    for pair in pairs:
        payer, payee = _sides(lines, pair)
        reference = max(lines[n].end_to_end_id for n in pair if n is not None)
        key = (*payer, payee.account, _at(lines, pair).isoformat(), reference)
        twins[key] += 1
        names.append(derive_id("transfer", *key, twins[key]))
    return names


def _transfer(
    lines: Sequence[AccountLine], pair: Pair, name: str, at: datetime, order: int
) -> Transfer:
    payer, payee = _sides(lines, pair)
    kind = next(lines[n].kind for n in pair if n is not None)
    return Transfer(
        id=name,
        at=at,
        order=order,
        payer=payer.account,
        payee=payee.account,
        kind=kind,
        debit_minor=payer.minor,
        debit_currency=payer.currency,
        credit_minor=payee.minor,
        credit_currency=payee.currency,
    )

"""Which debit and which credit are one payment.

By end-to-end id and amount, else by the two accounts, amount and time, else (two currencies, rate
not told) by id or by the two accounts and time. Identical twins stay two: each line is used once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from models.facts import Direction, LineKind

BOOKING_DRIFT = timedelta(days=1)
"""How far apart two banks may book one payment that has no end-to-end id."""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One booking of `account`; `seq` is its bank's order, `counter_*` the other side if told."""

    account: str
    counter_account: str | None
    seq: int
    booked_at: datetime
    direction: Direction
    amount_minor: int
    currency: str
    counter_minor: int | None
    counter_currency: str | None
    kind: LineKind
    end_to_end_id: str = ""


class Pair(NamedTuple):
    """Positions of a payment's two lines; one of them may be missing."""

    debit: int | None
    credit: int | None


def paired_lines(lines: Sequence[AccountLine], by_age: Sequence[int]) -> list[Pair]:
    """Every line in exactly one pair; `by_age` are the positions, oldest first."""
    debits = [n for n in by_age if lines[n].direction is Direction.DEBIT]
    credits_ = [n for n in by_age if lines[n].direction is Direction.CREDIT]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for keys in (_keys_by_id, _keys_by_amount, _keys_untold):
        _match(lines, debits, credits_, keys, found, taken)
    pairs = [Pair(n, found.get(n)) for n in debits]
    return pairs + [Pair(None, n) for n in credits_ if n not in taken]


def _match(
    lines: Sequence[AccountLine],
    debits: Sequence[int],
    credits_: Sequence[int],
    keys: Callable[[AccountLine], list[Hashable]],
    found: dict[int, int],
    taken: set[int],
) -> None:
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    for n in credits_:
        if n not in taken:
            for key in keys(lines[n]):
                waiting[key].append(n)
    for n in debits:
        if n in found:
            continue
        near = [c for key in keys(lines[n]) for c in waiting.get(key, ()) if c not in taken]
        fitting = [c for c in near if _fits(lines[n], lines[c])]
        if fitting:
            best = min(fitting, key=lambda c: abs(lines[c].booked_at - lines[n].booked_at))
            found[n] = best
            taken.add(best)


def line_amounts(line: AccountLine) -> list[tuple[int, str]]:
    """The line's own money, then the other side's where it is told."""
    own = (line.amount_minor, line.currency)
    if line.counter_minor is None or line.counter_currency is None:
        return [own]
    return [own, (line.counter_minor, line.counter_currency)]


def _ends(line: AccountLine) -> tuple[str | None, str | None]:
    ends = (line.account, line.counter_account)
    return ends if line.direction is Direction.DEBIT else ends[::-1]


def _keys_by_id(line: AccountLine) -> list[Hashable]:
    return [(line.end_to_end_id, *money) for money in line_amounts(line) if line.end_to_end_id]


def _keys_by_amount(line: AccountLine) -> list[Hashable]:
    return [(*_ends(line), *money) for money in line_amounts(line) if line.counter_account]


def _keys_untold(line: AccountLine) -> list[Hashable]:
    # Only where the other side's amount is not told: otherwise the amounts have already spoken.
    if line.counter_minor is not None:
        return []
    by_accounts: list[Hashable] = [_ends(line)] if line.counter_account else []
    return [line.end_to_end_id, *by_accounts] if line.end_to_end_id else by_accounts


def _fits(debit: AccountLine, credit: AccountLine) -> bool:
    if debit.counter_account not in (None, credit.account):
        return False
    if credit.counter_account not in (None, debit.account):
        return False
    if debit.account == credit.account and debit.counter_account != debit.account:
        return False
    ids = (debit.end_to_end_id, credit.end_to_end_id)
    same_money = not set(line_amounts(debit)).isdisjoint(line_amounts(credit))
    if not same_money and debit.currency == credit.currency:
        return False
    if all(ids):
        return ids[0] == ids[1]
    return abs(debit.booked_at - credit.booked_at) <= BOOKING_DRIFT

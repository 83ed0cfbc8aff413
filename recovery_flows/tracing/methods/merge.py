"""Bookings of many statements as payments: what two banks both show becomes one transfer.

Which debit and which credit are one payment: by end-to-end id and amount, else by the two accounts,
amount and time, else (two currencies, rate not told) by id or by the two accounts and time.
Identical twins stay two: each line is used once. A payment that one side alone shows is a payment
too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from models.facts import Direction, LineKind
from models.ids import derive_id
from recovery_flows.tracing.methods.ordering import in_bank_order
from recovery_flows.tracing.methods.types import Transfer

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

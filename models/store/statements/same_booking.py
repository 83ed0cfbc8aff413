"""Which bookings of a statement are stored already, whatever source told them first.

One statement's lines are matched one to one, so that two real twins on one day stay two. The same
account, legal day, amount and direction are required; then a reference has to agree, and nothing
that both sides tell may differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a source tells of one booking of an account; `at` is the start of `day` if `is_dated`.

    `family` are the sources that spell a bank's own reference alike.
    """

    day: date
    at: datetime
    is_dated: bool
    direction: str
    minor: int
    currency: str
    end_to_end_id: str
    bank_reference: str
    counter_account: str
    family: str


_Key = Callable[[Told], Hashable | None]
_Fits = Callable[[Told, Told], bool]


def matches(stored: Sequence[Told], told: Sequence[Told]) -> list[int | None]:
    """For each line told, the position of the stored one that it is; None where it is new."""
    found: list[int | None] = [None] * len(told)
    free = dict.fromkeys(range(len(stored)))
    for key, fits in _PASSES:
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for n in free:
            name = key(stored[n])
            if name is not None:
                waiting[_money(stored[n]), name].append(n)
        for m, line in enumerate(told):
            name = None if found[m] is not None else key(line)
            if name is None:
                continue
            near = waiting[_money(line), name]
            best = next((n for n in near if fits(stored[n], line)), None)
            if best is not None:
                near.remove(best)
                free.pop(best)
                found[m] = best
    return found


def _money(line: Told) -> Hashable:
    return line.day, line.direction, line.minor, line.currency


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _apart(one: Told, other: Told) -> bool:
    """Both tell the time, and not the same."""
    return not one.is_dated and not other.is_dated and one.at != other.at


def _no_other_reference(one: Told, other: Told) -> bool:
    """Two references of one bank in one spelling are two bookings."""
    return one.family != other.family or not _differ(one.bank_reference, other.bank_reference)


def _by_reference(line: Told) -> Hashable | None:
    return (line.bank_reference, line.end_to_end_id) if line.bank_reference else None


def _by_reference_alone(line: Told) -> Hashable | None:
    return line.bank_reference or None


def _by_instant(line: Told) -> Hashable | None:
    return None if line.is_dated else (line.at, line.end_to_end_id)


def _by_payers_id(line: Told) -> Hashable | None:
    return line.end_to_end_id or None


def _always(one: Told, other: Told) -> bool:
    del one, other
    return True


def _same_id(one: Told, other: Told) -> bool:
    return not _differ(one.end_to_end_id, other.end_to_end_id)


def _same_payment(one: Told, other: Told) -> bool:
    is_twin = one.family == other.family and _apart(one, other)
    return not is_twin and _no_other_reference(one, other)


def _same_without_id(one: Told, other: Told) -> bool:
    """No reference speaks: the time where both tell it, and the other side of the payment."""
    if _apart(one, other) or not _no_other_reference(one, other):
        return False
    if one.end_to_end_id or other.end_to_end_id:
        same = one.counter_account == other.counter_account
        return (
            bool(one.counter_account) and same and not (one.end_to_end_id and other.end_to_end_id)
        )
    return not _differ(one.counter_account, other.counter_account)


def _by_money(line: Told) -> Hashable | None:
    del line
    return ""


_PASSES: tuple[tuple[_Key, _Fits], ...] = (
    (_by_reference, _always),
    (_by_reference_alone, _same_id),
    (_by_instant, _no_other_reference),
    (_by_payers_id, _same_payment),
    (_by_money, _same_without_id),
)

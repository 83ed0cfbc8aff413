"""Matches the bookings of a statement with those stored, and makes rows of the new ones.

One statement's lines are matched one to one, so that two real twins on one day stay two. Account,
legal day, amount and direction have to be equal; then a reference has to agree, and nothing that
both sources state may differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.facts import Direction, LineKind
from models.money import Money

API = "api"


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking to be stored; `at` is the start of the legal `day` where the bank told no time.

    `counter_account` is an account's id, "" where it is not known.
    """

    at: datetime
    day: date
    is_dated: bool
    seq: int
    direction: Direction
    kind: LineKind
    amount: Money
    counter_account: str = ""
    counter_amount: Money | None = None
    end_to_end_id: str = ""
    bank_reference: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """What a source states about one account; `number` counts its statements in one document.

    `is_complete`: the source has every booking between `covers_from` and `covers_to`, and
    `opening_minor` is the balance before them. `gap_minor` is the stated closing balance less
    opening and bookings.
    """

    account_id: str
    currency: str
    covers_from: datetime
    covers_to: datetime
    opening_minor: int
    closing_minor: int
    bookings: tuple[Booking, ...]
    origin: str = API
    is_complete: bool = True
    gap_minor: int = 0
    number: int = 1


def comparable(booking: Booking, origin: str) -> ComparableBooking:
    """A new booking in the form in which sources are compared."""
    return ComparableBooking(
        day=booking.day,
        at=booking.at,
        is_dated=booking.is_dated,
        direction=booking.direction,
        minor=booking.amount.minor,
        currency=booking.amount.currency,
        end_to_end_id=booking.end_to_end_id,
        bank_reference=booking.bank_reference,
        counter_account=booking.counter_account,
        family=_family(origin),
    )


def comparable_row(row: dict[str, Any], zone: ZoneInfo) -> ComparableBooking:
    """A stored booking in the form in which sources are compared."""
    return ComparableBooking(
        day=row["booked_at"].astimezone(zone).date(),
        at=row["booked_at"],
        is_dated=row["is_dated"],
        direction=row["direction"],
        minor=row["amount_minor"],
        currency=row["currency"],
        end_to_end_id=row["end_to_end_id"],
        bank_reference=row["bank_reference"],
        counter_account=row["counter_account_id"],
        family=_family(row["origin"]),
    )


def _family(origin: str) -> str:
    return origin.split(".", maxsplit=1)[0].rstrip("0123456789")


def row_of(statement: StatementRecord, booking: Booking) -> dict[str, Any]:
    """A booking as a row without its id."""
    counter = booking.counter_amount
    return {
        "account_id": statement.account_id,
        "seq": booking.seq,
        "booked_at": booking.at,
        "direction": booking.direction,
        "kind": booking.kind,
        "amount_minor": booking.amount.minor,
        "currency": booking.amount.currency,
        "counter_account_id": booking.counter_account,
        "counter_minor": counter.minor if counter else None,
        "counter_currency": counter.currency if counter else "",
        "end_to_end_id": booking.end_to_end_id,
        "bank_reference": booking.bank_reference,
        "is_dated": booking.is_dated,
        "is_reversal": booking.is_reversal,
        "origin": statement.origin,
        "import_id": "",
    }


@dataclass(frozen=True, slots=True)
class ComparableBooking:
    """A booking as one source states it; `at` is the start of `day` if `is_dated`.

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


_Key = Callable[[ComparableBooking], Hashable | None]
_Fits = Callable[[ComparableBooking, ComparableBooking], bool]


def matches(
    stored: Sequence[ComparableBooking], told: Sequence[ComparableBooking]
) -> list[int | None]:
    """For each line the index of the stored line that it equals; None where it is new."""
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


def _money(line: ComparableBooking) -> Hashable:
    return line.day, line.direction, line.minor, line.currency


def _differ(one: str, other: str) -> bool:
    return bool(one and other and one != other)


def _apart(one: ComparableBooking, other: ComparableBooking) -> bool:
    """Whether both sources state a time of day, and the times differ."""
    return not one.is_dated and not other.is_dated and one.at != other.at


def _no_other_reference(one: ComparableBooking, other: ComparableBooking) -> bool:
    """Whether no reference contradicts: two ids of one bank in one spelling are two bookings."""
    return one.family != other.family or not _differ(one.bank_reference, other.bank_reference)


def _by_reference(line: ComparableBooking) -> Hashable | None:
    return (line.bank_reference, line.end_to_end_id) if line.bank_reference else None


def _by_reference_alone(line: ComparableBooking) -> Hashable | None:
    return line.bank_reference or None


def _by_instant(line: ComparableBooking) -> Hashable | None:
    return None if line.is_dated else (line.at, line.end_to_end_id)


def _by_payers_id(line: ComparableBooking) -> Hashable | None:
    return line.end_to_end_id or None


def _always(one: ComparableBooking, other: ComparableBooking) -> bool:
    del one, other
    return True


def _same_id(one: ComparableBooking, other: ComparableBooking) -> bool:
    return not _differ(one.end_to_end_id, other.end_to_end_id)


def _same_payment(one: ComparableBooking, other: ComparableBooking) -> bool:
    is_twin = one.family == other.family and _apart(one, other)
    return not is_twin and _no_other_reference(one, other)


def _same_without_id(one: ComparableBooking, other: ComparableBooking) -> bool:
    """Whether they agree without an id: in times that both state, and in the counterparty."""
    if _apart(one, other) or not _no_other_reference(one, other):
        return False
    if one.end_to_end_id or other.end_to_end_id:
        same = one.counter_account == other.counter_account
        return (
            bool(one.counter_account) and same and not (one.end_to_end_id and other.end_to_end_id)
        )
    return not _differ(one.counter_account, other.counter_account)


def _by_money(line: ComparableBooking) -> Hashable | None:
    del line
    return ""


_PASSES: tuple[tuple[_Key, _Fits], ...] = (
    (_by_reference, _always),
    (_by_reference_alone, _same_id),
    (_by_instant, _no_other_reference),
    (_by_payers_id, _same_payment),
    (_by_money, _same_without_id),
)

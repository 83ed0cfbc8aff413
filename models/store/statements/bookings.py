"""Bookings and statements on their way into the tables, whatever source told them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.facts import Direction, LineKind
from models.money import Money
from models.store.statements.same_booking import Told

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
class ToldStatement:
    """What a source says of one account; `number` counts an account's statements in one document.

    `is_complete`: every booking between `covers_from` and `covers_to` is there, and `opening_minor`
    is what the account held before. `gap_minor` is stated closing less opening and bookings.
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


def told_of(booking: Booking, origin: str) -> Told:
    """A booking as the sources are compared by."""
    return Told(
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


def told_of_row(row: dict[str, Any], zone: ZoneInfo) -> Told:
    """A stored booking as the sources are compared by."""
    return Told(
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


def row_of(told: ToldStatement, booking: Booking) -> dict[str, Any]:
    """A booking as a row without its id."""
    counter = booking.counter_amount
    return {
        "account_id": told.account_id,
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
        "origin": told.origin,
        "import_id": "",
    }

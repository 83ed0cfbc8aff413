"""Rows of a file of claims, each judged against what is known: taken, known already, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.money import Money


class RowResult(StrEnum):
    """What became of one row."""

    ACCEPTED = "accepted"
    UNVERIFIED = "unverified"
    OVER_BOOKED = "over_booked"
    DUPLICATE = "duplicate"
    UNKNOWN_PAYMENT = "unknown_payment"
    REFUSED = "refused"


WORDS: Mapping[RowResult, str] = {
    RowResult.ACCEPTED: "filed and verified by the bank's booking",
    RowResult.UNVERIFIED: "filed; no statement covers the payment yet",
    RowResult.OVER_BOOKED: "filed; upheld at the sum that the bank booked",
    RowResult.DUPLICATE: "not filed: the payment is claimed already",
    RowResult.UNKNOWN_PAYMENT: "not filed: the payee's bank shows no such payment",
    RowResult.REFUSED: "not filed",
}
TAKEN = frozenset({RowResult.ACCEPTED, RowResult.UNVERIFIED, RowResult.OVER_BOOKED})


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """The payment that a row tells of; accounts are ids."""

    row: int
    payer: str
    payee: str
    amount: Money
    paid_at: datetime
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking that fits a row, and whether a claim has it already ("" if none)."""

    line_id: str
    amount: Money
    claimed_by: str = ""
    is_payers: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a row, why in words, and what of it is upheld at once."""

    row: int
    result: RowResult
    why: str
    upheld_minor: int = 0
    line_id: str = ""


def judge(
    told: ReportedPayment,
    bookings: Sequence[Booking],
    *,
    is_covered: bool,
    taken: Mapping[str, int],
) -> Judged:
    """Judge a row by the bookings that fit it; `taken` are bookings that earlier rows have.

    Two payments of one person on one day are two bookings: each row takes one that is free, one of
    the same sum before another.
    """
    free = [b for b in bookings if not b.claimed_by and b.line_id not in taken]
    if not free and bookings:
        other = next((b.claimed_by for b in bookings if b.claimed_by), "")
        before = next((taken[b.line_id] for b in bookings if b.line_id in taken), 0)
        by = f"claim {other}" if other else f"row {before}"
        return Judged(told.row, RowResult.DUPLICATE, f"its booking is claimed by {by}")
    if not free:
        if is_covered:
            return Judged(told.row, RowResult.UNKNOWN_PAYMENT, "no booking fits payer, day, sum")
        return Judged(told.row, RowResult.UNVERIFIED, WORDS[RowResult.UNVERIFIED])
    free = [b for b in free if b.is_payers]
    if not free:
        why = "the bank booked this payment from another account than victim_account"
        return Judged(told.row, RowResult.REFUSED, why)
    best = min(free, key=lambda b: (b.amount != told.amount, b.line_id))
    if told.amount.currency != best.amount.currency:
        return Judged(told.row, RowResult.REFUSED, f"the bank booked {best.amount}")
    if told.amount > best.amount:
        why = f"claimed {told.amount}, the bank booked {best.amount}"
        return Judged(told.row, RowResult.OVER_BOOKED, why, best.amount.minor, best.line_id)
    return Judged(
        told.row, RowResult.ACCEPTED, WORDS[RowResult.ACCEPTED], told.amount.minor, best.line_id
    )

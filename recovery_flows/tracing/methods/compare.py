"""One set of payments under every rule, and how far each answer rests on what nobody knows.

Two such assumptions: in which order a bank booked what it dates by the day only, and what an
account held before its first known payment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import groupby

from recovery_flows.tracing.methods.types import Trace, Transfer


class DayOrder(StrEnum):
    """How the payments of one day are taken: as given, or one account's debits or credits first."""

    AS_GIVEN = "as given"
    DEBITS_FIRST = "debits first"
    CREDITS_FIRST = "credits first"


Share = tuple[str, str, str]
"""Claim, account, and how it left sight ("" where it is in the account)."""


def shares(trace: Trace) -> Counter[Share]:
    """Minor units of the loss by claim, account and way out of sight."""
    found: Counter[Share] = Counter()
    for position in trace.positions:
        found[position.claim_id, position.account, ""] += position.claim_minor
    for gone in trace.gone:
        found[gone.claim_id, gone.account, str(gone.kind)] += gone.claim_minor
    for conflict in trace.conflicts:
        found[conflict.claim_id, "", "conflict"] += conflict.claim_minor
    return found


def moved_minor(one: Trace, other: Trace) -> int:
    """How many minor units of the loss lie elsewhere in `other` than in `one`."""
    return sum((shares(one) - shares(other)).values())


def reordered(transfers: Sequence[Transfer], order: DayOrder) -> list[Transfer]:
    """The payments with those of each day (UTC) in another order, where they allow one.

    Credits first takes a day's payments into accounts that pay on that day before those that leave
    them, as far as payments in a row let it; debits first is the reverse of that order.
    """
    given = sorted(transfers, key=lambda t: (t.at, t.order, t.id))
    result: list[Transfer] = []
    for _, group in groupby(given, key=_day):
        day = list(group)
        result += _one_day(day, order)
    return [replace(t, at=_midnight(_day(t)), order=number) for number, t in enumerate(result)]


def _one_day(day: list[Transfer], order: DayOrder) -> list[Transfer]:
    if order is DayOrder.AS_GIVEN or len(day) == 1:
        return day
    from recovery_flows.tracing.methods.ordering import payers_first

    places = payers_first([(t.payer, t.payee) for t in day])
    credits_first = [day[place] for place in places]
    return credits_first if order is DayOrder.CREDITS_FIRST else credits_first[::-1]


def _day(transfer: Transfer) -> date:
    return transfer.at.astimezone(UTC).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Flow:
    """What one payment carried of one claim's money."""

    transfer_id: str
    claim_id: str
    payer: str | None
    payee: str | None
    amount_minor: int
    claim_minor: int


def edge_flows(trace: Trace) -> tuple[Flow, ...]:
    """The steps of a trace as one flow per payment and claim, in the order of the first step."""
    sums: dict[tuple[str, str], Flow] = {}
    for hop in trace.hops:
        key = hop.transfer_id, hop.claim_id
        known = sums.get(key)
        amount = hop.amount_minor + (known.amount_minor if known else 0)
        claim = hop.claim_minor + (known.claim_minor if known else 0)
        sums[key] = Flow(hop.transfer_id, hop.claim_id, hop.payer, hop.payee, amount, claim)
    return tuple(sums.values())

"""What was held at the end of each of the last days, and how many holds began on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlmodel import Session

from models.money import Money
from models.store.rollups.days import DAY_HELD, DAY_HOLDS, days_to, names_of_days
from models.store.rollups.tallies import tally_of

DAYS = 56


@dataclass(frozen=True, slots=True)
class HeldByDay:
    """What banks held of losses in one currency at the end of each day, as it was booked."""

    currency: str
    held: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class EightWeeks:
    """The last `DAYS` days of UTC, the present one last.

    `holds` counts, for each day, the holds that took effect by the bank's time.
    """

    days: tuple[date, ...]
    holds: tuple[int, ...]
    currencies: tuple[HeldByDay, ...]


def eight_weeks(session: Session, now: datetime, held_now: Mapping[str, int]) -> EightWeeks:
    """Go back day by day from what is held now; each write keeps what a day has changed."""
    days = tuple(days_to(now.astimezone(UTC).date(), DAYS))
    kept = tally_of(session, names_of_days(days, held_now))
    found = [HeldByDay(code, _back(days, kept, code, minor)) for code, minor in held_now.items()]
    return EightWeeks(
        days,
        tuple(kept.get(f"{DAY_HOLDS} {day}", 0) for day in days),
        tuple(one for one in found if any(money.minor for money in one.held)),
    )


def _back(
    days: tuple[date, ...], kept: Mapping[str, int], currency: str, minor: int
) -> tuple[Money, ...]:
    ends: list[Money] = []
    for day in reversed(days):
        ends.append(Money(minor, currency))
        minor -= kept.get(f"{DAY_HELD} {currency} {day}", 0)
    return tuple(reversed(ends))

"""Rates that say what they mean: numerator, denominator and formula together, computed exactly."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.language.phrase import phrase


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate with its formula in words; `percent` has one decimal, None where it has no meaning.

    Both figures are minor units of one currency, or both are counts.
    """

    name: str
    formula: str
    numerator_minor: int
    denominator_minor: int
    percent: Decimal | None

    def __str__(self) -> str:
        return "n/a" if self.percent is None else f"{self.percent} %"


def percent(numerator: int, denominator: int, digits: int = 1) -> Decimal | None:
    """`numerator` in per cent of `denominator`, half up to `digits` decimals; None when that is 0.

    Half up is away from zero, so that a fall is rounded as a rise is.
    """
    if denominator == 0:
        return None
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    steps = (2 * 100 * 10**digits * numerator + denominator) // (2 * denominator)
    return Decimal(sign * steps).scaleb(-digits)


def average_minor(total_minor: int, count: int) -> int | None:
    """`total_minor` per one of `count`, half up to a whole minor unit; None when there are none."""
    return None if count == 0 else (2 * total_minor + count) // (2 * count)


def interception_rate(ever_held_minor: int, reported_minor: int) -> Rate:
    """How much of the reported loss was ever held, each traced unit counted once across hops."""
    return _rate(
        phrase("interception"),
        phrase("held to date / reported loss"),
        ever_held_minor,
        reported_minor,
    )


def held_to_returned_rate(returned_from_holds_minor: int, ever_held_minor: int) -> Rate:
    """How much of what was ever held went back to victims."""
    formula = phrase("returned to victims from holds / held to date")
    return _rate(
        phrase("return rate of held funds"), formula, returned_from_holds_minor, ever_held_minor
    )


def restitution_rate(returned_minor: int, reported_minor: int) -> Rate:
    """How much of the reported loss went back to victims, by hold, recall or freely."""
    return _rate(
        phrase("restitution"), phrase("returned / reported loss"), returned_minor, reported_minor
    )


def over_freeze_rate(blocked_minor: int, disputed_minor: int) -> Rate:
    """How much of accounts is blocked for what is disputed there; above 100 % it is too much."""
    return _rate(
        phrase("over-freezing"),
        phrase("amount blocked / amount in dispute"),
        blocked_minor,
        disputed_minor,
    )


def year_on_year_rate(this_year: int, last_year: int) -> Rate:
    """Change against the year before; from exact figures, never from rounded ones."""
    return _rate(
        phrase("year on year"), phrase("(this - last) / last"), this_year - last_year, last_year
    )


def _rate(name: str, formula: str, numerator: int, denominator: int) -> Rate:
    return Rate(name, formula, numerator, denominator, percent(numerator, denominator))

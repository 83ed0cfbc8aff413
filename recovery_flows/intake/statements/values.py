"""Texts of statement files as values: amounts, days and instants, ids; shared by all readers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from models.money import exponent
from recovery_flows.intake.statements.shape import StatementRefusedError

_NO_ID = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOREF", "UNKNOWN", "-"})
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}(:\d{2})?)([.:,]\d+)?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_MOST_DIGITS = 18
# The days and currencies of a statement repeat; neither is anybody's secret.
_REPEATED = 4_096
_LONGEST_INSTANT = 64
_digits_of = lru_cache(_REPEATED)(exponent)


def minor_of(text: str, currency: str, line: int = 0) -> tuple[int, str]:
    """A decimal as signed minor units, and a warning where it has more decimals than the currency.

    StatementRefusedError where it is no number or no currency.
    """
    whole, _, fraction = text.partition(".")
    is_plain = text.isascii() and whole.isdigit() and fraction.isdigit()
    try:
        digits = _digits_of(currency)
        if is_plain and len(fraction) == digits and len(whole) <= _MOST_DIGITS:
            return int(whole + fraction), ""  # What most banks write, without a Decimal.
        value = Decimal(text.strip())
    except (ValueError, InvalidOperation) as error:
        raise StatementRefusedError(
            f"{text.strip()[:40]!r} in {currency[:10]!r} is no amount of money", line
        ) from error
    if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
        raise StatementRefusedError(f"{text.strip()[:40]!r} is no amount of money", line)
    exact = value.scaleb(digits)
    minor = int(exact.to_integral_value(ROUND_HALF_UP))
    if exact == minor:
        return minor, ""
    return minor, f"{currency} has {digits} decimals: {value.normalize():f} was rounded"


def day_or_instant(text: str) -> date | datetime | None:
    """ISO text as an instant where it tells its zone, else as a day; None where it is neither."""
    return _day_or_instant(text.strip()[:_LONGEST_INSTANT])


@lru_cache(_REPEATED)
def _day_or_instant(text: str) -> date | datetime | None:
    found = _INSTANT.match(text)
    try:
        if found is None:
            return date.fromisoformat(text[:10])
        if not found["zone"]:
            return date.fromisoformat(found["day"])
        at = datetime.fromisoformat(f"{found['day']}T{found['time']}{found['zone']}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def real_id(text: str | None) -> str:
    """An id as given, "" where the bank only fills the place."""
    name = (text or "").strip()
    return "" if name.upper() in _NO_ID else name


def number_of(text: str | None) -> str:
    """An account number without blanks."""
    return "".join((text or "").split())

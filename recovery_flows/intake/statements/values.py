"""Texts of statement files as values: amounts, days and instants, ids; shared by all readers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from models.language.phrase import phrase
from models.money import exponent
from recovery_flows.intake.statements.shape import StatementRefusedError

FIRST_YEAR, LAST_YEAR = 1970, 2200
_NO_ID = frozenset({"", "NOTPROVIDED", "NONREF", "NOT PROVIDED", "NOREF", "UNKNOWN", "-"})
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})T(?P<time>\d{2}:\d{2}(:\d{2})?)([.:,]\d+)?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
MINOR_MAX = 2**53
"""The largest amount that is taken, in minor units, as in answers of partners."""
_MOST_DIGITS = 15
_MOST_DECIMALS = 10
_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?=\.?[0-9])(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?")
_LONGEST_AMOUNT = 64
_THOUSAND = 3
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_GROUPED = re.compile(
    r"[+-]?[0-9]{1,3}(?:(?P<mark>[.,])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?!(?P=mark))[.,][0-9]+"
)
# The days and currencies of a statement repeat; neither is anybody's secret.
_REPEATED = 4_096
_LONGEST_INSTANT = 64
_digits_of = lru_cache(_REPEATED)(exponent)


def minor_of(text: str, currency: str, line: int = 0) -> tuple[int, str]:
    """A plain decimal as signed minor units, and a warning where it has more decimals than it can.

    Digits 0 to 9, one point at most, a sign before it: anything else could be read in two ways.
    StatementRefusedError where it is no such number, no currency, or larger than any account.
    """
    whole, _, fraction = text.partition(".")
    is_plain = text.isascii() and whole.isdigit() and fraction.isdigit()
    try:
        digits = _digits_of(currency)
    except ValueError as error:
        raise StatementRefusedError(
            phrase(
                "{text!r} in {currency!r} is no amount of money",
                text=text.strip()[:40],
                currency=currency[:10],
            ),
            line,
        ) from error
    if is_plain and len(fraction) == digits and len(whole) + digits <= _MOST_DIGITS:
        return int(whole + fraction), ""  # What most banks write, without a Decimal.
    bare = text.strip()
    found = _DECIMAL.fullmatch(bare) if len(bare) <= _LONGEST_AMOUNT else None
    figures = (found["whole"] or "").lstrip("0") if found else ""
    behind = (found["fraction"] or "").rstrip("0") if found else ""
    if found is None or len(figures) > _MOST_DIGITS or len(behind) > _MOST_DECIMALS:
        raise StatementRefusedError(phrase("{bare!r} is no amount of money", bare=bare[:40]), line)
    value = Decimal(f"{found['sign']}{figures or '0'}.{behind or '0'}")
    exact = value.scaleb(digits)
    minor = int(exact.to_integral_value(ROUND_HALF_UP))
    if abs(minor) > MINOR_MAX:
        raise StatementRefusedError(
            phrase(
                "{bare!r} {currency} is more than any account holds",
                bare=bare[:40],
                currency=currency,
            ),
            line,
        )
    if exact == minor:
        return minor, ""
    return minor, f"{currency} has {digits} decimals: {value.normalize():f} was rounded"


def with_point(text: str, currency: str, line: int = 0) -> str:
    """An amount whose decimals may be behind a comma, with a point.

    StatementRefusedError where a comma could as well part thousands: three digits behind it, of a
    currency that has other decimals, or marks that group nothing.
    """
    sign, bare = ("", text.strip())
    if bare[:1] in ("+", "-"):
        sign, bare = bare[0], bare[1:].lstrip()
    if _SPACED.fullmatch(bare):
        bare = bare.replace(" ", "")
    marks = "".join(mark for mark in bare if mark in ",.")
    behind = len(bare) - 1 - max(bare.rfind(","), bare.rfind("."))
    unsure = marks == "," and behind == _THOUSAND != _digits_of_or_none(currency)
    if unsure or (len(marks) > 1 and not _GROUPED.fullmatch(bare)):
        raise StatementRefusedError(
            phrase(
                "{text!r} can be read in two ways: write the decimals behind one point",
                text=text.strip()[:40],
            ),
            line,
        )
    if len(marks) > 1:
        bare = bare.replace(marks[0], "")
    return sign + bare.replace(",", ".")


def _digits_of_or_none(currency: str) -> int | None:
    try:
        return _digits_of(currency)
    except ValueError:
        return None


def day_or_instant(text: str) -> date | datetime | None:
    """ISO text as an instant where it tells its zone, else as a day; None where it is neither.

    None too where it is in no year of banking: an instant at the end of time has no next day.
    """
    found = _day_or_instant(text.strip()[:_LONGEST_INSTANT])
    return found if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


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

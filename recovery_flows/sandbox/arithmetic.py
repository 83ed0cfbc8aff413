"""The sandbox's own arithmetic: minor units, microseconds and rational exchange rates."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE, _FOUR = "BHD IQD JOD KWD LYD OMR TND", "CLF UYW"
_OTHER_DECIMALS = {
    code: decimals
    for decimals, codes in ((0, _NONE), (3, _THREE), (4, _FOUR))
    for code in codes.split()
}
_PLAIN = re.compile(r"(\d{1,15})(?:\.(\d{1,4}))?")
_CODE = re.compile(r"[A-Z]{3}")


def decimals(currency: str) -> int:
    """Digits behind the point of a currency (ISO 4217); ValueError for what is no code."""
    if not _CODE.fullmatch(currency):
        raise ValueError(f"{currency!r} is not a currency code")
    return _OTHER_DECIMALS.get(currency, 2)


def minor_of(text: str, currency: str) -> int:
    """Minor units of a plain decimal such as `120.00`; ValueError for signs or odd decimals."""
    match = _PLAIN.fullmatch(text)
    digits = decimals(currency)
    if match is None or len(match[2] or "") > digits:
        raise ValueError(f"{text!r} is not an amount of {currency} with up to {digits} decimals")
    return int(match[1] + (match[2] or "").ljust(digits, "0"))


def text_of(minor: int, currency: str) -> str:
    """Plain decimal of minor units, as it goes on the wire."""
    digits = decimals(currency)
    sign, figures = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return sign + (f"{figures[:-digits]}.{figures[-digits:]}" if digits else figures)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware instant; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(us: int) -> datetime:
    """The aware UTC instant of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=us)


def iso(us: int) -> str:
    """ISO 8601 in UTC, ending in Z."""
    return moment_of(us).isoformat().replace("+00:00", "Z")


def micros_of_iso(text: str) -> int:
    """Microseconds of ISO 8601 text with an offset; ValueError otherwise."""
    return micros(datetime.fromisoformat(text))


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` is `numerator / denominator` units of `quote`."""

    base: str
    quote: str
    numerator: int
    denominator: int


class Rates:
    """The fixed rate table; both directions of each pair are exact fractions."""

    def __init__(self, rates: tuple[Rate, ...]) -> None:
        self._fractions: dict[tuple[str, str], tuple[int, int]] = {}
        for rate in rates:
            up, down = 10 ** decimals(rate.quote), 10 ** decimals(rate.base)
            above, below = rate.numerator * up, rate.denominator * down
            self._fractions[rate.base, rate.quote] = (above, below)
            self._fractions[rate.quote, rate.base] = (below, above)

    @classmethod
    def load(cls, db: sqlite3.Connection) -> Rates:
        """Read the table `rate` of a sandbox file."""
        rows = db.execute("SELECT base, quote, numerator, denominator FROM rate")
        return cls(tuple(Rate(*row) for row in rows))

    def half_up(self, minor: int, source: str, target: str) -> int:
        """Convert minor units, halves rounded up; ValueError when there is no rate."""
        if source == target:
            return minor
        above, below = self._fraction(source, target)
        return (2 * minor * above + below) // (2 * below)

    def floor(self, minor: int, source: str, target: str) -> int:
        """Convert minor units, the fraction dropped; ValueError when there is no rate."""
        if source == target:
            return minor
        above, below = self._fraction(source, target)
        return minor * above // below

    def _fraction(self, source: str, target: str) -> tuple[int, int]:
        try:
            return self._fractions[source, target]
        except KeyError:
            raise ValueError(f"no rate from {source} to {target}") from None

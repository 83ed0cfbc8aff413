"""Money as whole minor units of one currency; never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.currencies import DECIMALS

_AMOUNT = re.compile(r"^(?P<sign>-?)(?P<whole>[0-9]{1,15})(?:\.(?P<fraction>[0-9]{1,4}))?$")
_WHOLE_MOST = 15
_CURRENCY = re.compile(r"^[A-Z]{3}$")


class CurrencyMismatchError(ValueError):
    """Two currencies met in one sum."""


def exponent(currency: str) -> int:
    """Digits after the decimal point of `currency` (ISO 4217); ValueError for what is none."""
    digits = DECIMALS.get(currency)
    if digits is not None:
        return digits
    if not _CURRENCY.match(currency):
        raise ValueError(f"currency {currency!r} is not three capital letters (ISO 4217)")
    raise ValueError(f"currency {currency!r} is not in the list of ISO 4217")


def minor_text(minor: int, digits: int) -> str:
    """Minor units as a plain decimal of so many digits after the point, without grouping."""
    if not digits:
        return str(minor)
    text = str(minor if minor >= 0 else -minor).rjust(digits + 1, "0")
    return f"{'-' if minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def split_minor(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` minor units by integer `weights`; the parts sum to `total` exactly.

    Largest remainder; a tie goes to the earlier position, so the caller's order is the tie rule.
    """
    if total < 0 or any(weight < 0 for weight in weights) or sum(weights) <= 0:
        raise ValueError("a split needs a total >= 0 and weights >= 0 that are not all zero")
    whole = sum(weights)
    exact = [divmod(total * weight, whole) for weight in weights]
    parts, left = [part for part, _ in exact], [rest for _, rest in exact]
    # A sort keeps the order of equals, reversed too: ties go to the earlier position.
    by_remainder = sorted(range(len(weights)), key=left.__getitem__, reverse=True)
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` whole units of `currency` (fen, cents, yen); adds only within one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if not isinstance(self.minor, int):
            raise TypeError(f"money is whole minor units, got {self.minor!r}")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a plain decimal such as `12.34`; ValueError names what is wrong with it."""
        whole, _, fraction = text.partition(".")
        if fraction and len(fraction) == DECIMALS.get(currency) and 0 < len(whole) <= _WHOLE_MOST:
            both = whole + fraction
            if both.isdigit() and both.isascii():  # what most partners write, without a pattern
                return cls(int(both), currency)
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise ValueError(f"amount {text!r} is not a plain decimal such as 1234.50")
        digits = exponent(currency)
        fraction = match["fraction"] or ""
        if len(fraction) > digits and fraction[digits:].strip("0"):
            raise ValueError(f"amount {text!r} has more than {digits} decimals for {currency}")
        minor = int(match["whole"] + fraction[:digits].ljust(digits, "0"))
        return cls(-minor if match["sign"] else minor, currency)

    def text(self) -> str:
        """Plain decimal without grouping, as it goes on the wire."""
        return minor_text(self.minor, exponent(self.currency))

    def __str__(self) -> str:
        digits = exponent(self.currency)
        whole, rest = divmod(abs(self.minor), 10**digits)
        sign, fraction = "-" if self.minor < 0 else "", f".{rest:0{digits}d}" if digits else ""
        return f"{self.currency} {sign}{whole:,}{fraction}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} do not add")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Divide by integer weights; the parts sum to the whole (largest remainder)."""
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]


@dataclass(frozen=True, slots=True)
class AnnouncedMoney:
    """Money that somebody says he has paid, under which booking, when; nothing of it counts."""

    booking: str
    at: datetime
    amount: Money

"""Invented values of a seed: amounts, days, codes, names as no bank would write them, and plain."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")

AMOUNTS = (
    "1.00", "12.34", "0", "0.00", "-5.50", "+7.25", "1,23", "1,234", "1.234,56", "1,234.56",
    "1.005",
    "1e5", "1e999999999", "NaN", "Infinity", "-", "", ".", ",", "1..2", "12.34.56", "١٢.٣٤", "１２",
    "1_000.00", "0x10", " 5 ", "1 006.60", "9" * 15, "9" * 30, "90071992547409.92", "--1", "1-",
    "²",
    "00000000000000000000001.00", "1.0000000000000000000001", "\u202e1", "1\x00", "万", "1万", "¥5",
)  # fmt: skip
DAYS = (
    "2026-03-02", "20260302", "260302", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00+08:00",
    "2026-03-02T10:00:60Z", "2026-02-30", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "0000-00-00", "", "today", "5", "-5", "1e5", "20260302101010",
    "20260302101010[-5:EST]", "20260302101010[99999999999:X]", "２０２６-03-02", "2026-W10-1", "x",
    "199999999999999999", "-199999999999999999", "9" * 5_000, "2026/03/02 10:00",
    "2026年3月2日 10:00",
    "260332", "991231", "000000", "2 Mar 2026 14:05", "yesterday 9:15 pm", "2026-03-02T24:00:00Z",
)  # fmt: skip
CURRENCIES = (
    "EUR", "EUR", "EUR", "CNY", "USD", "JPY", "KWD", "CLF", "XXX", "eur", "", "EURO", "€", "ＥＵＲ",
    "E\x00R", "\u202eEUR",
)  # fmt: skip
WORDS = (
    "Synthetic Name", "王小明", "דוד כהן", "\u200fמחמד\u200f", "محمد علي", "\u202eevil",
    "\u2066x\u2069",
    "a" * 300, "", " ", "\t", "\n", "\r\n", "\x00", "\x1b[31m", "\x85", "\u2028", "\ud800",
    "\udfff",
    "\ufeff", "=1+1", "@x", "<", ">", "&", "&amp;", "&#0;", "&a;", "]]>", "<!--", "-->", '"', "'",
    ",",
    ";", ":", "{", "}", "[", "]", "\\", "\\u0000", "%00", "..", "NOTPROVIDED", "DE00TEST0000000001",
    "GB00TEST1", "9999 0000 0001", "TESTDEFF", "CRDT", "DBIT", "BOOK", "PDNG", "true", "1", "null",
    "E2E-1", "-", "0", "x@y.example", "😀", "e\u0301", "\U000e0041", "bank-a", "bank-b",
)  # fmt: skip


class Dice(random.Random):
    """The dice of one case: the same seed makes the same bytes."""

    oddness: float | None = None

    def of(self, pool: Sequence[_T]) -> _T:
        """One of a pool."""
        return pool[int(self.random() * len(pool))]

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.random() * one_in < 1

    def few(self, most: int) -> int:
        """A small number, mostly one or two."""
        return min(most, int(self.expovariate(0.7)))

    def is_odd(self) -> bool:
        """Whether the next thing is as nobody would write it; how often is drawn once a case."""
        if self.oddness is None:
            self.oddness = self.of((0.0, 0.0, 0.01, 0.05, 0.3))
        return self.random() < self.oddness

    def amount(self) -> str:
        """An amount, plain or not."""
        if self.is_odd():
            return self.of(AMOUNTS)
        return f"{self.randrange(10 ** self.randrange(1, 9))}.{self.randrange(100):02}"

    def day(self) -> str:
        """A day or an instant, or what could be taken for one."""
        return self.of(DAYS) if self.is_odd() else f"2026-03-{self.randrange(1, 10):02}"

    def currency(self) -> str:
        """A code of a currency, or what could be taken for one."""
        return self.of(CURRENCIES) if self.is_odd() else "EUR"

    def word(self) -> str:
        """A name, a reference or a text."""
        if not self.is_odd():
            return f"SYN-{self.randrange(10**6)}"
        if self.chance(8):
            return "".join(self.of(WORDS) for _ in range(self.few(6)))
        return self.of(WORDS)

    def value(self) -> str:
        """Anything of the above."""
        return (self.amount, self.day, self.currency, self.word)[int(self.random() * 4)]()


def encoded(dice: Dice, text: str) -> bytes:
    """A text in UTF-8, and now and then in something else or with something before it."""
    kind = dice.randrange(7) if dice.is_odd() and dice.chance(3) else 7
    if kind > 6:
        return text.encode("utf-8", "surrogatepass")
    codecs = ("utf-16", "utf-16-be", "latin-1", "cp1252", "utf-8-sig", "utf-7", "utf-32")
    errors = "replace" if kind in (2, 3) else "surrogatepass"
    return text.encode(codecs[kind], errors if kind != 5 else "replace")


def bent(dice: Dice, data: bytes, others: Sequence[bytes]) -> bytes:
    """Bytes changed in a few places: flipped, cut, doubled, moved, mixed with another file's."""
    for _ in range(1 + dice.few(4)):
        at, to = sorted(int(dice.random() * (len(data) + 1)) for _ in range(2))
        how = dice.randrange(8)
        if how == 0:
            data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
        elif how == 1:
            data = data[:at] + data[to:]
        elif how == 2:
            data = data[:to] + data[at:to][:2_000] + data[to:]
        elif how == 3:
            data = data[:at]
        elif how == 4:
            data = data[:at] + dice.word().encode("utf-8", "surrogatepass") + data[at:]
        elif how == 5:
            data = data[:at] + dice.amount().encode() + data[to:]
        elif how == 6 and others:
            other = dice.of(others)
            begin = int(dice.random() * len(other))
            data = data[:at] + other[begin : begin + dice.randrange(400)] + data[at:]
        elif how == 7:
            data = data[:at] + data[at : at + 40] * dice.randrange(1, 30) + data[at:]
    return data


def soup(dice: Dice, files: Sequence[bytes]) -> bytes:
    """Short pieces of several files in any order, behind the beginning of one of them."""
    pieces = [dice.of(files)[:40]]
    for _ in range(dice.randrange(2, 40)):
        whole = dice.of(files)
        at = int(dice.random() * len(whole))
        pieces.append(whole[at : at + dice.randrange(1, 60)])
    return b"".join(pieces)


def grown(dice: Dice, data: bytes, size: int, units: Sequence[re.Pattern[bytes]]) -> bytes:
    """Bytes with one of their units, such as a booking, repeated until they have about that size.

    What is not linear shows. Half of the time each copy has a reference of its own.
    """
    places = [found for unit in units for found in unit.finditer(data)]
    if not places:
        return blown_up(dice, data, size)
    place = dice.of(places)
    unit, join = place[0], b"," if place[0].startswith(b"{") else b""
    count = max(1, (size - len(data)) // (len(unit) + len(join)))
    copies = [unit] * count
    if dice.chance(2):
        copies = [_REFERENCE.sub(b"SYN-%07d" % number, unit) for number in range(count)]
    return data[: place.start()] + join.join([*copies, unit]) + data[place.end() :]


_REFERENCE = re.compile(rb"SYN-\d+|^t\d+")


def blown_up(dice: Dice, data: bytes, size: int) -> bytes:
    """Bytes with any one stretch repeated until they have about that size."""
    at = int(dice.random() * len(data))
    stretch = data[at : at + dice.of((1, 2, 5, 9, 20, 60, 200, 1_000))] or b" "
    return data[:at] + stretch * max(1, (size - len(data)) // len(stretch)) + data[at:]

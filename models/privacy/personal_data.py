"""Finds personal data in text that a person wrote: numbers by their check digits, what is known.

Shape alone finds an e-mail address, an IBAN and any number of eight digits; the check digits say
what a number is. Names, accounts and contacts that a recovery knows are found whatever their shape.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, normalize

# Standing alone: a part of an id such as claim-3f2 is none. Eight digits in a row, also in groups,
# are more than a year, an amount or a reference of a paragraph has.
_GAP = r"[\s()\u00b7\u2010-\u2015-]"
# A Chinese text has no blanks: only Latin letters and digits go on with a number.
_WORD = r"[A-Za-z0-9_]"
_NUMBER = re.compile(
    rf"(?<!{_WORD})(?<![.,/-])\+?\(?\d(?:{_GAP}{{0,2}}\d){{7,}}[Xx]?(?!{_WORD}|[/-]|\.\d)"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_IBAN = re.compile(
    rf"(?<!{_WORD})[A-Z]{{2}}\d{{2}}(?: ?[A-Z0-9]{{4}}){{2,7}}(?: ?[A-Z0-9]{{1,4}})?(?!{_WORD})"
)
_SMALL_IBAN = re.compile(_IBAN.pattern, re.IGNORECASE | re.ASCII)
_MAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[A-Za-z]{2,}")
_ID_NUMBER = re.compile(r"[1-9]\d{16}[\dXx]")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}|\+\d{8,15}|0\d{9,11}")
_CARD = re.compile(r"\d{13,19}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_KNOWN_DIGITS_MIN, _LONG_DIGITS_MIN = 5, 8
_PATTERNS_KEPT = 1024
"""Each text of a request is searched for each name: what is sought is compiled once."""
_FIRST_OF_EAST_ASIA = "\u2e80"

MAIL, ACCOUNT, IBAN, NAME = "mail address", "account", "IBAN", "name"
ID_NUMBER, PHONE, CARD, NUMBER = "ID number", "phone number", "card number", "number"
CONTACT = "contact"
CERTAIN = frozenset({MAIL, IBAN, ID_NUMBER, NAME, CONTACT, ACCOUNT})
"""What is no reference of a case or a payment by chance."""


@dataclass(frozen=True, slots=True)
class Known:
    """Personal data that a recovery holds, in clear; for comparing only."""

    names: Collection[str] = ()
    accounts: Collection[str] = ()
    contacts: Collection[str] = ()


NOTHING_KNOWN = Known()


class Found(NamedTuple):
    """What it is, where it stands in the text."""

    kind: str
    start: int
    end: int


def personal_data(text: str, known: Known = Known()) -> tuple[Found, ...]:
    """What is or looks like personal data, no two of them overlapping, in the order of the text."""
    read, places = _as_read(text)
    found: list[Found] = []
    for kind, start, end in _candidates(read, known):
        one = Found(kind, places[start], places[end - 1] + 1)
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def struck(text: str, found: Collection[Found]) -> str:
    """The text with each of these replaced by what it was."""
    for one in sorted(found, key=lambda one: -one.start):
        text = f"{text[: one.start]}[{one.kind} struck]{text[one.end :]}"
    return text


def _as_read(text: str) -> tuple[str, Sequence[int]]:
    """The text as a person reads it, and where each of its letters stands in the given one.

    Numbers that are copied from a list of contacts carry invisible marks; letters may be wide.
    """
    if text.isascii():
        return text, range(len(text))
    places = [n for n, sign in enumerate(text) if category(sign) != "Cf"]
    plain = ((text[n], normalize("NFKC", text[n])) for n in places)
    return "".join(new if len(new) == 1 else sign for sign, new in plain), places


def _candidates(text: str, known: Known) -> Iterator[Found]:
    """What the recovery knows first, then by shape."""
    for name in known.names:
        yield from _matches(NAME, _of_name(name), text)
    for kind, values in ((ACCOUNT, known.accounts), (CONTACT, known.contacts)):
        for value in values:
            yield from _matches(kind, _of_value(value), text)
    searched = _DATE.sub(lambda day: "x" * len(day[0]), text)
    for match in _IBAN.finditer(searched):
        yield Found(IBAN if _fits_97(match[0]) else NUMBER, match.start(), match.end())
    small = (m for m in _SMALL_IBAN.finditer(searched) if _fits_97(m[0]))
    yield from (Found(IBAN, m.start(), m.end()) for m in small)
    yield from _matches(MAIL, _MAIL, searched)
    for match in _NUMBER.finditer(searched):
        yield Found(kind_of_number(match[0]), match.start(), match.end())


def kind_of_number(text: str) -> str:
    """What a number of eight digits or more is, by its length, its beginning, its check digit."""
    plain = normalize("NFKC", re.sub(_GAP, "", text))
    if _ID_NUMBER.fullmatch(plain) and _fits_id(plain):
        return ID_NUMBER
    if _MOBILE.fullmatch(plain):
        return PHONE
    return CARD if _CARD.fullmatch(plain) and _fits_card(plain) else NUMBER


def _matches(kind: str, pattern: re.Pattern[str] | None, text: str) -> Iterator[Found]:
    if pattern is not None:
        yield from (Found(kind, m.start(), m.end()) for m in pattern.finditer(text))


@lru_cache(maxsize=_PATTERNS_KEPT)
def _of_name(name: str) -> re.Pattern[str] | None:
    """The name, whatever is between its words; of two words also the other order."""
    # What is read from Chinese characters may have blanks between them.
    words = [
        r"\s{0,2}".join(word) if min(word) >= _FIRST_OF_EAST_ASIA else re.escape(word)
        for word in normalize("NFKC", name).split()
    ]
    if not words or len(name.strip()) < 2:
        return None
    orders = [words, words[::-1]] if len(words) == 2 else [words]
    one_of = "|".join(r"[\s,.\-]+".join(order) for order in orders)
    # A short Latin name stands in longer words by chance; a Chinese text has no blanks.
    edges = (f"(?<!{_WORD})(?:", f")(?!{_WORD})") if name.isascii() else ("(?:", ")")
    return re.compile(one_of.join(edges), re.IGNORECASE)


@lru_cache(maxsize=_PATTERNS_KEPT)
def _of_value(value: str) -> re.Pattern[str] | None:
    """An account or a contact as it is, or its digits in groups."""
    plain = re.sub(rf"{_GAP}|\+", "", normalize("NFKC", value))
    if len(plain) < _KNOWN_DIGITS_MIN:
        return None
    if not plain.isalnum():
        return re.compile(re.escape(value.strip()), re.IGNORECASE)
    if plain.isdigit() and len(plain) >= _LONG_DIGITS_MIN:  # no such number stands there by chance
        return re.compile(rf"(?<!\d){rf'(?:{_GAP}|[./_]){{0,3}}'.join(plain)}(?!\d)")
    spelled = rf"{_GAP}{{0,2}}".join(plain)
    return re.compile(rf"(?<!{_WORD}){spelled}(?!{_WORD})", re.IGNORECASE)


def _fits_97(text: str) -> bool:
    """Whether an IBAN's check digits fit (ISO 13616)."""
    plain = text.replace(" ", "")
    digits = "".join(str(int(c, 36)) for c in plain[4:] + plain[:4])
    return int(digits) % 97 == 1


def _fits_id(plain: str) -> bool:
    """Whether the check character of a resident's ID number fits (GB 11643-1999)."""
    total = sum(int(c) * w for c, w in zip(plain, _WEIGHTS, strict=False))
    return _ID_CHECKS[total % 11] == plain[-1].upper()


def _fits_card(plain: str) -> bool:
    """Whether the check digit of a card number fits (ISO/IEC 7812-1)."""
    doubled = (int(c) * (1 + n % 2) for n, c in enumerate(reversed(plain)))
    return sum(d - 9 * (d > 9) for d in doubled) % 10 == 0

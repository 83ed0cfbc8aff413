"""A letter to a bank without an interface: everything that its desk needs, as plain text.

The order in it is the one that an interface would carry: account, sum, end and mandate are read
from the frozen body. No session and no clock: the same values give the same bytes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.entities.call import CallKind
from models.entities.hold import HoldKind
from models.facts import AccountRef
from models.money import Money
from models.safe_text import safe

WIDTH = 78
SYNTHETIC = "SYNTHETIC DATA: a rehearsal, no order to any real bank"
_LABEL_WIDTH = 22


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the unit's name, its address, where the answer goes; lines by `;` or breaks."""

    name: str = ""
    address: str = ""
    answer_to: str = ""
    is_synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """The bank and its desk for orders, as the partner register has them."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """The article that an order rests on, and how far the unit has seen its text."""

    instrument: str
    article: str
    row: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one letter asks for; what does not fit its kind stays at its default.

    `before` is the bank's own reference of the measure that this one takes the place of.
    """

    kind: CallKind
    hold_kind: HoldKind = HoldKind.STOP
    order_ref: str
    account: AccountRef
    amount: Money | None = None
    is_part: bool = False
    ends_at: datetime | None = None
    term: str = ""
    before: str = ""
    their_ref: str = ""
    since: datetime | None = None
    payee: AccountRef | None = None
    payee_bank: str = ""
    remittance: str = ""
    decision_ref: str = ""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """All that a letter is made of; `approval` are sentences on who approved it and when."""

    sender: Sender
    addressee: Addressee
    order: Order
    dated: datetime
    zone: str
    ref: str
    case_number: str
    letter_id: str
    order_digest: str
    basis: tuple[Basis, ...]
    approval: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a letter; `is_personal` where it holds an account number or a name."""

    text: str
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """One thing told by name: `Amount:  CNY 1,000.00`."""

    name: str
    text: str
    is_personal: bool = False


def letter_text(lines: Iterable[Line]) -> bytes:
    """The letter as it is kept and sent: UTF-8, one line feed after each line."""
    return "".join(f"{line.text}\n" for line in lines).encode()


def one_line(text: str) -> str:
    """Text from outside as one line that steers no printer and no terminal."""
    return " ".join(safe(text).split())


def day_text(at: datetime, zone: str) -> str:
    """The legal day of an instant: `2 March 2026`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"


def instant_text(at: datetime, zone: str) -> str:
    """An instant in the legal zone, to the minute: `2026-03-02 10:15 (Asia/Shanghai)`."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def address_lines(text: str) -> list[str]:
    """An address as lines; they are divided by semicolons or by line breaks."""
    parts = text.replace("\n", ";").split(";")
    return [one_line(part) for part in parts if part.strip()]


def paragraph(text: str, *, is_personal: bool = False) -> Iterator[Line]:
    """A sentence or more, wrapped."""
    for line in _wrapped(text):
        yield Line(line, is_personal)


def table(rows: Iterable[Named]) -> Iterator[Line]:
    """Names and values in two columns, values wrapped; what is empty is left out."""
    for row in rows:
        if not row.text:
            continue
        first = f"{row.name + ':  ':<{_LABEL_WIDTH}}"
        for line in _wrapped(row.text, first, " " * _LABEL_WIDTH):
            yield Line(line, row.is_personal)


def numbered(items: Iterable[str]) -> Iterator[Line]:
    """A numbered list, wrapped under its numbers."""
    for number, item in enumerate(items, start=1):
        first = f"{number}. "
        for line in _wrapped(item, first, " " * len(first)):
            yield Line(line)


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    """Lines broken at blanks only: references and numbers stay whole."""
    return textwrap.wrap(
        one_line(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def heading(text: str) -> Iterator[Line]:
    """A line of capitals between empty ones."""
    yield from (Line(""), Line(text.upper()), Line(""))

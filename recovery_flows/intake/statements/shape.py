"""What a statement file says, in the order in which it says it: heads, entries, ends.

A reader yields one `Head`, its `Entry` items and one `End` per statement, and keeps no more than
one entry in memory, so that a large file can be read; a zip yields a `Member` after each file.
Account numbers, names and texts are personal data: nothing prints these values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.facts import Direction, LineKind
from models.language.phrase import as_phrase, phrase
from models.money import Money


class Format(StrEnum):
    """The formats that are read."""

    CAMT052 = "camt.052"
    CAMT053 = "camt.053"
    CAMT054 = "camt.054"
    MT940 = "mt940"
    MT942 = "mt942"
    OFX = "ofx"
    BANK_JSON = "bank-json"


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance as the bank states it: signed minor units, on a day or at an instant."""

    minor: int
    currency: str
    on: date | datetime | None


@dataclass(frozen=True, slots=True)
class Head:
    """One statement begins. `currency` is "" where neither account nor balance tells it."""

    format: Format
    version: str
    statement_id: str
    number: str = field(repr=False)
    """IBAN or the bank's own account number, without blanks."""
    bank_id: str
    """BIC or national bank code; "" where the file does not tell."""
    holder: str = field(repr=False)
    currency: str
    covers_from: date | datetime | None
    covers_to: date | datetime | None
    opening: Balance | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One payment booked (or pending) on the account; a batch is given as its single payments.

    `amount` is positive, in the account's currency; `direction` already has reversals in it, and
    `is_reversal` says that the bank called it one. `instructed` is the other amount where the
    payment crossed currencies. `place` is the line, or the path of the element, in the file.
    """

    direction: Direction
    amount: Money
    booked: date | datetime | None
    valued: date | datetime | None
    kind: LineKind
    is_pending: bool
    is_reversal: bool
    bank_reference: str
    """The bank's own id of the booking; "" where there is none or it is blank."""
    end_to_end_id: str
    """"" for NOTPROVIDED, blank and the like."""
    uetr: str
    return_code: str
    instructed: Money | None
    counter_number: str = field(repr=False)
    counter_bank_id: str
    counter_holder: str = field(repr=False)
    text: str = field(repr=False)
    place: str


@dataclass(frozen=True, slots=True)
class End:
    """One statement ends: its closing balance, its bookings, and whether the sums agree.

    `difference_minor` is stated closing less (opening + entries), None where a balance is missing.
    """

    closing: Balance | None
    entries: int
    difference_minor: int | None
    warnings: tuple[str, ...]
    bookings: int = 0
    """Bookings as the file counts them; a batch of payments is one."""
    unread: tuple[tuple[str, int], ...] = ()
    """What of the statement no reader looks at, by the file's own name, and how often it is
    there; never a value."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a zip ends; where `refused` says why, nothing of it counts."""

    name: str
    refused: str = ""


Item = Head | Entry | End | Member


class StatementRefusedError(Exception):
    """A file or a part of it cannot be read: one sentence with what, where and what to do.

    `line` and `column` count from 1; 0 is unknown.
    """

    def __init__(self, why: str, line: int = 0, column: int = 0) -> None:
        told = as_phrase(why)
        if line and column:
            told = phrase("line {line}, column {column}: {why}", line=line, column=column, why=why)
        elif line:
            told = phrase("line {line}: {why}", line=line, why=why)
        super().__init__(told)
        self.why, self.line, self.column = why, line, column

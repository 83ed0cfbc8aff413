"""What the banks' own books say of each order, read from their file; no code of the ledger's."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

_BOOKED = (
    "SELECT a.bank, b.signed_minor, b.end_to_end_id FROM booking b "
    "JOIN account a ON a.id = b.account_id WHERE b.kind = 'PAYOUT'"
)
_BACK = "-BACK"


@dataclass(slots=True)
class BankBooks:
    """By order of ours: what left its bank, what came back, what arrived, how often."""

    left: Counter[str] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    times_left: Counter[str] = field(default_factory=Counter)
    not_ours: int = 0
    """What banks have credited out of their own money, under references that nobody ordered."""

    def kept_minor(self, order: str) -> int:
        """What has left by this order and did not come back."""
        return self.left[order] - self.back[order]


def read(path: Path, orders: set[str]) -> BankBooks:
    """The books as they stand in the sandbox's file, by the orders that the unit knows of."""
    books = BankBooks()
    with closing(sqlite3.connect(path)) as db:
        for bank, minor, reference in db.execute(_BOOKED):
            order = reference.removesuffix(_BACK)
            if order not in orders:
                books.not_ours += minor
            elif reference.endswith(_BACK):
                books.back[order] += max(0, minor) if bank == "bank-home" else 0
            elif minor < 0:
                books.left[order] -= minor
                books.times_left[order] += 1
            else:
                books.arrived[order] += minor
    return books

"""The working copy of the accounts during one transaction; `flush` writes what changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_FLUSH_ROWS = 20_000
_Booking = tuple[int, int, int, int, int, str, int | None, int | None, str]


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[Journal]:
    """One write transaction with its journal; committed at the end, undone on any error."""
    db.execute("BEGIN IMMEDIATE")
    try:
        journal = Journal(db)
        yield journal
        journal.flush()
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


@dataclass(slots=True)
class Account:
    """One account's figures, in its own currency; `available` is what may still leave."""

    id: int
    currency: str
    booked_minor: int
    held_minor: int
    seq: int

    @property
    def available_minor(self) -> int:
        """Booked money that no hold keeps."""
        return self.booked_minor - self.held_minor


class Journal:
    """Reads each account once, books against memory, writes back in bulk."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._accounts: dict[int, Account] = {}
        self._bookings: list[_Booking] = []

    def account(self, account_id: int) -> Account:
        """The working copy of an account that exists."""
        found = self._accounts.get(account_id)
        if found is None:
            row = self.db.execute("SELECT * FROM balance WHERE account_id = ?", [account_id])
            found = self._accounts[account_id] = Account(*row.fetchone())
        return found

    def read_ahead(self, account_ids: set[int]) -> None:
        """Read many accounts in one query: one by one they would take most of a long catch-up."""
        rows = self.db.execute(
            "SELECT * FROM balance WHERE account_id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(account_ids - self._accounts.keys()))],
        )
        for row in rows:
            self._accounts[row[0]] = Account(*row)

    def account_at(self, bank: str, number: str) -> Account | None:
        """The account with this number at this bank, or None."""
        row = self.db.execute(
            "SELECT id FROM account WHERE bank = ? AND number = ?", [bank, number]
        ).fetchone()
        return None if row is None else self.account(row[0])

    def book(
        self,
        account: Account,
        at_us: int,
        signed_minor: int,
        kind: str,
        counter: tuple[int | None, int | None],
        end_to_end_id: str,
    ) -> None:
        """Add one booking; `counter` is the other account's id and, across currencies, amount."""
        account.seq += 1
        account.booked_minor += signed_minor
        self._bookings.append(
            (
                *(account.id, account.seq, at_us, signed_minor, account.booked_minor),
                *(kind, *counter, end_to_end_id),
            )
        )
        if len(self._bookings) >= _FLUSH_ROWS:
            self._flush_bookings()

    def flush(self) -> None:
        """Write bookings and figures; the file's own checks refuse an impossible balance."""
        self._flush_bookings()
        self.db.executemany(
            "UPDATE balance SET booked_minor = ?, held_minor = ?, seq = ? WHERE account_id = ?",
            [(a.booked_minor, a.held_minor, a.seq, a.id) for a in self._accounts.values()],
        )

    def _flush_bookings(self) -> None:
        self.db.executemany("INSERT INTO booking VALUES (?,?,?,?,?,?,?,?,?)", self._bookings)
        self._bookings.clear()

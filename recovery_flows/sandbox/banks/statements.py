"""Statements: the bookings of one account in a period, page by page."""

from __future__ import annotations

import sqlite3
from urllib.parse import quote, urlencode

from recovery_flows.sandbox.arithmetic import iso
from recovery_flows.sandbox.banks.resources import COMPLETE, money_json
from recovery_flows.sandbox.banks.wire import bad_request, read_cursor, write_cursor

PAGE_BOOKINGS = 1000


def statement_json(
    db: sqlite3.Connection, account: sqlite3.Row, period_us: tuple[int, int], cursor: str | None
) -> dict[str, object]:
    """One page of the bookings in a period; opening and closing are those of the whole period."""
    from_us, to_us = period_us
    before, last = _seq_bounds(db, account, from_us, to_us)
    after = before
    if cursor is not None:
        # The end is kept, so that what is booked while somebody pages does not move the closing.
        after, last = _seqs_of(cursor)
    rows = bookings(db, account["id"], (after, last), PAGE_BOOKINGS)
    number, currency = account["number"], account["currency"]
    links = []
    if rows and rows[-1]["seq"] < last:
        period = {"fromDate": iso(from_us), "toDate": iso(to_us)}
        query = urlencode(period | {"cursor": write_cursor(rows[-1]["seq"], last)})
        href = f"/v1/accounts/{quote(number, safe='')}/transactions?{query}"
        links = [{"rel": "next", "href": href}]
    return {
        "responseDetails": COMPLETE,
        "account": {"number": number, "currency": currency},
        "fromDate": iso(from_us),
        "toDate": iso(to_us),
        "opening": money_json(_balance_after(db, account, before), currency),
        "closing": money_json(_balance_after(db, account, last), currency),
        "transactions": [booking_json(row, currency) for row in rows],
        "links": links,
    }


def booking_json(row: sqlite3.Row, currency: str) -> dict[str, object]:
    """One booking in the account's currency, with the other side as the payment named it."""
    there = None
    if row["bank"] is not None:
        there = {"bank": row["bank"], "number": row["number"], "holderName": row["holder"]}
    counter_minor = row["counter_minor"]
    signed = row["signed_minor"]
    return {
        "seq": row["seq"],
        "bookedAt": iso(row["at_us"]),
        "creditDebit": "CRDT" if signed > 0 else "DBIT",
        "amount": money_json(abs(signed), currency),
        "kind": row["kind"],
        "counterparty": there,
        "counterAmount": None if counter_minor is None else money_json(counter_minor, row["other"]),
        "endToEndId": row["end_to_end_id"],
    }


def bookings(
    db: sqlite3.Connection, account_id: int, seqs: tuple[int, int], limit: int
) -> list[sqlite3.Row]:
    """Bookings with first < seq <= last, joined with what the payment said of the other side."""
    return db.execute(
        "SELECT b.*, a.bank, a.number, a.holder, a.currency AS other FROM booking b"
        " LEFT JOIN account a ON a.id = b.counter_id"
        " WHERE b.account_id = ? AND b.seq > ? AND b.seq <= ? ORDER BY b.seq LIMIT ?",
        [account_id, *seqs, limit],
    ).fetchall()


def _seq_bounds(
    db: sqlite3.Connection, account: sqlite3.Row, from_us: int, to_us: int
) -> tuple[int, int]:
    """The last booking before the period, and the last one in it."""
    row = db.execute(
        "SELECT COALESCE(MAX(seq) FILTER (WHERE at_us < ?2), 0),"
        " COALESCE(MAX(seq) FILTER (WHERE at_us <= ?3), 0) FROM booking WHERE account_id = ?1",
        [account["id"], from_us, to_us],
    ).fetchone()
    return row[0], row[1]


def _balance_after(db: sqlite3.Connection, account: sqlite3.Row, seq: int) -> int:
    row = db.execute(
        "SELECT balance_minor FROM booking WHERE account_id = ? AND seq = ?", [account["id"], seq]
    ).fetchone()
    minor: int = account["opening_minor"] if row is None else row[0]
    return minor


def _seqs_of(cursor: str) -> tuple[int, int]:
    first, second = read_cursor(cursor)
    try:
        return first, int(second)
    except ValueError:
        raise bad_request("the cursor was not made by this bank") from None

"""The tables of one sandbox file; instants are microseconds since 1970, money is minor units."""

from __future__ import annotations

import sqlite3

SCHEMA = """
CREATE TABLE bank (
    id TEXT PRIMARY KEY, place INTEGER NOT NULL, name TEXT NOT NULL, jurisdiction TEXT NOT NULL,
    currency TEXT NOT NULL, answer_minutes INTEGER NOT NULL, settle_minutes INTEGER NOT NULL,
    token TEXT NOT NULL, port INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT 'bank'
) STRICT;
CREATE TABLE rate (
    base TEXT NOT NULL, quote TEXT NOT NULL, numerator INTEGER NOT NULL,
    denominator INTEGER NOT NULL, PRIMARY KEY (base, quote)
) STRICT;
CREATE TABLE account (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, number TEXT NOT NULL, holder TEXT NOT NULL,
    currency TEXT NOT NULL, opening_minor INTEGER NOT NULL, UNIQUE (bank, number)
) STRICT;
CREATE TABLE balance (
    account_id INTEGER PRIMARY KEY, currency TEXT NOT NULL, booked_minor INTEGER NOT NULL,
    held_minor INTEGER NOT NULL, seq INTEGER NOT NULL,
    CHECK (0 <= held_minor AND held_minor <= booked_minor)
) STRICT;
CREATE TABLE transfer (
    at_us INTEGER NOT NULL, place INTEGER NOT NULL, payer_id INTEGER NOT NULL, payee_id INTEGER,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL,
    kind TEXT NOT NULL, end_to_end_id TEXT NOT NULL, PRIMARY KEY (at_us, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE refusal (
    place INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, account_id INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL, reason TEXT NOT NULL CHECK (reason IN ('held', 'insufficient'))
) STRICT;
CREATE TABLE booking (
    account_id INTEGER NOT NULL, seq INTEGER NOT NULL, at_us INTEGER NOT NULL,
    signed_minor INTEGER NOT NULL, balance_minor INTEGER NOT NULL, kind TEXT NOT NULL,
    counter_id INTEGER, counter_minor INTEGER, end_to_end_id TEXT NOT NULL,
    UNIQUE (account_id, seq)
) STRICT;
CREATE TABLE hold (
    id TEXT PRIMARY KEY, bank TEXT NOT NULL, order_ref TEXT NOT NULL, kind TEXT NOT NULL,
    number TEXT NOT NULL, holder TEXT NOT NULL, currency TEXT NOT NULL,
    requested_minor INTEGER NOT NULL, cap_minor INTEGER, supersedes TEXT,
    status TEXT NOT NULL, revision INTEGER NOT NULL, account_id INTEGER NOT NULL,
    held_minor INTEGER NOT NULL CHECK (0 <= held_minor AND held_minor <= requested_minor),
    received_us INTEGER NOT NULL, acted_us INTEGER, expires_us INTEGER, due_us INTEGER,
    modified_us INTEGER NOT NULL, reason TEXT, UNIQUE (bank, order_ref)
) STRICT;
CREATE INDEX hold_due ON hold (due_us) WHERE due_us IS NOT NULL;
CREATE INDEX hold_feed ON hold (bank, modified_us, id);
CREATE TABLE payout (
    id TEXT PRIMARY KEY, bank TEXT NOT NULL, order_ref TEXT NOT NULL, hold_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, payee_bank TEXT NOT NULL,
    payee_number TEXT NOT NULL, status TEXT NOT NULL, revision INTEGER NOT NULL,
    debited_minor INTEGER, booked_us INTEGER, booking_ref TEXT NOT NULL, due_us INTEGER,
    modified_us INTEGER NOT NULL, reason TEXT, UNIQUE (bank, order_ref)
) STRICT;
CREATE INDEX payout_due ON payout (due_us) WHERE due_us IS NOT NULL;
CREATE INDEX payout_feed ON payout (bank, modified_us, id);
CREATE TABLE call (
    bank TEXT NOT NULL, key TEXT NOT NULL, target TEXT NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, location TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (bank, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE fault (
    id INTEGER PRIMARY KEY, bank TEXT NOT NULL, call TEXT NOT NULL, kind TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times >= 0), seconds INTEGER, amount TEXT, code TEXT
) STRICT;
CREATE TABLE clock (
    one INTEGER PRIMARY KEY CHECK (one = 1), now_us INTEGER NOT NULL,
    booked_at_us INTEGER NOT NULL, booked_place INTEGER NOT NULL
) STRICT;
"""

LATER = """
CREATE TABLE IF NOT EXISTS other_freeze (
    bank TEXT NOT NULL, number TEXT NOT NULL, from_us INTEGER NOT NULL, until_us INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS dice (
    bank TEXT PRIMARY KEY, seed INTEGER NOT NULL, percent INTEGER NOT NULL, seconds INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS throw (
    bank TEXT NOT NULL, call TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (bank, call)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault_met (
    place INTEGER PRIMARY KEY, bank TEXT NOT NULL, at_us INTEGER NOT NULL, call TEXT NOT NULL,
    kind TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS mishap (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, seconds INTEGER, amount_minor INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS hold_before AS SELECT * FROM hold WHERE 0;
CREATE TABLE IF NOT EXISTS payout_before AS SELECT * FROM payout WHERE 0;
CREATE UNIQUE INDEX IF NOT EXISTS hold_before_id ON hold_before (id);
CREATE UNIQUE INDEX IF NOT EXISTS payout_before_id ON payout_before (id)
"""
"""What files older than these tables lack; made when a file is opened.

`mishap` is what will go wrong with a hold or payout when the bank acts on it; `hold_before` and
`payout_before` keep the revision before the last one.
"""
"""Freezes of other authorities; made when the file is opened, for files older than they are."""

_HOLD_AMOUNTS = """
CREATE TABLE IF NOT EXISTS hold_amount (
    place INTEGER PRIMARY KEY, hold_id TEXT NOT NULL, at_us INTEGER NOT NULL,
    held_minor INTEGER NOT NULL
) STRICT
"""
_TRIGGERS = (
    """
CREATE TRIGGER IF NOT EXISTS hold_amount_first AFTER INSERT ON hold WHEN NEW.held_minor <> 0
BEGIN INSERT INTO hold_amount (hold_id, at_us, held_minor)
    VALUES (NEW.id, NEW.modified_us, NEW.held_minor); END
""",
    """
CREATE TRIGGER IF NOT EXISTS hold_amount_next AFTER UPDATE OF held_minor ON hold
WHEN NEW.held_minor <> OLD.held_minor
BEGIN INSERT INTO hold_amount (hold_id, at_us, held_minor)
    VALUES (NEW.id, NEW.modified_us, NEW.held_minor); END
""",
)
_AMOUNTS_SO_FAR = (
    "INSERT INTO hold_amount (hold_id, at_us, held_minor)"
    " SELECT id, modified_us, held_minor FROM hold WHERE held_minor <> 0"
)


def keep_amounts(db: sqlite3.Connection) -> None:
    """Let the book keep what each hold held and since when, whoever changes it.

    An older file tells from now on: its history begins with what is held when it is opened.
    """
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "hold" not in tables:
        return
    for statement in (_HOLD_AMOUNTS, *_TRIGGERS):
        db.execute(statement)
    if "hold_amount" not in tables:
        db.execute(_AMOUNTS_SO_FAR)


BANK = "bank"
"""The kind of a partner that keeps accounts."""

"""Messages about a request that a body of another State received: each once, with its instant."""

from __future__ import annotations

import sqlite3

from recovery_flows.sandbox.arithmetic import iso
from recovery_flows.sandbox.journal import Journal

SCHEMA = """
CREATE TABLE IF NOT EXISTS request_message (
    request TEXT NOT NULL, ref TEXT NOT NULL, kind TEXT NOT NULL, at_us INTEGER NOT NULL,
    PRIMARY KEY (request, ref)
) STRICT, WITHOUT ROWID
"""
"""Made when a file is opened, for files older than this table is."""
KINDS = ("withdrawn", "executed", "received", "reminder", "assurance")
"""What a message about a request can be."""


def take(journal: Journal, request_id: str, ref: str, kind: str, now_us: int) -> bool:
    """Receive a message of the unit; False for an id that came before. It is a revision."""
    known = "SELECT 1 FROM request_message WHERE request = ? AND ref = ?"
    if journal.db.execute(known, [request_id, ref]).fetchone() is not None:
        return False
    row = [request_id, ref, kind, now_us]
    journal.db.execute("INSERT INTO request_message VALUES (?,?,?,?)", row)
    journal.db.execute(
        "UPDATE request SET revision = revision + 1, modified_us = ? WHERE id = ?",
        [now_us, request_id],
    )
    return True


def messages_json(db: sqlite3.Connection, request_id: str) -> list[dict[str, object]]:
    """The messages about a request, in the order in which they came."""
    rows = db.execute(
        "SELECT ref, at_us FROM request_message WHERE request = ? ORDER BY at_us, ref",
        [request_id],
    )
    return [{"messageRef": row["ref"], "at": iso(row["at_us"])} for row in rows]

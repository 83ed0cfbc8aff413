"""What a demo has come to: its files' ends, its ledger, its bookings, and its banks' own books.

Ids are keyed by each folder's own key and instants depend on how long a process was away, so that
neither is compared; references, sums, states and counts are.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from models.queries.audit.verify import verify
from recovery_flows.cli.composition import open_installation
from recovery_flows.cli.sandbox_process import BOOK
from recovery_flows.reports.ledger_check import ledger_check

Books = dict[str, Any]

_OURS = {
    "recoveries": "SELECT ref, state, stage, step_action, currency FROM recovery",
    "claims": "SELECT c.external_ref, r.ref, c.state, c.reported_minor, c.upheld_minor, c.currency"
    " FROM claim c JOIN recovery r ON r.id = c.recovery_id",
    "accounts": "SELECT r.ref, a.partner_id, a.stage, a.depth, a.traced_minor,"
    " a.traced_claim_minor, a.currency FROM asset a JOIN recovery r ON r.id = a.recovery_id",
    "holds": "SELECT r.ref, a.partner_id, h.kind, h.state, h.requested_minor, h.held_minor,"
    " h.disposed_minor, h.currency FROM hold h JOIN asset a ON a.id = h.asset_id"
    " JOIN recovery r ON r.id = h.recovery_id",
    "payouts": "SELECT r.ref, c.external_ref, p.state, p.amount_minor, p.currency,"
    " p.settled_minor, p.settled_currency, p.debited_minor, p.debited_currency FROM payout p"
    " JOIN claim c ON c.id = p.claim_id JOIN recovery r ON r.id = p.recovery_id",
    "requests": "SELECT r.ref, q.partner_id, q.state, q.requested_minor, q.currency"
    " FROM request q JOIN recovery r ON r.id = q.recovery_id",
    "ledger": "SELECT r.ref, p.account, p.claim_currency, sum(p.claim_minor), p.asset_currency,"
    " sum(p.asset_minor) FROM posting p JOIN recovery r ON r.id = p.recovery_id"
    " GROUP BY 1, 2, 3, 5 HAVING sum(p.claim_minor) <> 0 OR sum(p.asset_minor) <> 0",
    "bookings": "SELECT booked_at, seq, direction, kind, amount_minor, currency, end_to_end_id"
    " FROM statement_line",
    "discrepancies": "SELECT kind, state FROM discrepancy",
}
_BANKS = {
    "banks_holds": "SELECT bank, number, kind, status, requested_minor, held_minor, currency"
    " FROM hold",
    "banks_payouts": "SELECT bank, payee_bank, payee_number, amount_minor, currency, status,"
    " debited_minor FROM payout",
    "banks_balances": "SELECT a.bank, a.number, b.booked_minor, b.held_minor, b.currency"
    " FROM balance b JOIN account a ON a.id = b.account_id",
    "banks_bookings": "SELECT a.bank, a.number, b.signed_minor, b.kind"
    " FROM booking b JOIN account a ON a.id = b.account_id WHERE b.kind = 'PAYOUT'",
}


def books_of(folder: Path) -> Books:
    """Sorted rows by table, as JSON has them; bookings only by number and digest."""
    found = {
        name: rows
        for path, questions in ((folder / "recovery.sqlite3", _OURS), (folder / BOOK, _BANKS))
        for name, rows in _answers(path, questions).items()
    }
    found["bookings"] = [len(found["bookings"]), _digest(found["bookings"])]
    return found


def _answers(path: Path, questions: dict[str, str]) -> Books:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return {
            name: sorted(([*row] for row in db.execute(query)), key=json.dumps)
            for name, query in questions.items()
        }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def differences(wanted: Books, found: Books) -> list[str]:
    """What is not as in the run that nobody interrupted, row by row."""
    told = []
    for name, rows in wanted.items():
        before, after = ([json.dumps(row) for row in one] for one in (rows, found[name]))
        told += [f"{name}: lacks {row}" for row in before if row not in after]
        told += [f"{name}: has {row}" for row in after if row not in before]
        if sorted(before) != sorted(after) and not told:
            told.append(f"{name}: a row stands there another number of times")
    return told


def flaws(folder: Path) -> dict[str, int]:
    """What `ledger check` and `audit verify` find, and orders that a bank carried out twice."""
    opened = open_installation(folder)
    with opened.database.reading() as session:
        apart = len(ledger_check(session).differences)
    findings = len(verify(opened.database))
    opened.database.dispose()
    with closing(sqlite3.connect(f"file:{folder / BOOK}?mode=ro", uri=True)) as db:
        refs = [row[0] for row in db.execute(_ORDERS)]
    return {
        "ledger_differences": apart,
        "history_findings": findings,
        "carried_out_twice": len(refs) - len(set(refs)),
    }


_ORDERS = "SELECT order_ref FROM hold UNION ALL SELECT order_ref FROM payout"

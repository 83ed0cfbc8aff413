"""How a bank shows its own accounts, holds and payouts on the wire."""

from __future__ import annotations

import sqlite3

from recovery_flows.sandbox.arithmetic import iso, text_of
from recovery_flows.sandbox.banks.payouts import Payout
from recovery_flows.sandbox.banks.wire import ProblemError
from recovery_flows.sandbox.rows import Hold

COMPLETE = {"status": "complete", "message": ""}


def money_json(minor: int, currency: str) -> dict[str, str]:
    """Money on the wire."""
    return {"currency": currency, "amount": text_of(minor, currency)}


def instant_json(us: int | None) -> str | None:
    """An instant on the wire, or null."""
    return None if us is None else iso(us)


def hold_json(hold: Hold) -> dict[str, object]:
    """A hold resource."""
    return {
        "type": "hold",
        "id": hold.id,
        "revision": hold.revision,
        "orderRef": hold.order_ref,
        "kind": hold.kind,
        "status": hold.status,
        "account": {"number": hold.number},
        "amountRequested": money_json(hold.requested_minor, hold.currency),
        "amountHeld": money_json(hold.held_minor, hold.currency),
        "actedAt": instant_json(hold.acted_us),
        "expiresAt": instant_json(hold.expires_us),
        "rejectionReason": hold.reason,
        "lastModified": iso(hold.modified_us),
    }


def payout_json(payout: Payout, currency: str) -> dict[str, object]:
    """A payout resource; `currency` is that of the paying bank."""
    debited = payout.debited_minor
    return {
        "type": "payout",
        "id": payout.id,
        "revision": payout.revision,
        "orderRef": payout.order_ref,
        "status": payout.status,
        "amount": money_json(payout.amount_minor, payout.currency),
        "debited": None if debited is None else money_json(debited, currency),
        "bookedAt": instant_json(payout.booked_us),
        "bookingRef": payout.booking_ref,
        "rejectionReason": payout.reason,
        "lastModified": iso(payout.modified_us),
    }


def find_account(db: sqlite3.Connection, bank: str, number: str) -> sqlite3.Row:
    """One account's row, or 404."""
    row = db.execute(
        "SELECT * FROM account JOIN balance ON account_id = id WHERE bank = ? AND number = ?",
        [bank, number],
    ).fetchone()
    if row is None:
        raise ProblemError(404, "NotFound", "no such account at this bank")
    found: sqlite3.Row = row
    return found


def account_json(account: sqlite3.Row, now_us: int) -> dict[str, object]:
    """One account with its balance."""
    currency = account["currency"]
    return {
        "responseDetails": COMPLETE,
        "account": {
            "number": account["number"],
            "holderName": account["holder"],
            "currency": currency,
        },
        "balance": {
            "booked": money_json(account["booked_minor"], currency),
            "held": money_json(account["held_minor"], currency),
            "asOf": iso(now_us),
        },
    }

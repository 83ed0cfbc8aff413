"""Books the world's transfers and the banks' own acts as time passes."""

from __future__ import annotations

import heapq
import sqlite3
from datetime import datetime

from recovery_flows.sandbox.arithmetic import Rates, micros
from recovery_flows.sandbox.banks import abroad, holds, payouts, tasks
from recovery_flows.sandbox.journal import Journal, transaction

_TRANSFERS_DUE = (
    "SELECT * FROM transfer WHERE (at_us, place) > (?, ?) AND at_us <= ? ORDER BY at_us, place"
)
_NEXT_DUE = (
    "SELECT (SELECT MIN(due_us) FROM hold WHERE due_us IS NOT NULL),"
    " (SELECT MIN(due_us) FROM payout WHERE due_us IS NOT NULL),"
    " (SELECT MIN(due_us) FROM task WHERE due_us IS NOT NULL),"
    " (SELECT MIN(due_us) FROM request WHERE due_us IS NOT NULL),"
    " (SELECT t.at_us FROM transfer t WHERE (t.at_us, t.place) > (c.booked_at_us, c.booked_place)"
    " ORDER BY t.at_us, t.place LIMIT 1), c.now_us FROM clock c"
)


def catch_up(db: sqlite3.Connection, now: datetime) -> int:
    """Do everything that is due by `now`, in order of time, in one transaction.

    Returns the banks' now in microseconds: a clock that is set back does not turn them back.
    """
    *dues, stored_us = db.execute(_NEXT_DUE).fetchone()
    now_us: int = max(micros(now), stored_us)
    if all(due is None or due > now_us for due in dues):
        return now_us
    with transaction(db) as journal:
        agenda = _Agenda(journal, now_us)
        at_us, place = _book_transfers(journal, agenda, now_us)
        agenda.run_until(now_us)
        db.execute("UPDATE clock SET now_us = ?", [now_us])
        if place is not None:
            db.execute("UPDATE clock SET booked_at_us = ?, booked_place = ?", [at_us, place])
    return now_us


_STEPS = {"hold": holds.step, "task": tasks.step, "request": abroad.step}


class _Agenda:
    """What the banks do at instants of their own: answers, settlements, expiries."""

    def __init__(self, journal: Journal, now_us: int) -> None:
        self._journal, self._now_us = journal, now_us
        self.rates = Rates.load(journal.db)
        banks = journal.db.execute("SELECT id, answer_minutes FROM bank")
        self._answer_minutes: dict[str, int] = dict(map(tuple, banks))
        rows = journal.db.execute(
            "SELECT due_us, 'hold', id, bank FROM hold WHERE due_us <= ?1 UNION ALL"
            " SELECT due_us, 'payout', id, bank FROM payout WHERE due_us <= ?1 UNION ALL"
            " SELECT due_us, 'task', id, bank FROM task WHERE due_us <= ?1 UNION ALL"
            " SELECT due_us, 'request', id, bank FROM request WHERE due_us <= ?1",
            [now_us],
        )
        self._heap: list[tuple[int, str, str, str]] = [tuple(row) for row in rows]
        heapq.heapify(self._heap)

    def run_until(self, until_us: int) -> None:
        """Make every move that is due at or before `until_us`."""
        while self._heap and self._heap[0][0] <= until_us:
            due_us, noun, key, bank = heapq.heappop(self._heap)
            if noun == "payout":
                payouts.step(self._journal, self.rates, bank, key, due_us)
                continue
            answering = (bank, self._answer_minutes[bank])
            next_us = _STEPS[noun](self._journal, answering, key, due_us)
            if next_us is not None and next_us <= self._now_us:
                heapq.heappush(self._heap, (next_us, noun, key, bank))


def _book_transfers(journal: Journal, agenda: _Agenda, now_us: int) -> tuple[int, int | None]:
    refusals = []
    at_us, place = 0, None
    # Read apart: joined with the clock, SQLite walks the schedule from its beginning.
    reached = journal.db.execute("SELECT booked_at_us, booked_place FROM clock").fetchone()
    rows = journal.db.execute(_TRANSFERS_DUE, [*reached, now_us]).fetchall()
    journal.read_ahead({row[2] for row in rows} | {row[3] for row in rows if row[3] is not None})
    frozen = _frozen_by_others(journal.db)
    for row in rows:
        at_us, place, payer_id = row[0], row[1], row[2]
        # A stop that is due at the same instant comes first: the order was there before.
        agenda.run_until(at_us)
        is_frozen = any(begins <= at_us < ends for begins, ends in frozen.get(payer_id, ()))
        refused = _book_transfer(journal, agenda.rates, row, is_frozen=is_frozen)
        if refused is not None:
            refusals.append((place, at_us, payer_id, *refused))
    journal.db.executemany("INSERT INTO refusal VALUES (?,?,?,?,?)", refusals)
    return at_us, place


def _frozen_by_others(db: sqlite3.Connection) -> dict[int, list[tuple[int, int]]]:
    """When another authority keeps an account from paying, by account."""
    found: dict[int, list[tuple[int, int]]] = {}
    query = (
        "SELECT id, from_us, until_us FROM other_freeze AS f"
        " JOIN account AS a ON a.bank = f.bank AND a.number = f.number"
    )
    for account_id, begins, ends in db.execute(query):
        found.setdefault(account_id, []).append((begins, ends))
    return found


def _book_transfer(
    journal: Journal, rates: Rates, row: sqlite3.Row, *, is_frozen: bool
) -> tuple[int, str] | None:
    """Book both sides, or neither: then (amount in the payer's currency, reason)."""
    at_us, _, payer_id, payee_id, amount_minor, currency, kind, end_to_end_id = row
    payer = journal.account(payer_id)
    debit_minor = rates.half_up(amount_minor, currency, payer.currency)
    if is_frozen or payer.available_minor < debit_minor:
        return debit_minor, "held" if payer.booked_minor >= debit_minor else "insufficient"
    if payee_id is None:
        journal.book(payer, at_us, -debit_minor, kind, (None, None), end_to_end_id)
        return None
    payee = journal.account(payee_id)
    credit_minor = rates.half_up(amount_minor, currency, payee.currency)
    abroad = payer.currency != payee.currency
    there, here = (credit_minor, debit_minor) if abroad else (None, None)
    journal.book(payer, at_us, -debit_minor, kind, (payee_id, there), end_to_end_id)
    journal.book(payee, at_us, credit_minor, kind, (payer_id, here), end_to_end_id)
    return None

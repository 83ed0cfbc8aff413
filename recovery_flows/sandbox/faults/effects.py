"""Faults inside the bank: planted with an order, effective when the bank acts."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recovery_flows.sandbox.arithmetic import Rates, minor_of
from recovery_flows.sandbox.journal import Account, Journal
from recovery_flows.sandbox.states import FaultKind, HoldStatus, Rejection

if TYPE_CHECKING:
    from recovery_flows.sandbox.faults.plan import Fault
    from recovery_flows.sandbox.rows import Hold

_AT_THE_BANK = frozenset(
    {
        FaultKind.NO_MONEY,
        FaultKind.WRONG_NAME,
        FaultKind.MOVED_ON,
        FaultKind.LAPSES_EARLY,
        FaultKind.LET_GO,
        FaultKind.PAYS_SHORT,
        FaultKind.PAYS_LATE,
        FaultKind.PAYS_TWICE,
        FaultKind.COMES_BACK,
        FaultKind.HOLD_STAMPED_FIRST,
        FaultKind.PAYOUT_STAMPED_FIRST,
    }
)
_REFUSALS = {
    FaultKind.NO_MONEY: Rejection.NO_BALANCE,
    FaultKind.WRONG_NAME: Rejection.NAME_MISMATCH,
}
_SECOND_US = 1_000_000
_APART_US = 10_000
_DAY_SECONDS = 86_400
_LATE_DAYS = 10


@dataclass(frozen=True, slots=True)
class _Mishap:
    kind: FaultKind
    seconds: int | None
    amount_minor: int | None


def foretell(db: sqlite3.Connection, resource_id: str, fault: Fault | None, currency: str) -> None:
    """Write down what will go wrong with this hold or payout, if the fault is of that sort."""
    if fault is None or fault.kind not in _AT_THE_BANK:
        return
    minor = None if fault.amount is None else minor_of(fault.amount, currency)
    row = [resource_id, fault.kind, fault.seconds, minor]
    db.execute("INSERT OR REPLACE INTO mishap VALUES (?,?,?,?)", row)


def refusal(db: sqlite3.Connection, resource_id: str) -> Rejection | None:
    """Why the bank is going to refuse this hold or payout, or None."""
    mishap = _of(db, resource_id)
    return None if mishap is None else _REFUSALS.get(mishap.kind)


def paid_minor(db: sqlite3.Connection, payout_id: str, ordered_minor: int) -> int:
    """What the bank pays of an order; less than it where that was planted."""
    mishap = _of(db, payout_id)
    if mishap is None or mishap.kind != FaultKind.PAYS_SHORT:
        return ordered_minor
    half = ordered_minor // 2
    return min(ordered_minor, half if mishap.amount_minor is None else mishap.amount_minor)


def late_us(db: sqlite3.Connection, payout_id: str) -> int:
    """By how much a payout is settled later than the bank does it."""
    return _wait_us(db, payout_id, FaultKind.PAYS_LATE, _LATE_DAYS * _DAY_SECONDS) or 0


def comes_back_us(db: sqlite3.Connection, payout_id: str, at_us: int) -> int | None:
    """When the payee's bank sends a payout back that is settled at `at_us`; None: never."""
    after_us = _wait_us(db, payout_id, FaultKind.COMES_BACK, _DAY_SECONDS)
    return None if after_us is None else at_us + after_us


def is_paid_twice(db: sqlite3.Connection, payout_id: str) -> bool:
    """Whether the payee is credited a second time."""
    mishap = _of(db, payout_id)
    return mishap is not None and mishap.kind == FaultKind.PAYS_TWICE


def _wait_us(
    db: sqlite3.Connection, payout_id: str, kind: FaultKind, usual_seconds: int
) -> int | None:
    mishap = _of(db, payout_id)
    if mishap is None or mishap.kind != kind:
        return None
    seconds = usual_seconds if mishap.seconds is None else mishap.seconds
    return seconds * _SECOND_US


def stamps_us(db: sqlite3.Connection, payout_id: str, at_us: int) -> tuple[int, int]:
    """When the bank says that the hold and the payout out of it have changed."""
    mishap = _of(db, payout_id)
    kind = None if mishap is None else mishap.kind
    hold_us = at_us - _APART_US if kind == FaultKind.HOLD_STAMPED_FIRST else at_us
    payout_us = at_us - _APART_US if kind == FaultKind.PAYOUT_STAMPED_FIRST else at_us
    return hold_us, payout_us


def end_after_acting(
    db: sqlite3.Connection, hold_id: str, at_us: int, expires_us: int | None
) -> int | None:
    """When a hold that begins now is really going to end; what the bank says is `expires_us`."""
    mishap = _of(db, hold_id)
    if mishap is None or mishap.kind not in (FaultKind.LAPSES_EARLY, FaultKind.LET_GO):
        return expires_us
    if mishap.seconds is not None:
        return at_us + mishap.seconds * _SECOND_US
    if mishap.kind == FaultKind.LET_GO:
        return at_us
    return None if expires_us is None else at_us + (expires_us - at_us) // 4


def after_extending(
    db: sqlite3.Connection, hold_id: str, now_us: int, before_us: int | None
) -> int | None:
    """When a hold that was just prolonged ends all the same; None: as the bank says."""
    mishap = _of(db, hold_id)
    if mishap is None or mishap.kind not in (FaultKind.LAPSES_EARLY, FaultKind.LET_GO):
        return None
    if mishap.seconds is not None:
        return now_us + mishap.seconds * _SECOND_US
    return now_us if mishap.kind == FaultKind.LET_GO else before_us


def end_of(db: sqlite3.Connection, hold_id: str) -> HoldStatus:
    """What a hold is when its own end has come: expired, or released by mistake."""
    mishap = _of(db, hold_id)
    by_mistake = mishap is not None and mishap.kind == FaultKind.LET_GO
    return HoldStatus.RELEASED if by_mistake else HoldStatus.EXPIRED


def before_acting(journal: Journal, hold: Hold, at_us: int) -> None:
    """Where it was planted, the account's free money goes to another bank just before the hold."""
    mishap = _of(journal.db, hold.id)
    account = journal.account_at(hold.bank, hold.number)
    if mishap is None or mishap.kind != FaultKind.MOVED_ON or account is None:
        return
    free = account.available_minor
    gone = free if mishap.amount_minor is None else min(free, mishap.amount_minor)
    if gone:
        _pay_onward(journal, hold, account, gone, at_us)


def _pay_onward(journal: Journal, hold: Hold, payer: Account, gone: int, at_us: int) -> None:
    """Book it as any transfer; where no other bank can be paid it is taken in cash."""
    reference = f"ONWARD-{hold.id}"
    payee, arrives = _account_elsewhere(journal, hold, payer.currency, gone)
    if payee is None:
        journal.book(payer, at_us, -gone, "CASH", (None, None), reference)
        return
    abroad = payee.currency != payer.currency
    there, here = (arrives, gone) if abroad else (None, None)
    journal.book(payer, at_us, -gone, "TRANSFER", (payee.id, there), reference)
    journal.book(payee, at_us, arrives, "TRANSFER", (payer.id, here), reference)


def _account_elsewhere(
    journal: Journal, hold: Hold, currency: str, gone: int
) -> tuple[Account | None, int]:
    """A new account at another bank, best in the same currency, and what arrives there."""
    rates = Rates.load(journal.db)
    banks = journal.db.execute(
        "SELECT id, currency FROM bank WHERE id <> ? ORDER BY currency <> ?, place",
        [hold.bank, currency],
    ).fetchall()
    for bank, other in banks:
        try:
            arrives = rates.half_up(gone, currency, other)
        except ValueError:
            continue
        if arrives:
            return _open(journal, bank, hold.id, other), arrives
    return None, 0


def _open(journal: Journal, bank: str, hold_id: str, currency: str) -> Account:
    digits = int(hashlib.sha256(hold_id.encode()).hexdigest(), 16) % 10**13
    row = [bank, f"99990{digits:013d}", "Synthetic Onward Holder", currency]
    db = journal.db
    db.execute(
        "INSERT OR IGNORE INTO account (bank, number, holder, currency, opening_minor)"
        " VALUES (?,?,?,?,0)",
        row,
    )
    db.execute(
        "INSERT OR IGNORE INTO balance SELECT id, currency, 0, 0, 0 FROM account"
        " WHERE bank = ? AND number = ?",
        row[:2],
    )
    account = journal.account_at(bank, row[1])
    if account is None:
        raise LookupError(row[1])
    return account


def _of(db: sqlite3.Connection, resource_id: str) -> _Mishap | None:
    row = db.execute(
        "SELECT kind, seconds, amount_minor FROM mishap WHERE id = ?", [resource_id]
    ).fetchone()
    return None if row is None else _Mishap(FaultKind(row[0]), row[1], row[2])

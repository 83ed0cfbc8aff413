"""A bank's holds: received, answered after the bank's own time, released, expired."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import astuple, dataclass

from recovery_flows.sandbox.arithmetic import HOUR_US, MINUTE_US
from recovery_flows.sandbox.faults import effects as fault_effects
from recovery_flows.sandbox.journal import Account, Journal
from recovery_flows.sandbox.rows import Hold
from recovery_flows.sandbox.states import LIVE, WAITING, HoldKind, HoldStatus, Rejection

STOP_US = 48 * HOUR_US


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """A hold as an authority ordered it, in the account's currency."""

    order_ref: str
    kind: HoldKind
    number: str
    holder: str
    currency: str
    requested_minor: int
    expires_us: int | None
    supersedes: str | None


def resource_id(bank: str, noun: str, order_ref: str) -> str:
    """The bank's own id of what it was ordered; the same order has the same id."""
    digest = hashlib.sha256(f"{bank}\n{noun}\n{order_ref}".encode()).hexdigest()
    return f"{noun[0].upper()}{digest[:23]}"


def find_hold(db: sqlite3.Connection, bank: str, hold_id: str) -> Hold | None:
    """The hold with this id at this bank, or None."""
    row = db.execute("SELECT * FROM hold WHERE bank = ? AND id = ?", [bank, hold_id]).fetchone()
    return None if row is None else Hold(*row)


def place(
    journal: Journal, bank: tuple[str, int], order: HoldOrder, now_us: int, cap_minor: int | None
) -> Hold:
    """Receive an order; `bank` is (id, answer minutes), and 0 minutes means that it acts at once.

    `cap_minor` is the most the bank will hold (a planted fault), or None.
    """
    bank_id, answer_minutes = bank
    hold = Hold(
        id=resource_id(bank_id, "hold", order.order_ref),
        bank=bank_id,
        order_ref=order.order_ref,
        kind=order.kind,
        number=order.number,
        holder=order.holder,
        currency=order.currency,
        requested_minor=order.requested_minor,
        cap_minor=cap_minor,
        supersedes=order.supersedes,
        status=HoldStatus.RECEIVED,
        revision=1,
        account_id=0,
        held_minor=0,
        received_us=now_us,
        acted_us=None,
        expires_us=order.expires_us,
        due_us=now_us + answer_minutes * MINUTE_US // 2,
        modified_us=now_us,
        reason=None,
    )
    marks = ",".join("?" * len(astuple(hold)))
    journal.db.execute(f"INSERT INTO hold VALUES ({marks})", astuple(hold))  # noqa: S608 - marks
    if answer_minutes == 0:
        _act(journal, hold, now_us)
    return hold


def step(journal: Journal, bank: tuple[str, int], hold_id: str, at_us: int) -> int | None:
    """Make the move that is due at `at_us`; the instant of the next one, or None.

    A hold that was meant to move at another instant has moved by other means: nothing happens.
    """
    hold = find_hold(journal.db, bank[0], hold_id)
    if hold is None or hold.due_us != at_us:
        return None
    if hold.status == HoldStatus.RECEIVED:
        hold.due_us = hold.received_us + bank[1] * MINUTE_US
        _save(journal, hold, HoldStatus.ACKNOWLEDGED, at_us)
    elif hold.status in (HoldStatus.ACKNOWLEDGED, HoldStatus.QUEUED):
        _act(journal, hold, at_us)
    else:
        _release(journal, hold, fault_effects.end_of(journal.db, hold.id), at_us)
    return hold.due_us


def release(journal: Journal, hold: Hold, amount_minor: int | None, now_us: int) -> bool:
    """Release a part, or all with None; False when the hold cannot give that much.

    A hold that was not acted on yet is cancelled, by zero too: nothing of it is held.
    """
    if hold.status in WAITING and not amount_minor:
        _release(journal, hold, HoldStatus.CANCELLED, now_us)
        return True
    if hold.status not in LIVE or (amount_minor or 0) > hold.held_minor or amount_minor == 0:
        return False
    if amount_minor is None or amount_minor == hold.held_minor:
        _release(journal, hold, HoldStatus.RELEASED, now_us)
    else:
        debit_hold(journal, hold, amount_minor, now_us)
    return True


def extend(journal: Journal, hold: Hold, expires_us: int, now_us: int) -> bool:
    """Hold on until a later end; False when nothing is held or the end is not later."""
    if hold.status not in LIVE or (hold.expires_us is not None and expires_us <= hold.expires_us):
        return False
    early_us = fault_effects.after_extending(journal.db, hold.id, now_us, hold.expires_us)
    hold.expires_us = expires_us
    hold.due_us = expires_us if early_us is None else early_us
    _save(journal, hold, HoldStatus(hold.status), now_us)
    return True


def convert(journal: Journal, hold: Hold, now_us: int) -> bool:
    """A court's order takes a live hold over: it is held on, without a term of its own."""
    if hold.status not in LIVE:
        return False
    hold.expires_us = hold.due_us = None
    _save(journal, hold, HoldStatus.CONVERTED, now_us)
    return True


def dispose(journal: Journal, hold: Hold, now_us: int) -> bool:
    """What is left of a converted hold goes where the court says, out of the banks."""
    if hold.status != HoldStatus.CONVERTED or not hold.held_minor:
        return False
    minor = hold.held_minor
    account = journal.account(hold.account_id)
    debit_hold(journal, hold, minor, now_us)
    journal.book(account, now_us, -minor, "PAYOUT", (None, None), "")
    return True


def debit_hold(journal: Journal, hold: Hold, amount_minor: int, at_us: int) -> None:
    """Lower what a live hold holds; the state stays unless nothing is left (then PAID_OUT)."""
    journal.account(hold.account_id).held_minor -= amount_minor
    hold.held_minor -= amount_minor
    if hold.held_minor == 0:
        hold.due_us = None
    _save(journal, hold, HoldStatus(hold.status if hold.held_minor else "PAID_OUT"), at_us)


def put_back(journal: Journal, hold: Hold, amount_minor: int, at_us: int) -> None:
    """Hold again what a payout had taken out, to the end that the hold had."""
    journal.account(hold.account_id).held_minor += amount_minor
    hold.held_minor += amount_minor
    hold.due_us = hold.expires_us
    is_whole = hold.held_minor == hold.requested_minor
    _save(journal, hold, HoldStatus.HELD if is_whole else HoldStatus.PARTIALLY_HELD, at_us)


def _act(journal: Journal, hold: Hold, at_us: int) -> None:
    hold.acted_us, hold.due_us = at_us, None
    fault_effects.before_acting(journal, hold, at_us)
    account = journal.account_at(hold.bank, hold.number)
    reason = _mismatch(journal.db, hold, account) or fault_effects.refusal(journal.db, hold.id)
    others_end_us = _frozen_by_others(journal.db, hold, at_us)
    if reason is None and others_end_us is not None:
        if hold.kind == HoldKind.QUEUE:
            hold.acted_us, hold.due_us = None, others_end_us
            _save(journal, hold, HoldStatus.QUEUED, at_us)
            return
        reason = Rejection.ALREADY_FROZEN
    if reason is None and account is not None:
        hold.account_id = account.id
        _convert_predecessor(journal, hold, at_us)
        # What the predecessor held is available again here: taking over and topping up are one.
        limit = hold.requested_minor if hold.cap_minor is None else hold.cap_minor
        hold.held_minor = min(hold.requested_minor, limit, account.available_minor)
        account.held_minor += hold.held_minor
        reason = None if hold.held_minor else Rejection.NO_BALANCE
    if reason is not None:
        hold.reason, hold.expires_us = reason, None
        _save(journal, hold, HoldStatus.REFUSED, at_us)
        return
    if hold.kind == HoldKind.STOP:
        hold.expires_us = at_us + STOP_US
    hold.due_us = fault_effects.end_after_acting(journal.db, hold.id, at_us, hold.expires_us)
    whole = hold.held_minor == hold.requested_minor
    _save(journal, hold, HoldStatus.HELD if whole else HoldStatus.PARTIALLY_HELD, at_us)


def _mismatch(db: sqlite3.Connection, hold: Hold, account: Account | None) -> Rejection | None:
    if account is None or account.currency != hold.currency:
        return Rejection.OTHER
    # An order without a name matches by number; a name that is given has to be the holder's.
    row = db.execute("SELECT holder FROM account WHERE id = ?", [account.id]).fetchone()
    given = hold.holder.casefold().split()
    if given and given != row[0].casefold().split():
        return Rejection.NAME_MISMATCH
    return None


def _frozen_by_others(db: sqlite3.Connection, hold: Hold, at_us: int) -> int | None:
    """Until when another authority's freeze keeps the account from us, or None."""
    found: int | None = db.execute(
        "SELECT max(until_us) FROM other_freeze WHERE bank = ? AND number = ?"
        " AND from_us <= ? AND until_us > ?",
        [hold.bank, hold.number, at_us, at_us],
    ).fetchone()[0]
    return found


def _convert_predecessor(journal: Journal, hold: Hold, at_us: int) -> None:
    if hold.supersedes is None:
        return
    before = find_hold(journal.db, hold.bank, hold.supersedes)
    if before is not None and before.status in LIVE:
        _release(journal, before, HoldStatus.CONVERTED, at_us)
    elif before is not None and before.status in WAITING:
        _release(journal, before, HoldStatus.CANCELLED, at_us)


def _release(journal: Journal, hold: Hold, status: HoldStatus, at_us: int) -> None:
    if hold.held_minor:
        journal.account(hold.account_id).held_minor -= hold.held_minor
    hold.held_minor, hold.due_us = 0, None
    _save(journal, hold, status, at_us)


def _save(journal: Journal, hold: Hold, status: HoldStatus, at_us: int) -> None:
    hold.status, hold.modified_us = status, at_us
    hold.revision += 1
    journal.db.execute(
        "INSERT OR REPLACE INTO hold_before SELECT * FROM hold WHERE id = ?", [hold.id]
    )
    journal.db.execute(
        "UPDATE hold SET status = ?, revision = ?, account_id = ?, held_minor = ?, acted_us = ?,"
        " expires_us = ?, due_us = ?, modified_us = ?, reason = ? WHERE id = ?",
        [
            *(hold.status, hold.revision, hold.account_id, hold.held_minor, hold.acted_us),
            *(hold.expires_us, hold.due_us, hold.modified_us, hold.reason, hold.id),
        ],
    )

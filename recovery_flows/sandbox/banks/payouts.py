"""A bank's payouts: from money it holds to a payee's account, settled after the bank's time."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, dataclass, replace

from recovery_flows.sandbox import rows
from recovery_flows.sandbox.arithmetic import MINUTE_US, Rates
from recovery_flows.sandbox.banks import holds
from recovery_flows.sandbox.faults import effects as fault_effects
from recovery_flows.sandbox.journal import Account, Journal
from recovery_flows.sandbox.states import PAYING, PayoutStatus, Rejection


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """A payout as ordered; the amount is in the payee's currency."""

    order_ref: str
    hold_id: str
    amount_minor: int
    currency: str
    payee_bank: str
    payee_number: str


@dataclass(slots=True)
class Payout:
    """One row of the table `payout`, in its order of columns."""

    id: str
    bank: str
    order_ref: str
    hold_id: str
    amount_minor: int
    currency: str
    payee_bank: str
    payee_number: str
    status: str
    revision: int
    debited_minor: int | None
    booked_us: int | None
    booking_ref: str
    due_us: int | None
    modified_us: int
    reason: str | None


def find_payout(db: sqlite3.Connection, bank: str, payout_id: str) -> Payout | None:
    """The payout with this id at this bank, or None."""
    row = db.execute("SELECT * FROM payout WHERE bank = ? AND id = ?", [bank, payout_id]).fetchone()
    return None if row is None else Payout(*row)


def place(
    journal: Journal, rates: Rates, bank: tuple[str, int], order: PayoutOrder, now_us: int
) -> Payout:
    """Receive a payout order; `bank` is (id, settle minutes), and 0 minutes settle at once."""
    payout = Payout(
        id=holds.resource_id(bank[0], "payout", order.order_ref),
        bank=bank[0],
        order_ref=order.order_ref,
        hold_id=order.hold_id,
        amount_minor=order.amount_minor,
        currency=order.currency,
        payee_bank=order.payee_bank,
        payee_number=order.payee_number,
        status=PayoutStatus.RECEIVED,
        revision=1,
        debited_minor=None,
        booked_us=None,
        booking_ref="",
        due_us=None,
        modified_us=now_us,
        reason=None,
    )
    late_us = fault_effects.late_us(journal.db, payout.id)
    payout.due_us = now_us + bank[1] * MINUTE_US + late_us
    _insert(journal, payout)
    if payout.due_us == now_us:
        _settle(journal, rates, payout, now_us)
    return payout


def _insert(journal: Journal, payout: Payout) -> None:
    marks = ",".join("?" * len(astuple(payout)))
    journal.db.execute(f"INSERT INTO payout VALUES ({marks})", astuple(payout))  # noqa: S608


def step(journal: Journal, rates: Rates, bank_id: str, payout_id: str, at_us: int) -> None:
    """Settle, refuse or take back the payout that is due at `at_us` (microseconds)."""
    payout = find_payout(journal.db, bank_id, payout_id)
    if payout is None or payout.due_us != at_us:
        return
    if payout.status == PayoutStatus.SETTLED:
        _come_back(journal, payout, at_us)
    else:
        _settle(journal, rates, payout, at_us)


def _settle(journal: Journal, rates: Rates, payout: Payout, at_us: int) -> None:
    payout.due_us = None
    payout.amount_minor = fault_effects.paid_minor(journal.db, payout.id, payout.amount_minor)
    payee = journal.account_at(payout.payee_bank, payout.payee_number)
    hold = holds.find_hold(journal.db, payout.bank, payout.hold_id)
    planted = fault_effects.refusal(journal.db, payout.id)
    if planted is not None:
        _refuse(journal, payout, planted, at_us)
    elif payee is None:
        _refuse(journal, payout, Rejection.ACCOUNT_CLOSURE, at_us)
    elif payee.currency != payout.currency:
        _refuse(journal, payout, Rejection.OTHER, at_us)
    elif hold is None or hold.status not in PAYING:
        _refuse(journal, payout, Rejection.NO_BALANCE, at_us)
    else:
        debit_minor = rates.floor(payout.amount_minor, payout.currency, hold.currency)
        less_a_coin = rates.floor(payout.amount_minor - 1, payout.currency, hold.currency)
        if payout.currency != hold.currency and less_a_coin <= hold.held_minor:
            # The last coin of a conversion is not refused.
            debit_minor = min(debit_minor, hold.held_minor)
        if debit_minor > hold.held_minor:
            _refuse(journal, payout, Rejection.NO_BALANCE, at_us)
        elif debit_minor == 0:
            # Less than the smallest coin of the account: paying it would make money.
            _refuse(journal, payout, Rejection.OTHER, at_us)
        else:
            _pay(journal, payout, hold, payee, debit_minor, at_us)


def _pay(
    journal: Journal,
    payout: Payout,
    hold: rows.Hold,
    payee: Account,
    debit_minor: int,
    at_us: int,
) -> None:
    payer = journal.account(hold.account_id)
    abroad = payer.currency != payee.currency
    hold_us, payout_us = fault_effects.stamps_us(journal.db, payout.id, at_us)
    holds.debit_hold(journal, hold, debit_minor, hold_us)
    for account, signed, counter, other_minor in (
        (payer, -debit_minor, payee, payout.amount_minor),
        (payee, payout.amount_minor, payer, debit_minor),
    ):
        other = (counter.id, other_minor if abroad else None)
        journal.book(account, at_us, signed, "PAYOUT", other, payout.order_ref)
    payout.debited_minor, payout.booked_us = debit_minor, at_us
    payout.booking_ref = f"{payout.id}/{payer.seq}"
    payout.due_us = fault_effects.comes_back_us(journal.db, payout.id, at_us)
    _save(journal, payout, PayoutStatus.SETTLED, payout_us)
    if fault_effects.is_paid_twice(journal.db, payout.id):
        _pay_again(journal, payout, payee, payout_us)


def _pay_again(journal: Journal, payout: Payout, payee: Account, at_us: int) -> None:
    """Credit the payee once more at the bank's own expense, under a reference of its own."""
    ref = f"{payout.order_ref}-AGAIN"
    again = replace(
        payout, id=holds.resource_id(payout.bank, "payout", ref), order_ref=ref, due_us=None
    )
    journal.book(payee, at_us, payout.amount_minor, "PAYOUT", (None, None), ref)
    _insert(journal, again)


def _come_back(journal: Journal, payout: Payout, at_us: int) -> None:
    """The payee's bank sends it back: it is on the account again, and held as before."""
    payout.due_us = None
    hold = holds.find_hold(journal.db, payout.bank, payout.hold_id)
    payee = journal.account_at(payout.payee_bank, payout.payee_number)
    if hold is None or payee is None or payout.debited_minor is None:
        return
    payer = journal.account(hold.account_id)
    abroad = payer.currency != payee.currency
    for account, signed, counter, other_minor in (
        (payee, -payout.amount_minor, payer, payout.debited_minor),
        (payer, payout.debited_minor, payee, payout.amount_minor),
    ):
        other = (counter.id, other_minor if abroad else None)
        journal.book(account, at_us, signed, "PAYOUT", other, f"{payout.order_ref}-BACK")
    holds.put_back(journal, hold, payout.debited_minor, at_us)
    payout.reason = Rejection.ACCOUNT_CLOSURE
    _save(journal, payout, PayoutStatus.RETURNED, at_us)


def _refuse(journal: Journal, payout: Payout, reason: Rejection, at_us: int) -> None:
    payout.reason = reason
    _save(journal, payout, PayoutStatus.REFUSED, at_us)


def _save(journal: Journal, payout: Payout, status: PayoutStatus, at_us: int) -> None:
    payout.status, payout.modified_us = status, at_us
    payout.revision += 1
    before = "INSERT OR REPLACE INTO payout_before SELECT * FROM payout WHERE id = ?"
    journal.db.execute(before, [payout.id])
    journal.db.execute(
        "UPDATE payout SET amount_minor = ?, status = ?, revision = ?, debited_minor = ?,"
        " booked_us = ?,"
        " booking_ref = ?, due_us = ?, modified_us = ?, reason = ? WHERE id = ?",
        [
            payout.amount_minor,
            *(payout.status, payout.revision, payout.debited_minor, payout.booked_us),
            *(payout.booking_ref, payout.due_us, payout.modified_us, payout.reason, payout.id),
        ],
    )

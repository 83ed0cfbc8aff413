"""What a bank says that it paid is booked, whatever was ordered; the rest stays owed."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.ledger import TERMS, LedgerAccount
from models.money import Money
from models.queries.audit.verify import verify
from recovery_flows.ledger.account_targets import NOT_CREDITED, OVERPAID
from recovery_flows.reports.ledger_check import ledger_check

YEN = Money(100_000, "JPY")


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@pytest.fixture
def paying(unit: Any, acts: Any) -> Any:
    """A payout of 700.00 out of 1,000.00 is on its way; settles it with given sums."""
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    (payout,) = unit.file(recovery_id).payouts
    assert payout.amount_minor == 70_000

    def settle(credited: Money | None = None, debited: Money | None = None) -> Any:
        acts.settle(recovery_id, payout.id, credited=credited, debited=debited)
        return unit.file(recovery_id)

    return settle


def terms(file: Any) -> dict[LedgerAccount, int]:
    sums = dict.fromkeys(TERMS, 0)
    for balance in file.balances:
        if balance.account in sums:
            sums[balance.account] += balance.claim_minor
    return {account: minor for account, minor in sums.items() if minor}


def detail(file: Any, name: str) -> int:
    return sum(b.claim_minor for b in file.balances if b.detail == name)


def assert_books_hold(unit: Any, file: Any) -> None:
    assert sum(terms(file).values()) == 100_000
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_a_payout_settled_short_is_booked_as_settled_and_the_rest_stays_owed(
    unit: Any, paying: Any
) -> None:
    file = paying(cny(40_000), cny(40_000))
    (payout,) = file.payouts
    assert (payout.settled_minor, payout.settled_currency) == (40_000, "CNY")
    assert payout.returned_minor == 40_000
    assert terms(file)[LedgerAccount.RETURNED_HOLD] == 40_000
    assert file.claims[0].state == "verified"
    assert_books_hold(unit, file)


def test_what_a_bank_debited_and_did_not_credit_is_located_and_owed(unit: Any, paying: Any) -> None:
    file = paying(cny(40_000), cny(70_000))
    assert detail(file, NOT_CREDITED) == 30_000
    assert LedgerAccount.HELD not in terms(file)
    assert terms(file)[LedgerAccount.RETURNED_HOLD] == 40_000
    assert_books_hold(unit, file)


def test_a_payout_credited_in_another_currency_returns_nothing_of_the_loss(
    unit: Any, paying: Any
) -> None:
    file = paying(YEN, cny(70_000))
    (payout,) = file.payouts
    assert (payout.settled_minor, payout.settled_currency) == (100_000, "JPY")
    assert payout.returned_minor == 0
    assert LedgerAccount.RETURNED_HOLD not in terms(file)
    assert file.claims[0].state == "verified"
    assert_books_hold(unit, file)


def test_a_payout_debited_in_another_currency_leaves_the_account_s_own_money_where_it_was(
    unit: Any, paying: Any
) -> None:
    file = paying(cny(70_000), YEN)
    assert terms(file)[LedgerAccount.RETURNED_HOLD] == 70_000
    assert_books_hold(unit, file)


def test_what_a_bank_paid_beyond_the_order_is_no_part_of_the_loss(unit: Any, paying: Any) -> None:
    file = paying(cny(75_000), cny(70_000))
    assert terms(file)[LedgerAccount.RETURNED_HOLD] == 70_000
    assert detail(file, OVERPAID) == 5_000
    assert_books_hold(unit, file)


def test_what_a_bank_debited_beyond_the_order_is_owed(unit: Any, paying: Any) -> None:
    file = paying(cny(70_000), cny(72_000))
    assert terms(file)[LedgerAccount.RETURNED_HOLD] == 70_000
    assert detail(file, NOT_CREDITED) == 2_000
    assert_books_hold(unit, file)

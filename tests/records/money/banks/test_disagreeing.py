"""Another sum, another currency, another outcome than recorded: booked as stated, and looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.action_kinds import ActionKind
from models.entities.allocation import AllocationState
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState
from models.facts import BankHoldState, BankPayoutState
from models.money import Money
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.restitution import guards as return_guards

YEN = Money(100_000, "JPY")
HELD, EXPIRED = BankHoldState.HELD, BankHoldState.EXPIRED
SETTLED, REFUSED, RETURNED = (
    BankPayoutState.SETTLED, BankPayoutState.REFUSED, BankPayoutState.RETURNED,
)  # fmt: skip


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def test_a_hold_in_yen_is_never_booked_as_yuan(recorded: Any) -> None:
    fact = recorded.banks.hold_fact(HELD, held=YEN)
    banks = recorded.states(fact)
    assert (banks.freeze.held_minor, banks.freeze.foreign_minor) == (0, 100_000)
    assert banks.freeze.foreign_currency == "JPY"
    assert recorded.held() == 0
    memo = [b for b in banks.file.balances if b.asset_currency == "JPY"]
    assert {b.account for b in memo} == {LedgerAccount.MEMO_EXCESS, LedgerAccount.MEMO_BANK}
    assert [b.claim_minor for b in memo] == [0, 0]
    (found,) = banks.found()
    assert (found.kind, found.stated_minor, found.stated_currency) == (
        "currency_differs", 100_000, "JPY",
    )  # fmt: skip
    recorded.assert_books_hold()
    # And back: the bank states the account's own currency again.
    banks = recorded.states(recorded.banks.hold_fact(HELD))
    assert (banks.freeze.held_minor, banks.freeze.foreign_minor) == (70_000, 0)
    assert recorded.held() == 70_000
    recorded.assert_books_hold()


def test_a_bank_that_was_asked_for_another_sum_than_we_ordered_is_found(banks: Any) -> None:
    banks.states(banks.hold_fact(HELD, requested=cny(60_000), held=cny(60_000)))
    (found,) = banks.found()
    assert (found.kind, found.expected_minor, found.stated_minor) == (
        "amount_differs", 90_000, 60_000,
    )  # fmt: skip


def test_a_bank_that_holds_more_than_ordered_is_booked_and_found(recorded: Any) -> None:
    banks = recorded.states(recorded.banks.hold_fact(HELD, held=cny(95_000)))
    assert banks.freeze.held_minor == 95_000
    assert banks.kinds() == ["amount_differs"]
    recorded.assert_books_hold()


def test_two_figures_under_one_revision_are_found_and_the_last_one_is_booked(
    recorded: Any,
) -> None:
    first = recorded.banks.hold_fact(HELD)
    recorded.states(first)
    again = recorded.banks.hold_fact(HELD, revision=first.revision, held=cny(69_999))
    banks = recorded.states(again)
    assert banks.freeze.held_minor == 69_999
    assert banks.kinds() == ["amount_differs"]
    recorded.assert_books_hold()


def test_a_bank_that_renames_a_hold_or_payout_changes_nothing_and_is_found(banks: Any) -> None:
    before = banks.file
    for fact in (
        banks.hold_fact(BankHoldState.RELEASED, bank_ref="H-other"),
        banks.payout_fact(SETTLED, bank_ref="P-1"),
        banks.payout_fact(RETURNED, bank_ref="P-other", revision=9),
    ):
        banks.states(fact)
    assert banks.freeze == before.hold(banks.freeze.id)
    assert banks.payout.state is PayoutState.SETTLED
    assert banks.kinds() == ["wrong_reference", "wrong_reference"]


def test_a_payout_settled_short_stays_owed_and_nothing_is_drafted_before_a_person_looked(
    recorded: Any,
) -> None:
    banks = recorded.banks
    fact = banks.payout_fact(SETTLED, amount=cny(40_000), debited=cny(40_000))
    banks = recorded.states(fact)
    assert banks.payout.returned_minor == 40_000
    assert banks.file.claims[0].state == "verified"
    assert banks.kinds() == ["amount_differs"] * 2
    recorded.states(banks.hold_fact(HELD, held=cny(30_000)))
    recorded.acts.close_calls(recorded.id)
    banks = recorded.engine()
    assert [a.state for a in banks.file.allocations] == [AllocationState.PAID_IN_PART]
    steps = recovery_page(recorded.unit.database, recorded.unit.laws, recorded.id, banks.now).steps
    assert {s.action for s in steps[:2]} == {ActionKind.RESOLVE_DISCREPANCY}
    for found in banks.found():
        resolve(recorded.unit.case_officer(), recorded.id, found.id, "the bank pays the rest next")
    banks = recorded.engine()
    assert [a.pool_minor for a in banks.file.allocations] == [70_000, 30_000]
    recorded.assert_books_hold()


def test_a_payout_that_settles_after_its_refusal_is_returned_money(recorded: Any) -> None:
    recorded.states(recorded.banks.payout_fact(REFUSED, reason="OTHER"))
    banks = recorded.states(recorded.banks.payout_fact(SETTLED))
    assert banks.payout.returned_minor == 70_000
    assert banks.kinds() == ["contradicts_outcome"]
    assert [a.state for a in recorded.engine().file.allocations] == [AllocationState.PAID]
    recorded.assert_books_hold()


def test_a_payout_that_comes_back_is_owed_again_and_told(recorded: Any) -> None:
    recorded.states(recorded.banks.payout_fact(SETTLED))
    banks = recorded.states(recorded.banks.payout_fact(RETURNED, reason="ACCOUNT_CLOSURE"))
    assert (banks.payout.state, banks.payout.returned_minor) == (PayoutState.RETURNED, 0)
    assert banks.kinds() == ["contradicts_outcome"]
    recorded.assert_books_hold()


def test_a_settlement_that_is_corrected_is_booked_anew(recorded: Any) -> None:
    recorded.states(recorded.banks.payout_fact(SETTLED))
    fact = recorded.banks.payout_fact(SETTLED, amount=cny(69_000), debited=cny(69_000))
    banks = recorded.states(fact)
    assert banks.payout.returned_minor == 69_000
    assert set(banks.kinds()) == {"contradicts_outcome", "amount_differs"}
    recorded.assert_books_hold()


@pytest.mark.parametrize("by_bank", [False, True])
def test_a_freeze_prolonged_after_it_had_lapsed_is_in_force_again(
    recorded: Any, *, by_bank: bool
) -> None:
    ends = recorded.banks.freeze.expires_at
    recorded.unit.later((ends - recorded.unit.now) / timedelta(hours=1))
    if by_bank:
        recorded.states(recorded.banks.hold_fact(EXPIRED))
    else:
        recorded.engine()
    assert recorded.banks.freeze.state is HoldState.LAPSED
    later = ends + timedelta(days=30)
    banks = recorded.states(recorded.banks.hold_fact(HELD, expires_at=later))
    assert (banks.freeze.state, banks.freeze.held_minor) == (HoldState.FROZEN, 70_000)
    assert banks.freeze.expires_at == later
    assert "contradicts_outcome" in banks.kinds()
    assert recorded.held() == 70_000
    recorded.assert_books_hold()


def test_a_bank_that_still_holds_after_every_end_is_found(banks: Any) -> None:
    banks.hold_is(HoldState.LAPSED, acted_at=banks.now - timedelta(days=900))
    acted = banks.now - timedelta(days=900)
    banks.states(banks.hold_fact(HELD, acted_at=acted, expires_at=None))
    assert banks.freeze.state is HoldState.LAPSED
    assert banks.kinds() == ["contradicts_outcome"]


def test_a_hold_paid_out_to_nobody_we_know_is_found(banks: Any) -> None:
    banks.payout_is(PayoutState.PREPARED)
    banks.states(banks.hold_fact(BankHoldState.PAID_OUT))
    assert banks.freeze.state is HoldState.DISPOSED
    assert banks.kinds() == ["contradicts_outcome"]


def test_nothing_is_let_go_while_a_contradiction_waits_for_a_look(recorded: Any) -> None:
    recorded.states(recorded.banks.payout_fact(REFUSED, reason="OTHER"))
    recorded.states(recorded.banks.payout_fact(SETTLED))
    file = recorded.engine().file
    asset = file.asset(recorded.banks.freeze.asset_id)
    assert return_guards.to_release(file, asset) == ()
    assert "discrepancy" in str(return_guards.waits_for(file, asset))

"""What a bank holds is what it states: no payout lowers it here, and no clock ends it unasked."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from models.entities.call import CallKind, CallState
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.facts import BankHoldState, BankPayoutState, HoldFact
from models.money import Money
from models.store.calls import mark_sent, settle
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.correspondence import answers
from recovery_flows.ledger.changeset import Changeset

HELD, PAID_OUT = BankHoldState.HELD, BankHoldState.PAID_OUT
SETTLED = BankPayoutState.SETTLED
STAMPS = timedelta(milliseconds=10)


def returned(recorded: Any) -> int:
    balances = recorded.banks.file.balances
    return sum(b.claim_minor for b in balances if b.account is LedgerAccount.RETURNED_HOLD)


def queries(recorded: Any) -> list[Any]:
    return [c for c in recorded.banks.file.calls if c.kind is CallKind.HOLD_QUERY]


def answer_query(recorded: Any, fact: HoldFact) -> None:
    """The bank answers what it holds; recorded as the settling of a call records it."""
    unit, (call,) = recorded.unit, queries(recorded)
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, recorded.id, call.id, call.state)
        changes = Changeset(recorded.banks.file)
        settle(work, unit.now, recorded.id, call.id, CallState.SENT, "answered")
        changes.settle_call(call.id, "sent")
        changes.settle_call(call.id, "answered")
        answers.confirm_figure(changes, fact.order_ref, fact, unit.laws, unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def part(recorded: Any, **more: Any) -> Any:
    """500.00 of the 700.00 that are held reach the victim."""
    return recorded.banks.payout_fact(
        SETTLED, amount=Money(50_000, "CNY"), debited=Money(50_000, "CNY"), **more
    )


@pytest.mark.parametrize("apart", [-STAMPS, timedelta(0), STAMPS])
@pytest.mark.parametrize("order", [*permutations(("hold", "payout"))])
def test_a_payout_is_taken_off_once_however_the_stamps_lie(
    recorded: Any, apart: timedelta, order: tuple[str, str]
) -> None:
    at = recorded.unit.now
    hold = recorded.banks.hold_fact(HELD, held=Money(20_000, "CNY"), modified_at=at + apart)
    paid = part(recorded, modified_at=at)
    for name in order:
        recorded.states(hold if name == "hold" else paid)
        assert returned(recorded) + recorded.held() <= 70_000, "the money is shown twice"
        recorded.assert_books_hold()
    assert recorded.banks.freeze.held_minor == 20_000
    answer_query(recorded, hold)
    assert recorded.banks.freeze.held_minor == 20_000
    assert (returned(recorded), recorded.held()) == (50_000, 20_000)
    recorded.assert_books_hold()


def test_a_settled_payout_lowers_no_figure_of_its_bank_and_asks_for_it(recorded: Any) -> None:
    recorded.states(part(recorded))
    banks = recorded.banks
    assert banks.freeze.held_minor == 70_000, "as the bank stated it last"
    assert recorded.held() == 20_000, "what was paid out is held no more"
    (call,) = queries(recorded)
    assert (call.subject_id, call.state) == (banks.payout.id, CallState.PLANNED)
    states = [str(a.state) for a in recorded.engine().file.allocations]
    assert states == ["paid_in_part"], "nothing is drafted"


def test_a_figure_that_still_shows_what_was_paid_is_believed_once_the_bank_was_asked(
    recorded: Any,
) -> None:
    before = recorded.banks.hold_fact(HELD, revision=recorded.banks.freeze.bank_revision)
    recorded.states(part(recorded))
    answer_query(recorded, before)
    assert recorded.banks.freeze.held_minor == 70_000
    assert recorded.held() == 40_000, "all that is traced there and not returned"
    recorded.assert_books_hold()


def test_a_hold_of_which_all_was_paid_ends_by_the_bank_s_own_statement(recorded: Any) -> None:
    recorded.states(recorded.banks.payout_fact(SETTLED))
    assert recorded.banks.freeze.state is HoldState.FROZEN
    assert (returned(recorded), recorded.held()) == (70_000, 0)
    answer_query(recorded, recorded.banks.hold_fact(PAID_OUT))
    assert (recorded.banks.freeze.state, recorded.banks.freeze.held_minor) == ("disposed", 0)
    assert recorded.banks.kinds() == []
    recorded.assert_books_hold()


def past_the_end(recorded: Any, *, reached: bool, minutes: float = 1) -> None:
    left = recorded.banks.freeze.expires_at - recorded.unit.now + timedelta(minutes=minutes)
    recorded.unit.later(left / timedelta(hours=1), reached=reached)


def test_a_freeze_does_not_lapse_before_its_bank_s_feed_was_read_past_its_end(
    recorded: Any,
) -> None:
    past_the_end(recorded, reached=False)
    assert recorded.engine().freeze.state is HoldState.FROZEN
    assert recorded.banks.found() == []
    recorded.unit.later(0, reached=True)
    assert recorded.engine().freeze.state is HoldState.LAPSED


def test_a_bank_that_is_not_reached_after_an_end_is_told_and_cleared_once_it_is(
    recorded: Any,
) -> None:
    past_the_end(recorded, reached=False, minutes=16)
    banks = recorded.engine()
    (found,) = banks.found()
    assert (found.kind, banks.freeze.state) == ("end_unconfirmed", HoldState.FROZEN)
    assert banks.freeze.escalated_at == recorded.unit.now
    page = recovery_page(recorded.unit.database, recorded.unit.laws, recorded.id, banks.now)
    assert "was not reached" in page.steps[0].sentence
    assert len(recorded.engine().found()) == 1
    ends = banks.freeze.expires_at + timedelta(days=20)
    recorded.states(recorded.banks.hold_fact(HELD, expires_at=ends))
    recorded.unit.later(0, reached=True)
    banks = recorded.engine()
    assert [d.state for d in banks.found() if d.kind == "end_unconfirmed"] == ["resolved"]


def test_a_freeze_by_letter_lapses_by_the_clock_alone(recorded: Any) -> None:
    recorded.unit.tamper("UPDATE partner SET channel = 'letter' WHERE id = 'bank-home'")
    past_the_end(recorded, reached=False)
    assert recorded.engine().freeze.state is HoldState.LAPSED

"""Each of our states meets each statement of a bank: a move, a discrepancy, or listed: no news."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.payout import PayoutState
from models.facts import BankHoldState, BankPayoutState
from recovery_flows.freezing import answer_table
from recovery_flows.restitution import payout_answers

HOLDS = [*product(HoldState, BankHoldState)]
PAYOUTS = [*product(PayoutState, BankPayoutState)]
EXPECTED_HERE = (HoldState.ORDERED, HoldState.QUEUED, HoldState.STOPPED, HoldState.FROZEN,
                 HoldState.RELEASE_PENDING, HoldState.DISPOSAL_PENDING)  # fmt: skip


def events(changes: Any, noun: EntityKind, subject: str) -> list[str]:
    return [m.event for m in changes.moves if m.noun is noun and m.id == subject]


@pytest.mark.parametrize(("ours", "theirs"), HOLDS)
def test_each_statement_about_a_hold_is_a_move_a_discrepancy_or_no_news(
    banks: Any, ours: HoldState, theirs: BankHoldState
) -> None:
    banks.hold_is(ours, acted_at=None if ours is HoldState.QUEUED else banks.freeze.acted_at)
    if (ours, theirs) in answer_table.NOTHING_NEW and ours is HoldState.RELEASE_PENDING:
        banks.hold_is(ours, held_minor=0)
    hold, fact = banks.freeze, banks.hold_fact(theirs)
    changes = banks.states(fact)
    happened = events(changes, EntityKind.HOLD, hold.id)
    assert happened, "a statement left no event"
    assert banks.freeze.bank_revision == fact.revision
    if (ours, theirs) in answer_table.NOTHING_NEW:
        assert happened == ["stated"]
        assert banks.found() == []
    else:
        assert happened != ["stated"] or banks.found(), f"{ours} has lost {theirs}"
    if ours not in EXPECTED_HERE and (ours, theirs) not in answer_table.NOTHING_NEW:
        assert banks.kinds(), f"{theirs} on {ours} contradicts our records and nobody is told"
    if theirs in answer_table.HOLDING and ours not in answer_table.NEVER_ORDERED:
        assert banks.freeze.held_minor == 70_000, "what the bank holds is booked as held"
    # What was taken once is not taken twice.
    assert banks.states(fact).moves == []


@pytest.mark.parametrize(("ours", "theirs"), HOLDS)
def test_news_of_a_hold_of_a_closed_recovery_is_told(
    banks: Any, ours: HoldState, theirs: BankHoldState
) -> None:
    banks.hold_is(ours)
    banks.closed()
    hold, fact = banks.freeze, banks.hold_fact(theirs)
    happened = events(banks.states(fact), EntityKind.HOLD, hold.id)
    assert ("news_on_closed" in banks.kinds()) == (happened != ["stated"])
    assert banks.kinds() or (ours, theirs) in answer_table.NOTHING_NEW
    back = {"stopped_late", "frozen_late"} & set(happened)
    assert (banks.file.recovery.state == "open") == bool(back)


@pytest.mark.parametrize(("ours", "theirs"), PAYOUTS)
def test_each_statement_about_a_payout_is_a_move_a_discrepancy_or_no_news(
    banks: Any, ours: PayoutState, theirs: BankPayoutState
) -> None:
    banks.payout_is(ours)
    fact = banks.payout_fact(theirs)
    happened = events(banks.states(fact), EntityKind.PAYOUT, banks.payout.id)
    assert happened
    assert banks.payout.bank_revision == fact.revision
    if (ours, theirs) in payout_answers.NOTHING_NEW:
        assert happened == ["stated"]
        assert banks.found() == []
    else:
        assert happened != ["stated"] or banks.found(), f"{ours} has lost {theirs}"
    if ours is not PayoutState.INSTRUCTED and (ours, theirs) not in payout_answers.NOTHING_NEW:
        assert "contradicts_outcome" in banks.kinds()
    assert (banks.payout.returned_minor == 70_000) == (
        theirs is BankPayoutState.SETTLED
        or (ours is PayoutState.SETTLED and theirs is BankPayoutState.RECEIVED)
    )
    assert banks.states(fact).moves == []


@pytest.mark.parametrize(("ours", "theirs"), PAYOUTS)
def test_news_of_a_payout_of_a_closed_recovery_is_told(
    banks: Any, ours: PayoutState, theirs: BankPayoutState
) -> None:
    banks.payout_is(ours)
    banks.closed()
    happened = events(banks.states(banks.payout_fact(theirs)), EntityKind.PAYOUT, banks.payout.id)
    assert ("news_on_closed" in banks.kinds()) == (happened != ["stated"])
    lost = ours is PayoutState.SETTLED and happened[0] in ("refused", "returned")
    assert (banks.file.recovery.state == "open") == lost


def test_the_lists_of_no_news_name_their_reasons() -> None:
    assert all(answer_table.NOTHING_NEW.values())
    assert all(payout_answers.NOTHING_NEW.values())
    assert len(answer_table.NOTHING_NEW) <= 24
    assert len(payout_answers.NOTHING_NEW) <= 6

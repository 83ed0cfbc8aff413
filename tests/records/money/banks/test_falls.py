"""A hold of which its bank states less than before: explained by our orders, or looked into."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from models.entities.call import CallKind, CallRow, CallState
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldState
from models.entities.payout import PayoutState
from models.facts import BankHoldState, BankPayoutState
from models.money import Money

HELD, SETTLED = BankHoldState.HELD, BankPayoutState.SETTLED
PARTLY = BankHoldState.PARTIALLY_HELD


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def fell(banks: Any) -> list[tuple[int, int]]:
    return [(d.expected_minor, d.stated_minor) for d in banks.found() if d.kind == "hold_fell"]


def paid(banks: Any, minor: int) -> Any:
    return banks.payout_fact(SETTLED, amount=cny(minor), debited=cny(minor))


def releasing(banks: Any, minor: int, state: CallState) -> None:
    """A part of the freeze was decided to be let go; its order waits or has left."""
    banks.hold_is(HoldState.FROZEN, releasing_minor=minor)
    order = CallRow(
        id="call-release", partner_id="bank-home", kind=CallKind.RELEASE, noun=EntityKind.HOLD,
        subject_id=banks.freeze.id, asset_id=banks.freeze.asset_id, approval_id="a", state=state,
    )  # fmt: skip
    banks.file = replace(banks.file, calls=(*banks.file.calls, order))


def test_a_hold_that_falls_without_an_order_is_booked_and_looked_into(banks: Any) -> None:
    banks.payout_is(PayoutState.PREPARED)
    banks.states(banks.hold_fact(PARTLY, held=cny(45_000)))
    assert banks.freeze.held_minor == 45_000
    assert fell(banks) == [(70_000, 45_000)]
    (found,) = banks.found()
    assert (found.asset_id, found.subject_noun) == (banks.freeze.asset_id, EntityKind.HOLD)


@pytest.mark.parametrize("order", [*permutations(("hold", "payout"))])
def test_a_payout_explains_the_fall_of_its_hold_once_in_either_order(
    recorded: Any, order: tuple[str, str]
) -> None:
    banks = recorded.banks
    for name in order:
        fact = banks.hold_fact(HELD, held=cny(20_000)) if name == "hold" else paid(banks, 50_000)
        banks = recorded.states(fact)
    assert fell(banks) == []
    assert banks.freeze.payouts_shown_minor == 50_000
    banks = recorded.states(banks.hold_fact(PARTLY, held=cny(5_000)))
    assert fell(banks) == [(20_000, 5_000)], "the payout explains no second fall"
    recorded.assert_books_hold()


def test_of_a_fall_only_what_no_payout_explains_is_looked_into(banks: Any) -> None:
    banks.states(paid(banks, 50_000))
    banks.states(banks.hold_fact(PARTLY, held=cny(12_000)))
    assert fell(banks) == [(20_000, 12_000)]
    banks.states(banks.hold_fact(PARTLY, held=cny(12_000)))
    assert len(fell(banks)) == 1


def test_an_ordered_release_explains_a_fall_once_it_has_left(banks: Any) -> None:
    banks.payout_is(PayoutState.PREPARED)
    releasing(banks, 30_000, CallState.SENT)
    banks.states(banks.hold_fact(PARTLY, held=cny(40_000)))
    assert fell(banks) == []
    assert banks.freeze.releasing_minor == 0


def test_a_release_that_has_not_left_explains_nothing(banks: Any) -> None:
    banks.payout_is(PayoutState.PREPARED)
    releasing(banks, 30_000, CallState.PLANNED)
    banks.states(banks.hold_fact(PARTLY, held=cny(40_000)))
    assert fell(banks) == [(70_000, 40_000)]
    assert banks.freeze.releasing_minor == 30_000


def test_a_payout_and_a_release_of_one_hold_each_explain_their_own_part(banks: Any) -> None:
    releasing(banks, 30_000, CallState.SENT)
    banks.states(paid(banks, 25_000))
    banks.states(banks.hold_fact(PARTLY, held=cny(45_000)))
    assert (fell(banks), banks.freeze.releasing_minor) == ([], 30_000)
    banks.states(banks.hold_fact(PARTLY, held=cny(15_000)))
    assert (fell(banks), banks.freeze.releasing_minor) == ([], 0)


def test_money_that_comes_back_to_its_hold_explains_no_later_fall(banks: Any) -> None:
    banks.states(banks.hold_fact(PARTLY, held=cny(0)))
    banks.states(banks.payout_fact(BankPayoutState.REFUSED, reason="OTHER"))
    banks.states(banks.hold_fact(HELD, held=cny(70_000)))
    assert (fell(banks), banks.freeze.payouts_shown_minor) == ([], 0)
    banks.states(banks.hold_fact(PARTLY, held=cny(60_000)))
    assert fell(banks) == [(70_000, 60_000)]


def test_a_freeze_of_less_than_its_stop_held_is_looked_into(banks: Any) -> None:
    banks.payout_is(PayoutState.PREPARED)
    (stop,) = (h for h in banks.file.holds if h.kind is HoldKind.STOP)
    stopped = replace(stop, state=HoldState.STOPPED, held_minor=70_000)
    holds = tuple(stopped if h.id == stop.id else h for h in banks.file.holds)
    banks.file = replace(banks.file, holds=holds)
    banks.hold_is(HoldState.ORDERED, requested_minor=60_000)
    less = banks.hold_fact(PARTLY, requested=cny(60_000), held=cny(55_000))
    banks.states(less)
    assert fell(banks) == [(60_000, 55_000)]
    assert banks.freeze.held_minor == 55_000

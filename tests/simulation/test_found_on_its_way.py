"""What histories found about money that was leaving already when somebody decided about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick, plan_without_orders, plan_without_recalls
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_what_is_being_released_by_letter_is_not_divided_meanwhile(at: Place) -> None:
    """Seed 20000225: 250.00 of 750.00 were leaving, and all of it was paid to the victim."""
    made = plan(
        Tick(192, odd=(("resubmit", 0.07), ("receive", 0.77))),
        Tick(24, odd=(("part", 0.44), ("promise", 0.29))),
        Tick(24),
        payments=(Payment(1, V1, M1, 3_000_00, "E1"),),
        reports=(Report(2, "E1", 3_000_00, pasted=True),),
        faults=(Fault("north", "hold", 1, "refuse OTHER", 1),),
    )
    told, story = played(at, made)
    assert "partial release approved" in story
    assert_well(told, story)


def test_a_refusal_for_want_of_money_that_is_there_is_looked_into_before_the_same_is_ordered(
    at: Place,
) -> None:
    """Seed 20000026: a coin less of a hold that is worth more than was asked changes no order."""
    made = plan(
        Tick(48),
        payments=(
            Payment(1, V1, M1, 400_00, "E1"),
            Payment(1, V2, M1, 9_999_99, "E2"),
            Payment(40, M1, ("abroad", "F1"), 400_00, "X0"),
        ),
        reports=(Report(2, "E2", 9_999_99), Report(3, "E1", 400_00)),
        faults=(Fault("abroad", "payout", 1, "refuse NO_BALANCE", 10),),
    )
    told, story = played(at, replace(made, openings=((M1, 50_00),)))
    assert told.faults["payout:refuse NO_BALANCE"] == 1
    assert_well(told, story)


def test_a_victim_who_paid_after_the_statement_of_an_account_is_looked_for_anew(at: Place) -> None:
    """Seed 20000979: the stop for him found nothing, and nobody asked for a later statement."""
    told, story = played(at, plan_without_recalls(20000979))
    assert "R-2026-0002 joined R-2026-0001" in story
    assert_well(told, story)


def test_nothing_is_looked_for_on_an_account_whose_stop_was_denied(at: Place) -> None:
    """Seed 50000402: each day the bank's balance drafted a stop that was given up at once."""
    told, story = played(at, plan_without_orders(50000402))
    assert "approval denied" in story
    assert_well(told, story)


def test_money_found_to_be_none_of_the_case_is_not_divided_while_its_bank_refuses_to_release_it(
    at: Place,
) -> None:
    """Seed 60000368: it was given to a victim between two releases, announced as unclaimed when the
    bank did not pay, and released: nothing was left for the treasury, and nobody could go on."""
    made = plan(
        Tick(192),
        Tick(30),
        Tick(0.1),
        Tick(192, odd=(("unrelated", 0.71), ("unclaimed", 0.60), ("recall_told", 0.54))),
        Tick(1),
        Tick(30, odd=(("recall_reversed", 0.65), ("unclaimed", 0.60))),
        faults=(
            Fault("north", "release", 0, "refuse", 1),
            Fault("north", "payout", 1, "refuse ACCOUNT_CLOSURE", 30),
        ),
    )
    told, story = played(at, replace(made, openings=()))
    assert "found unrelated" in story
    assert "return to victims approved" not in story
    assert_well(told, story)


@pytest.mark.parametrize(
    ("seed", "told_of"),
    [
        pytest.param(
            60001013, "loss CNY 333.33",
            id="a release that waits for its yes ends when a victim needs the money again",
        ),
        pytest.param(
            60001900, "found unrelated",
            id="a denied stop that is found unrelated too is released by one order",
        ),
        pytest.param(
            60004289, "money back by a recall approved",
            id="a recall's money counts for what a payout on its way left of the loss",
        ),
        pytest.param(
            60006351, "found unrelated",
            id="a freeze takes over what was found of its stop by the engine itself",
        ),
        pytest.param(
            60005262, "release of CNY 266.66 submitted",
            id="an answer on paper comes before the yes that waits for it",
        ),
        pytest.param(
            60009935, "release submitted",
            id="a release waits for nobody while the account is divided anew",
        ),
    ],
)  # fmt: skip
def test_a_seed_that_had_failed_comes_to_rest(at: Place, seed: int, told_of: str) -> None:
    told, story = played(at, plan_without_orders(seed))
    assert told_of in story
    assert_well(told, story)

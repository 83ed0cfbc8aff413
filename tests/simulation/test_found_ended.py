"""What histories found about holds that others had ended, refused, or taken for settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick, plain_plan_of, plan_without_orders
from tests.simulation.test_found import M1, V1, assert_well, plan, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_a_banks_own_hold_whose_freeze_ended_unheard_runs_out_with_a_date(at: Place) -> None:
    """Its bank tells of no hold of its own: in our records it stands until its term ends."""
    made = plan(
        Tick(72, odd=(("voluntary", 0.66),)),
        Tick(14),
        Tick(24),
        payments=(Payment(1, V1, M1, 9_999_99, "E1"),),
        reports=(Report(2, "E1", 9_999_99, names_ref=False, pasted=True),),
        faults=(Fault("north", "hold", 0, "shortens", 10),),
    )
    slow = tuple(
        replace(t, answer_hours=1, settle_hours=20) if t.bank == "north" else t
        for t in made.tempers
    )
    told, story = played(at, replace(made, openings=(), tempers=slow))
    assert told.faults["hold:shortens"] > 1
    assert_well(told, story)


def test_a_refused_stop_that_is_ordered_again_on_a_closed_account_opens_it(at: Place) -> None:
    """Seed 8000580: what it froze was held for years on an account that counted as closed."""
    made = plan(
        Tick(3),
        Tick(3),
        Tick(0.1, odd=(("again", 0.3),)),
        faults=(Fault("north", "hold", 1, "refuse ACCOUNT_CLOSURE"),),
    )
    told, story = played(at, replace(made, openings=()))
    assert "drafted in the place of" in story
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


def test_money_given_back_where_nothing_was_traced_asks_for_the_victims_statement(
    at: Place,
) -> None:
    made = plan(
        Tick(3, supervisor="none", officer="none"),
        Tick(1, officer="one"),
        Tick(1, officer="none", odd=(("withdraw", 0.5),)),
        Tick(24),
        Tick(24, odd=(("receive", 0.53),)),
    )
    told, story = played(at, made)
    assert "withdrawn" in story
    assert "the bank is asked again for the statement" in story
    assert_well(told, story)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(8001303, id="what a bank refused is not prolonged again after its end"),
        pytest.param(8001318, id="nothing is closed while something waits for a second person"),
    ],
)
def test_a_seed_of_the_long_record_that_had_failed_comes_to_rest(at: Place, seed: int) -> None:
    told, story = played(at, plain_plan_of(seed))
    assert_well(told, story)


def test_an_objection_that_is_upheld_after_the_closing_opens_the_recovery(at: Place) -> None:
    told, story = played(at, plan_without_orders(340))
    assert_well(told, story)
    assert "asks for" in story


def test_what_is_on_its_way_is_still_owed_where_an_insurer_has_stepped_in(at: Place) -> None:
    """Two of three letters were answered; what the third pays may come back, so nothing goes."""
    told, story = played(at, plan_without_orders(425))
    assert "paid to the victim" in story
    assert_well(told, story)


def test_a_trace_without_a_statement_leaves_the_victims_statement_to_be_asked_for(
    at: Place,
) -> None:
    """Another tracing rule made a trace of nothing: money given back waited for the engine."""
    told, story = played(at, plan_without_orders(60002344))
    assert "tracing rule approved" in story
    assert "the bank is asked again for the statement" in story
    assert_well(told, story)

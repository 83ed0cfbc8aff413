"""More of what the simulator found: holds, statements and decisions that were left hanging."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played

M2, F1 = ("south", "M2"), ("abroad", "F1")


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_a_stop_is_not_released_before_the_freeze_that_keeps_its_money_is_in_force(
    at: Place,
) -> None:
    made = plan(
        Tick(8, engine="none"),
        Tick(1, odd=(("voluntary", 0.6),)),
        payments=(Payment(1, V1, M1, 400_00, "E1"),),
        reports=(Report(1.5, "E1", 400_00),),
        answer_hours=1,
    )
    told, story = played(at, made)
    assert "records a voluntary hold" in story
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


def test_a_bank_that_refuses_the_statement_of_an_account_is_asked_again(at: Place) -> None:
    made = plan(
        Tick(10), Tick(3), faults=(Fault("north", "statement", 1, "forbidden"),)
    )  # fmt: skip
    told, story = played(at, made)
    assert "ada ask_statement: R-2026-0001: the bank is asked again for the statement" in story
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


def test_a_bank_abroad_that_refuses_its_statement_ends_no_request(at: Place) -> None:
    made = plan(
        Tick(10), Tick(3),
        payments=(Payment(1, V1, F1, 800_00, "E1"),),
        faults=(Fault("abroad", "statement", 1, "forbidden"),),
    )  # fmt: skip
    told, story = played(at, made)
    assert "ask_statement: R-2026-0001: the bank is asked again for the statement" in story
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


def test_a_denied_stop_that_its_bank_has_never_seen_is_not_sent_again(at: Place) -> None:
    made = plan(
        Tick(72, supervisor="no"),
        payments=(Payment(1, V2, M2, 3_000_00, "E2"),),
        reports=(Report(61, "E2", 3_000_00, pasted=True),),
        faults=(Fault("south", "order", 1, "500_before"),),
    )
    told, story = played(at, made)
    assert "approval denied" in story
    assert_well(told, story)


def test_no_freeze_takes_over_a_stop_that_was_found_to_keep_unrelated_funds(at: Place) -> None:
    made = plan(
        Tick(8),
        Tick(8, odd=(("unrelated", 0.7),)),
        payments=(Payment(1, V1, M1, 123_48, "E1"),),
        reports=(Report(2, "E1", 123_48, pasted=True),),
    )
    told, story = played(at, made)
    assert "found unrelated" in story
    assert "freeze approved" not in story.split("release approved")[0]
    assert_well(told, story)


def test_a_freeze_that_finds_nothing_behind_a_hold_in_force_is_told_to_its_officer(
    at: Place,
) -> None:
    made = plan(
        Tick(49, odd=(("voluntary", 0.9),)),
        Tick(3),
        payments=(Payment(1, V1, M2, 1_000_00, "E1"),),
        reports=(Report(4, "E1", 1_000_00, pasted=True),),
        answer_hours=1,
    )
    told, story = played(at, made)
    assert "see_refusal" in story
    assert_well(told, story)


def test_a_stop_whose_freeze_the_bank_refused_runs_out_on_its_date(at: Place) -> None:
    made = plan(
        Tick(30),
        Tick(3),
        payments=(Payment(1, V1, M2, 9_999_99, "E1"),),
        reports=(Report(2, "E1", 9_999_99),),
        faults=(Fault("south", "hold", 2, "refuse OTHER"),),
    )
    told, story = played(at, made)
    assert "see_refusal" in story
    assert_well(told, story)


def test_a_refused_stop_is_looked_at_though_another_one_on_its_account_holds(at: Place) -> None:
    made = plan(
        Tick(8),
        payments=(Payment(1, V1, M1, 400_00, "E1"), Payment(1, V2, M1, 300_00, "E2")),
        reports=(Report(2, "E1", 400_00), Report(3, "E2", 300_00)),
        faults=(Fault("north", "hold", 1, "refuse OTHER"),),
    )
    told, story = played(at, made)
    assert "joined" in story
    assert story.index("see_refusal") < story.index("submit_close")
    assert_well(told, story)


def test_a_hold_that_its_bank_keeps_beyond_the_term_of_the_law_is_owned(at: Place) -> None:
    made = plan(
        Tick(72),
        Tick(54),
        payments=(Payment(1, V1, M1, 800_00, "E1"),),
        reports=(Report(2, "E1", 1_200_00, pasted=True),),
        faults=(Fault("north", "hold", 1, "prolongs", 30),),
    )
    told, story = played(at, made)
    assert told.faults["hold:prolongs"] == 1
    assert_well(told, story)


def test_a_return_waits_for_the_decision_on_a_tracing_rule_that_is_asked_for(at: Place) -> None:
    made = plan(
        Tick(14),
        Tick(30),
        Tick(49, supervisor="none", odd=(("rule", 0.01),)),
        payments=(Payment(1, V1, M2, 123_48, "E1"),),
        reports=(Report(2, "E1", 123_48, names_ref=False, officer=1),),
    )
    told, story = played(at, made)
    assert "last in, first out asked for" in story
    assert story.index("tracing rule approved") < story.index("return to victims approved")
    assert_well(told, story)


def test_what_a_conversion_leaves_is_not_ordered_again_and_again(at: Place) -> None:
    made = plan(
        Tick(72),
        payments=(
            Payment(1, V1, M1, 400_00, "E1"),
            Payment(2, V2, M1, 1_000_00, "E2"),
            Payment(2.5, M1, F1, 3_000_00, "X0"),
        ),
        reports=(Report(1.5, "E1", 400_00), Report(62, "E2", 1_000_00, names_ref=False)),
    )
    told, story = played(at, made)
    assert story.count("return to victims approved") < 5
    assert_well(told, story)

"""What the fresh seeds of the recorded run found: two currencies, small change, a late return."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played

F1 = ("abroad", "F1")


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_an_account_abroad_that_is_told_in_two_currencies_does_not_end_its_trace(
    at: Place,
) -> None:
    made = plan(
        Tick(195, meet=(1, "import")),
        payments=(
            Payment(1, V1, F1, 1_000_00, "E1"),
            Payment(2, V2, M1, 400_00, "E2"),
            Payment(40, M1, F1, 61_74, "X0"),
        ),
        reports=(Report(3, "E2", 400_00), Report(4, "E1", 1_000_00, pasted=True)),
        faults=(Fault("north", "order", 1, "down", 10),),
    )
    late = tuple(replace(t, answer_hours=4) if t.bank == "abroad" else t for t in made.tempers)
    told, story = played(at, replace(made, openings=(), tempers=late))
    assert "R-2026-0002 joined R-2026-0001" in story
    assert_well(told, story)


def test_half_a_payment_that_is_held_in_part_abroad_is_paid_by_one_order(at: Place) -> None:
    made = plan(
        Tick(30),
        Tick(744),
        payments=(Payment(2, V1, F1, 123_48, "E3"),),
        reports=(Report(6, "E3", 61_74, officer=1),),
        faults=(Fault("abroad", "hold", 1, "part", 1),),
    )
    told, story = played(at, made)
    assert story.count("return to victims approved") == 1
    assert_well(told, story)


@pytest.mark.parametrize("payee", [M1, ("south", "M2")])
def test_half_of_what_was_paid_is_held_and_paid_at_once(at: Place, payee: tuple[str, str]) -> None:
    """The other half of the payment is nobody's loss: it does not thin the money that is held."""
    made = plan(
        Tick(17),
        payments=(Payment(1, V1, payee, 9_999_99, "E1"),),
        reports=(Report(3, "E1", 4_999_99),),
    )
    told, story = played(at, made)
    assert story.count("return to victims approved") == 1
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


def test_victims_who_report_half_are_paid_in_one_round_though_the_order_is_late(
    at: Place,
) -> None:
    made = plan(
        Tick(17),
        Tick(744),
        payments=(Payment(1, V1, M1, 800_00, "E1"), Payment(2, V2, M1, 3_000_00, "E2")),
        reports=(Report(3, "E2", 1_500_00, pasted=True), Report(4, "E1", 800_00)),
        faults=(Fault("north", "order", 3, "busy", 30),),
        answer_hours=4,
    )
    told, story = played(at, made)
    assert story.count("return to victims approved") == 1
    assert_well(told, story)


def test_a_payout_that_comes_back_after_closing_is_heard_the_night_after(at: Place) -> None:
    late = replace(plan().tempers[1], settle_hours=20)
    made = plan(
        Tick(8),
        Tick(0.5),
        Tick(0.1),
        Tick(14),
        Tick(24),
        Tick(72),
        payments=(Payment(1, V1, ("south", "M2"), 800_00, "E1"),),
        reports=(Report(4, "E1", 800_00),),
        faults=(Fault("south", "payout", 1, "returned", 10),),
    )
    told, story = played(
        at, replace(made, openings=(), tempers=(plan().tempers[0], late, *plan().tempers[2:]))
    )
    assert told.faults["payout:returned"] == 1
    assert_well(told, story)
    assert story.count("closing approved") == 2


def test_the_second_of_two_voluntary_holds_is_entered_under_its_own_reference(at: Place) -> None:
    made = plan(
        Tick(2.5),
        Tick(1, odd=(("voluntary", 0.9),)),
        Tick(49, officer="none"),
        Tick(1, odd=(("voluntary", 0.9),)),
        Tick(0.1, officer="none", odd=(("unrelated", 0.1),)),
    )
    told, story = played(at, made)
    assert story.count("records a voluntary hold") == 2
    assert "is known to its bank as north-H4" in story
    assert_well(told, story)


def test_a_payout_from_abroad_that_comes_back_after_closing_leaves_no_dead_end(at: Place) -> None:
    made = plan(
        Tick(24),
        Tick(8),
        Tick(30, meet=(1, "officer")),
        payments=(Payment(1, V1, M1, 1_000_00, "E1"), Payment(1.5, M1, F1, 4_999_99, "X2")),
        reports=(Report(4, "E1", 1_000_00),),
        faults=(Fault("abroad", "payout", 1, "returned", 30),),
    )
    told, story = played(at, made)
    assert "closing approved" in story
    assert told.faults["payout:returned"] == 1
    assert_well(told, story)


def test_a_denied_stop_on_an_account_that_another_has_frozen_queues_nothing(at: Place) -> None:
    made = plan(
        Tick(49, supervisor="no"),
        payments=(Payment(1, V1, M1, 123_48, "E1"),),
        reports=(Report(4, "E1", 123_48, names_ref=False, pasted=True),),
        faults=(Fault("north", "hold", 1, "refuse ALREADY_FROZEN", 80),),
    )
    told, story = played(at, made)
    assert "approval denied" in story
    assert_well(told, story)


def test_an_account_whose_stop_was_withdrawn_is_worked_on_for_the_file_that_joins(
    at: Place,
) -> None:
    made = plan(
        Tick(14, officer="one"),
        Tick(0.1, odd=(("withdraw", 0.53),)),
        payments=(Payment(1, V1, M1, 800_00, "E1"), Payment(1, V2, M1, 3_000_00, "E3")),
        reports=(Report(4, "E1", 800_00, names_ref=False), Report(5, "E3", 3_000_00)),
    )
    told, story = played(at, made)
    assert " withdrawn" in story
    assert "R-2026-0002 joined R-2026-0001" in story
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1, "joined": 1}


def test_a_statement_abroad_that_is_asked_for_again_at_once_is_another_call(at: Place) -> None:
    made = plan(
        Tick(30, officer="none"),
        Tick(8),
        Tick(744),
        payments=(Payment(1, V1, F1, 1_000_00, "E1"),),
        reports=(Report(3, "E1", 1_000_00, pasted=True),),
        faults=(Fault("abroad", "statement", 1, "forbidden", 10),),
    )
    told, story = played(at, made)
    assert "ask_statement: R-2026-0001: the bank is asked again" in story
    assert_well(told, story)


def test_a_denied_stop_that_its_bank_states_in_yen_is_let_go_in_yen(at: Place) -> None:
    made = plan(
        Tick(8, supervisor="no"),
        Tick(3),
        payments=(Payment(1, V1, M1, 1_000_00, "E1"),),
        reports=(Report(3, "E1", 1_000_00, pasted=True),),
        faults=(Fault("north", "hold", 1, "yen", 1), Fault("north", "release", 1, "refuse", 1)),
    )
    told, story = played(at, made)
    assert "approval denied" in story
    assert told.faults["hold:yen"] == 1
    assert_well(told, story)


def test_a_bank_whose_feed_keeps_quiet_about_a_hold_after_a_payout_is_asked_for_it(
    at: Place,
) -> None:
    made = plan(
        Tick(30),
        Tick(0.5),
        Tick(8),
        reports=(Report(3, "E1", 400_00),),
        faults=(Fault("north", "payout", 1, "quiet", 1),),
    )
    told, story = played(at, made)
    assert told.faults["payout:quiet"] == 1
    assert_well(told, story)


def test_a_freeze_that_its_bank_states_in_yen_keeps_no_stop_from_being_frozen(at: Place) -> None:
    made = plan(
        Tick(14),
        Tick(0.5, odd=(("voluntary", 0.9),)),
        Tick(0.1),
        Tick(744, officer="one"),
        Tick(24, officer="one", engine="none"),
        faults=(Fault("north", "hold", 2, "yen", 1),),
    )
    told, story = played(at, made)
    assert told.faults["hold:yen"] == 1
    assert "return to victims approved" in story
    assert_well(told, story)

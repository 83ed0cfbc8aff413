"""What the simulator found, each as the shortest history that showed it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Plan, Report, Temper, Tick
from tests.simulation.play import History
from tests.simulation.told import Told

V1, V2, M1 = ("east", "V1"), ("east", "V2"), ("north", "M1")
BANKS = ("north", "south", "east", "abroad")


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def plan(
    *ticks: Tick,
    payments: tuple[Payment, ...] = (Payment(1, V1, M1, 800_00, "E1"),),
    reports: tuple[Report, ...] = (Report(2, "E1", 800_00),),
    faults: tuple[Fault, ...] = (),
    answer_hours: float = 0,
) -> Plan:
    tempers = tuple(Temper(b, answer_hours if b != "east" else 0, 0, 0) for b in BANKS)
    openings = ((M1, 700_00),)
    return Plan(-1, tempers, openings, payments, reports, faults, ticks)


def played(at: Place, made: Plan) -> tuple[Told, str]:
    lines: list[str] = []
    with asyncio.Runner() as runner:
        told = runner.run(History(made, at, lines.append).play())
    return told, "\n".join(lines)


def assert_well(told: Told, story: str) -> None:
    assert told.violation is None, f"{story}\n{told.violation}"


def test_an_account_with_a_freeze_drafted_beside_a_denied_stop_comes_to_rest(at: Place) -> None:
    made = plan(
        Tick(24, supervisor="no"),
        payments=(Payment(1, V1, M1, 400_00, "E1"),),
        reports=(Report(5, "E1", 200_00, pasted=True),),
    )
    told, story = played(at, made)
    assert "approval denied" in story
    assert_well(told, story)


def test_an_answer_to_a_call_whose_recovery_was_joined_meanwhile_is_taken_where_it_is_now(
    at: Place,
) -> None:
    made = plan(
        Tick(1),
        Tick(3),
        Tick(14, officer="one", meet=(2, "officer")),
        payments=(Payment(1, V1, M1, 123_48, "E1"), Payment(2, V2, M1, 999_99, "E2")),
        reports=(Report(1.5, "E1", 123_48), Report(2.5, "E2", 999_99)),
        answer_hours=1,
    )
    told, story = played(at, made)
    assert "joined" in story
    assert_well(told, story)


def test_a_banks_own_hold_is_let_go_under_the_name_that_a_person_entered(at: Place) -> None:
    made = plan(
        Tick(3, officer="one"), Tick(1, officer="none", odd=(("voluntary", 0.1),)),
        Tick(1, officer="none", odd=(("unrelated", 0.1),)), Tick(1),
    )  # fmt: skip
    told, story = played(at, made)
    assert " is known to its bank as north-H" in story
    assert_well(told, story)


def test_what_was_asked_about_a_hold_that_ended_meanwhile_stays_with_nobody(at: Place) -> None:
    made = plan(
        Tick(3), Tick(1, supervisor="none", odd=(("complain", 0.1),)), Tick(200, supervisor="none")
    )
    told, story = played(at, made)
    assert "takes a complaint" in story
    assert_well(told, story)


def test_a_complaint_that_the_law_has_no_clock_for_is_refused_in_a_sentence(at: Place) -> None:
    made = plan(
        Tick(3), Tick(3), Tick(3), Tick(3, odd=(("complain", 0.1), ("unrelated", 0.1))),
        payments=(Payment(1, V1, ("abroad", "F1"), 800_00, "E1"),),
    )  # fmt: skip
    told, story = played(at, made)
    assert "the law GB has no clock for this" in story
    assert_well(told, story)

"""What histories found about courts' lists, and about money that is ordered back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.test_found import M1, V1, assert_well, plan, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_a_write_off_ends_once_the_money_has_come_before_a_second_person_decides(
    at: Place,
) -> None:
    """Seed 70000116: the yes to it met an order that was received, and the program broke off."""
    made = plan(
        Tick(14),
        Tick(30),
        Tick(0.1),
        Tick(72, odd=(("clawback", 0.92),)),
        Tick(72),
        Tick(744, supervisor="none"),
        Tick(744),
        payments=(Payment(1, V1, ("abroad", "F1"), 9_999_99, "E1"),),
        reports=(Report(2, "E1", 9_999_99, names_ref=False, pasted=True),),
    )
    told, story = played(at, replace(made, openings=()))
    assert "written off when another person approves" in story
    assert_well(told, story)


def test_a_list_of_a_court_whose_money_is_let_go_as_unrelated_is_somebodys(at: Place) -> None:
    """Seed 70000036: the court had given all of it to a victim, and the recovery was closed."""
    made = plan(
        Tick(744),
        Tick(1, odd=(("court_list", 0.5),)),
        Tick(49, odd=(("unrelated", 0.02),)),
        payments=(Payment(2, V1, M1, 9_999_99, "E1"),),
        reports=(Report(62, "E1", 9_999_99),),
    )
    told, story = played(at, replace(made, openings=()))
    assert "found unrelated" in story
    assert "court's list of returns approved" in story
    assert "discrepancy resolved" in story
    assert_well(told, story)


def test_a_release_that_was_asked_for_ends_where_a_court_gives_the_money_away(at: Place) -> None:
    """Seed 70000124: nobody could approve it, and the row that named nobody was not looked into."""
    made = plan(
        Tick(8, supervisor="no"),
        Tick(1, odd=(("recall", 0.4),)),
        Tick(1),
        Tick(24),
        Tick(3, supervisor="none"),
        Tick(0.5, odd=(("recall_told", 0.18),), officer="none"),
        Tick(0.1, odd=(("court_list", 0.62),), officer="none", supervisor="none"),
        Tick(1),
        answer_hours=4,
    )
    told, story = played(at, replace(made, openings=()))
    assert "release submitted for approval" in story
    assert "to be of nobody" in story
    assert_well(told, story)

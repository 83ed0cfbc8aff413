"""More rudeness that banks showed here: each history ends, with everything owned meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Plan, Report, Tick
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played

M2 = ("south", "M2")


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def rows(at: Place, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(at.path)) as db:
        return db.execute(query).fetchall()


def rude(occasion: str, kind: str, nth: int = 1) -> Plan:
    return plan(Tick(3), Tick(1), Tick(1), faults=(Fault("north", occasion, nth, kind, 1),))


def test_a_statement_that_ends_short_is_asked_again_after_a_pause(at: Place) -> None:
    told, story = played(at, rude("statement", "short", 0))
    assert told.faults["statement:short"] > 0
    assert_well(told, story)
    asked = rows(
        at,
        "SELECT not_before FROM call WHERE kind = 'statement' AND partner_id = 'north'"
        " ORDER BY planned_at, not_before IS NOT NULL",
    )
    assert [at is None for (at,) in asked] == [True, False]


@pytest.mark.parametrize("kind", ["restated", "renumbered"])
def test_a_bank_that_states_otherwise_without_a_newer_revision_is_looked_into(
    at: Place, kind: str
) -> None:
    told, story = played(at, rude("feed", kind, 2))
    assert told.faults[f"feed:{kind}"] == 1
    assert_well(told, story)
    found = rows(at, "SELECT state FROM discrepancy WHERE kind = 'contradicts_outcome'")
    assert found == [("resolved",)]


def test_a_release_that_its_bank_refuses_each_time_is_ordered_once_a_look(at: Place) -> None:
    made = plan(
        Tick(3), Tick(3), Tick(1, odd=(("unrelated", 0.1),)), Tick(1), Tick(1), Tick(1), Tick(1),
        faults=(Fault("north", "release", 0, "refuse"),),
    )  # fmt: skip
    told, story = played(at, made)
    assert told.faults["release:refuse"] > 1
    assert_well(told, story)
    ((refused,),) = rows(
        at, "SELECT count(*) FROM call WHERE kind = 'release' AND state = 'refused'"
    )
    looks = rows(
        at,
        "SELECT 1 FROM event WHERE event = 'resolved' AND subject_id IN"
        " (SELECT id FROM discrepancy WHERE kind = 'release_refused')",
    )
    assert len(looks) == refused


def test_a_reference_that_was_misheard_is_corrected_and_the_hold_let_go(at: Place) -> None:
    made = plan(
        Tick(3, officer="one"), Tick(1, officer="none", odd=(("voluntary", 0.1),)),
        Tick(1, officer="none", odd=(("unrelated", 0.1),)), Tick(1),
    )  # fmt: skip
    told, story = played(at, made)
    assert "misheard" in story
    assert_well(told, story)


def test_a_freeze_that_is_stated_in_yen_waits_with_a_date_and_is_paid_once_corrected(
    at: Place,
) -> None:
    told, story = played(at, plan(Tick(3), Tick(1), Tick(1), faults=YEN_FREEZE))
    assert told.faults["hold:yen"] == 1
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1}


YEN_FREEZE = (Fault("north", "hold", 2, "yen"),)


def test_a_return_under_approval_follows_a_join_to_the_same_account(at: Place) -> None:
    made = plan(
        Tick(192), Tick(24), Tick(3), Tick(192, officer="one"),
        payments=(
            Payment(1, V1, M2, 800_00, "E1"), Payment(2, V2, M2, 800_00, "E2"),
            Payment(20, M2, M1, 1_500_00, "X0"),
        ),
        reports=(Report(1.5, "E1", 800_00), Report(2.5, "E2", 800_00, pasted=True)),
    )  # fmt: skip
    told, story = played(at, made)
    assert story.index("submit_return") < story.index("joined")
    assert_well(told, story)

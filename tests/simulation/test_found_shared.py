"""What histories found about an account that two recoveries want, of which one has stopped all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def test_a_victim_whose_money_another_recovery_has_stopped_is_not_left_with_nothing(
    at: Place,
) -> None:
    """The bank found nothing free for the second stop: that recovery was closed without a cent.

    Once it was mended, a freeze of 400.00 that was asked for before they were joined still let the
    other 400.00 go that the stop held for both.
    """
    made = plan(
        Tick(4), Tick(1), Tick(1), Tick(1),
        payments=(
            Payment(1, V1, M1, 800_00, "E1"), Payment(1.1, V2, M1, 400_00, "E2"),
            Payment(1.5, M1, None, 400_00, "X1"),
        ),
        reports=(Report(2, "E1", 800_00), Report(2.5, "E2", 400_00)),
    )  # fmt: skip
    told, story = played(at, replace(made, openings=()))
    assert "R-2026-0002 joined R-2026-0001" in story
    assert_well(told, story)
    with closing(sqlite3.connect(at.path)) as books:
        paid = books.execute("SELECT sum(settled_minor) FROM payout WHERE state = 'settled'")
        assert paid.fetchone() == (800_00,), story
    assert dict(told.ends) == {"closed_partial": 1, "joined": 1}

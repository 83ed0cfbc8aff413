"""What histories found about money that was leaving already when somebody decided about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.test_found import M1, V1, assert_well, plan, played


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

"""What the scenes of returns found: a share that nobody takes follows the hold that keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Report, Tick
from tests.simulation.play import History
from tests.simulation.scenes import OF_RETURNS, history_of
from tests.simulation.test_found import M1, V1, assert_well, plan, played as played_plan
from tests.simulation.told import Told


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def played(at: Place, scene: int) -> tuple[Told, str]:
    lines: list[str] = []
    with asyncio.Runner() as runner:
        made = history_of(OF_RETURNS + scene)
        told = runner.run(History(made, at, lines.append).play())
    return told, "\n".join(lines)


def test_a_share_whose_freeze_has_lapsed_goes_to_the_treasury_out_of_the_freeze_after_it(
    at: Place,
) -> None:
    """The next freeze kept its money for nobody, and the share could go nowhere for ever."""
    told, story = played(at, 49)
    assert_well(told, story)
    assert "cannot go to the treasury yet" not in story, "nor is it a step that is refused"
    assert "to the treasury: R-2026-0001" in story


def test_a_share_that_cannot_go_yet_does_not_hide_what_its_money_needs(at: Place) -> None:
    """The step was refused each day, and the stop behind it ran out unfrozen."""
    told, story = played(at, 6)
    assert_well(told, story)
    assert story.count("submit_freeze") == 2


def test_a_share_that_came_back_and_was_stopped_anew_is_kept_by_that(at: Place) -> None:
    told, story = played(at, 85)
    assert_well(told, story)
    assert "to the treasury: R-2026-0001" in story


def test_what_came_back_into_a_freeze_that_then_lapsed_is_stopped_once_and_follows_it(
    at: Place,
) -> None:
    """A second stop that followed nothing took the money, and the share could go nowhere."""
    made = plan(
        *(Tick(3), Tick(1), Tick(1), Tick(1), Tick(25, odd=(("unclaimed", 0.5),)), Tick(4800)),
        payments=(Payment(1, V1, M1, 800_00, "E31"),),
        reports=(Report(2, "E31", 800_00),),
        faults=(Fault("north", "payout", 0, "returned", 10),),
    )
    told, story = played_plan(at, made)
    assert_well(told, story)
    assert story.count("order_stop") == 2
    assert "less than CNY 800.00 is held for it" not in story
    assert "to the treasury: R-2026-0001" in story

"""What was reported is frozen before its bank has told of it, and no more than is the victims'."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.simulation.faults import Fault
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Plan, Report, Tick
from tests.simulation.play import History
from tests.simulation.scenes import history_of
from tests.simulation.test_found import M1, V1, V2, assert_well, plan, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def silent(reports: tuple[Report, ...], kind: str = "forbidden") -> Plan:
    """Two victims paid into one account, of which no statement comes for five days."""
    days = [Tick(h) for h in (3, 1, 1, 20, 4, 2, 12, 12, 24, 49)]
    return plan(
        *days,
        payments=(Payment(1, V1, M1, 800_00, "E1"), Payment(1.1, V2, M1, 300_00, "E2")),
        reports=reports,
        faults=(Fault("north", "statement", 0, kind),),
    )


def test_two_recoveries_that_join_before_any_statement_are_frozen_before_their_stops_end(
    at: Place,
) -> None:
    """The trace of nothing took the reported money for none, and both stops ran out."""
    made = silent((Report(2, "E1", 800_00), Report(3.5, "E2", 300_00)))
    told, story = played(at, made)
    assert_well(told, story)
    before, _, after = story.partition("from now on banks are polite")
    assert "R-2026-0002 joined R-2026-0001" in before
    assert before.count("stop-payment sent") == 2, "no stop ran out and was ordered once more"
    assert before.count("freeze approved") == 2
    assert "return to victims approved" in after
    assert "submit_return" not in before, "nothing is paid back of what no bank has told"
    assert dict(told.ends) == {"closed_returned": 1, "joined": 1}


def test_one_victims_money_is_frozen_too_while_its_bank_keeps_its_statement_back(at: Place) -> None:
    told, story = played(at, silent((Report(2, "E1", 800_00),)))
    assert_well(told, story)
    before = story.partition("from now on banks are polite")[0]
    assert (before.count("stop-payment sent"), before.count("freeze approved")) == (1, 1)


def test_what_a_third_party_keeps_is_not_stopped_again_with_a_lapsed_hold(at: Place) -> None:
    """A bank's own hold of 50.00 ended, and 20.00 of a third party were stopped as the victim's."""
    with asyncio.Runner() as runner:
        told = runner.run(History(history_of(90_000_193), at).play())
    assert told.violation is None


def test_money_that_another_recovery_lets_go_in_the_same_hour_is_stopped(at: Place) -> None:
    """Its stop had just found nothing: the account was to be looked at a day later."""
    with asyncio.Runner() as runner:
        told = runner.run(History(history_of(70_000_269), at).play())
    assert told.violation is None


def test_what_a_smaller_freeze_leaves_is_stopped_for_the_victim_whose_stop_found_nothing(
    at: Place,
) -> None:
    made = replace(
        plan(
            *(Tick(h) for h in (3, 1, 1, 1, 1, 12, 3)),
            payments=(Payment(1, V1, M1, 800_00, "E1"), Payment(1.1, V2, M1, 300_00, "E2")),
            reports=(Report(2, "E1", 1_100_00), Report(5.5, "E2", 300_00)),
            faults=(Fault("north", "hold", 2, "late", 8),),
        ),
        openings=(),
    )
    told, story = played(at, made)
    assert_well(told, story)
    assert dict(told.ends) == {"closed_returned": 1, "joined": 1}


def test_a_stop_whose_bank_answers_after_its_end_is_ordered_again_when_it_does(at: Place) -> None:
    """For 80 hours the bank was busy: a supervisor was told, and it let the money go unfrozen."""
    told, story = played(at, history_of(71_001_722))
    assert_well(told, story)
    assert story.count("order_stop: R-2026-0002: stop-payment sent") == 2

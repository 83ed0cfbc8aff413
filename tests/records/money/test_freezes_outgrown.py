"""A freeze never keeps less than its stop has of victims' money, whatever comes later."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyKind
from models.entities.hold import HoldKind, HoldState
from models.entities.outside.third_party_claim import ThirdPartyState
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import call_validity
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as freezing_actions
from recovery_flows.ledger.changeset import Changeset
from tests.records.money.test_third_party import FAITH, books, held, row
from tests.records.money.test_third_party_limits import claimed, yes
from tests.records.money.test_third_party_releases import stop

__all__ = ["held"]


def freezes(unit: Any, recovery_id: str) -> dict[HoldState, int]:
    """What each freeze is to keep, by its state."""
    holds = unit.file(recovery_id).holds
    return {h.state: h.requested_minor for h in holds if h.kind is HoldKind.FREEZE}


@pytest.fixture
def ordered(unit: Any, acts: Any) -> str:
    """1,000.00 is stopped, 400.00 of it traced, and their freeze approved and not sent yet."""
    (recovery,) = unit.report(unit.reports(1)[0])
    unit.accept(recovery)
    acts.decide(recovery)
    first = unit.order(recovery)
    unit.approve(recovery)
    unit.bank_says(recovery, first, 100_000)
    unit.trace(recovery, unit.statement(bookings(unit)))
    acts.close_calls(recovery)
    acts.decide(recovery)
    unit.case_officer().advance(recovery)
    unit.approve(recovery)
    assert freezes(unit, recovery) == {HoldState.ORDERED: 40_000}
    return str(recovery)


def bookings(unit: Any) -> list[Any]:
    """The first victim's 1,000.00, 600.00 that went on, and the second victim's 1,000.00."""
    return [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, -60_000, counter=None, at_hours=1.5),
        unit.line(3, 100_000, at_hours=2, ref="E2"),
    ]


def test_an_approved_freeze_that_has_not_left_is_asked_anew_once_another_victim_joins(
    unit: Any, acts: Any, ordered: str
) -> None:
    """It left, the bank let 600.00 of the stop go, and the second victim's money with it."""
    (other,) = unit.report(unit.reports(2)[1])
    unit.accept(other)
    acts.decide(other)
    unit.case_officer().join(ordered, other)
    assert freezes(unit, ordered) == {HoldState.CANCELLED: 40_000}
    acts.decide(ordered)
    assert freezes(unit, ordered)[HoldState.DRAFT] == 100_000


def test_no_freeze_is_amended_to_less_than_its_stop_has_of_victims_money(
    unit: Any, acts: Any
) -> None:
    recovery = unit.traced(100_000, left_minor=1)
    acts.close_calls(recovery)
    acts.decide(recovery)
    (freeze,) = [h for h in unit.file(recovery).holds if h.kind is HoldKind.FREEZE]
    with pytest.raises(StepRefusedError, match="of victims' money that is stopped there"):
        freezing_actions.amend(unit.case_officer(), recovery, freeze.id, 50_000)


def test_a_freeze_is_asked_anew_once_a_third_party_is_to_have_his_part_no_more(
    unit: Any, acts: Any
) -> None:
    recovery = unit.traced(100_000, left_minor=1)
    acts.close_calls(recovery)
    yes(unit, claimed(unit, recovery, FAITH, "200.00"))
    acts.decide(recovery)
    assert freezes(unit, recovery) == {HoldState.DRAFT: 79_999}
    unit.case_officer().advance(recovery, to=unit.file(recovery).holds[0].id)
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery))
        (call,) = [c for c in changes.file.calls if c.kind is CallKind.RELEASE]
        call_validity.withdraw_call(changes, call)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    acts.decide(recovery)
    assert freezes(unit, recovery) == {HoldState.CANCELLED: 79_999, HoldState.DRAFT: 99_999}


def test_a_fall_before_the_order_left_is_no_release_for_a_third_party(
    unit: Any, acts: Any, held: str
) -> None:
    """It was booked as his, the order left nevertheless, and the bank let go twice as much."""
    yes(unit, claimed(unit, held, FAITH, "200.00"))
    unit.bank_says(held, stop(unit, held).id, 480_000, 4)
    acts.decide(held)
    assert row(unit, held).state is ThirdPartyState.UPHELD
    assert DiscrepancyKind.HOLD_FELL in {d.kind for d in unit.file(held).discrepancies}


def taken_back(unit: Any, acts: Any, recovery: str) -> None:
    """The order to release never leaves."""
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery))
        (call,) = [c for c in changes.file.calls if c.kind is CallKind.RELEASE]
        call_validity.withdraw_call(changes, call)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    acts.decide(recovery)


def test_a_fall_before_an_order_that_is_taken_back_is_nobodys_release(
    unit: Any, acts: Any, held: str
) -> None:
    """It was booked as kept by the third party, and the victim's loss was less by as much."""
    yes(unit, claimed(unit, held, FAITH, "200.00"))
    unit.bank_says(held, stop(unit, held).id, 480_000, 4)
    taken_back(unit, acts, held)
    found = row(unit, held)
    assert (found.state, found.released_minor, found.granted_minor) == ("filed", 0, 0)
    books(unit, held)


def test_a_hold_that_lapsed_before_the_order_left_has_released_nothing(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, FAITH, "200.00"))
    unit.later(49)
    acts.decide(held)
    assert HoldState.LAPSED in {h.state for h in unit.file(held).holds}
    taken_back(unit, acts, held)
    found = row(unit, held)
    assert (found.state, found.released_minor) == ("filed", 0)
    books(unit, held)


def test_a_fall_before_the_order_and_its_release_are_told_apart(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, FAITH, "200.00"))
    unit.bank_says(held, stop(unit, held).id, 490_000, 4)
    acts.close_calls(held, CallKind.RELEASE)
    unit.bank_says(held, stop(unit, held).id, 480_000, 5)
    acts.decide(held)
    found = row(unit, held)
    assert found.released_minor == 10_000, "100.00 of the fall were nobody's order"

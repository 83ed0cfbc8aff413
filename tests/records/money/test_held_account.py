"""A mule account that keeps working behind a hold, on a migrated database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.entities.hold import HoldState
from models.facts import LineKind
from models.queries.audit.verify import verify
from recovery_flows.reports.ledger_check import ledger_check

LOSS = 100_000


def stopped(unit: Any) -> tuple[str, str]:
    """The first victim's 1,000.00 came in hour 1 and is held from hour 3 on."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, LOSS)
    unit.trace(recovery_id, unit.statement([first_payment(unit)], to_hours=3))
    return recovery_id, hold_id


def first_payment(unit: Any) -> Any:
    return unit.line(1, LOSS, at_hours=1, ref="E1")


def later_lines(unit: Any) -> list[Any]:
    """The second victim's 1,000.00 came in hour 5; 600.00 went on in hour 6."""
    second = unit.accounts[2]
    return [
        first_payment(unit),
        unit.line(2, LOSS, at_hours=5, ref="E2"),
        unit.line(3, -60_000, counter=second, at_hours=6, ref="ON"),
    ]


def second_victim_joins(unit: Any, recovery_id: str) -> None:
    unit.later(4)
    second = replace(unit.reports(2)[1], paid_at=unit.start.replace(hour=5))
    (other,) = unit.report(second)
    unit.accept(other)
    unit.case_officer().join(other, recovery_id)


def traced(unit: Any, recovery_id: str) -> dict[str, int]:
    """What is traced to each account, by its place in the fixture's list."""
    ids = {unit.account_id(ref): name for ref, name in zip(unit.accounts, "VMX", strict=True)}
    return {ids[a.account_id]: a.traced_minor for a in unit.file(recovery_id).assets}


def agrees(unit: Any) -> bool:
    with unit.database.reading() as session:
        report = ledger_check(session)
    return verify(unit.database) == () and not report.differences


def test_a_second_victims_money_that_came_after_the_stop_and_went_on_is_followed(
    unit: Any,
) -> None:
    recovery_id, _ = stopped(unit)
    second_victim_joins(unit, recovery_id)
    unit.trace(recovery_id, unit.statement(later_lines(unit), to_hours=8))
    assert traced(unit, recovery_id) == {"M": 140_000, "X": 60_000}
    file = unit.file(recovery_id)
    of_first = [p for p in file.trace.positions if p.claim_id == file.claims[0].id]
    assert [(p.account_id, p.amount_minor) for p in of_first] == [
        (unit.account_id(unit.accounts[1]), LOSS)
    ]
    assert agrees(unit)


def test_a_part_that_was_let_go_can_be_spent_and_the_rest_cannot(unit: Any) -> None:
    recovery_id, hold_id = stopped(unit)
    unit.later(1)
    unit.bank_says(recovery_id, hold_id, 70_000, revision=4)
    unit.later(5)
    spent = unit.line(2, -50_000, counter=unit.accounts[2], at_hours=6, ref="ON")
    unit.trace(recovery_id, unit.statement([first_payment(unit), spent], to_hours=8))
    assert traced(unit, recovery_id) == {"M": 70_000, "X": 30_000}
    assert agrees(unit)


def test_what_another_recovery_holds_is_not_taken_for_what_this_ones_holder_spent(
    unit: Any,
) -> None:
    stopped(unit)
    unit.later(4)
    second = replace(unit.reports(2)[1], paid_at=unit.start.replace(hour=5))
    (other,) = unit.report(second)
    unit.accept(other)
    unit.trace(other, unit.statement(later_lines(unit), to_hours=8))
    # First in, first out without the hold of the other recovery would leave all of it with M.
    assert traced(unit, other) == {"M": 40_000, "X": 60_000}
    assert agrees(unit)


def test_a_hold_that_lapsed_keeps_nothing_from_then_on(unit: Any) -> None:
    recovery_id, hold_id = stopped(unit)
    unit.later(2)
    unit.bank_says(recovery_id, hold_id, 0, revision=4)
    unit.later(5)
    spent = unit.line(2, -40_000, counter=unit.accounts[2], at_hours=6, ref="ON")
    unit.trace(recovery_id, unit.statement([first_payment(unit), spent], to_hours=8))
    assert traced(unit, recovery_id) == {"M": 60_000, "X": 40_000}


@pytest.mark.parametrize("told_by", ["kind", "reference", "sum and day"])
def test_a_payout_out_of_a_hold_is_no_payment_of_the_holders(
    unit: Any, acts: Any, told_by: str
) -> None:
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    freeze = next(h for h in unit.file(recovery_id).holds if h.state is HoldState.FROZEN)
    hours = (unit.now - unit.start).total_seconds() / 3600
    unit.later(48)
    unit.bank_says(recovery_id, freeze.id, 0, revision=9)
    kind = LineKind.PAYOUT if told_by == "kind" else LineKind.TRANSFER
    ref = payout.id if told_by == "reference" else ""
    paid = unit.line(5, -payout.amount_minor, at_hours=hours, ref=ref)
    lines = [
        first_payment(unit),
        unit.line(2, -10_000, counter=None, at_hours=2),
        unit.line(3, 50_000, at_hours=hours - 2, ref="OTHER"),
        unit.line(4, -50_000, counter=unit.accounts[2], at_hours=hours - 1, ref="ON"),
        replace(paid, kind=kind),
    ]
    unit.trace(recovery_id, unit.statement(lines, to_hours=hours + 1))
    # 700.00 of 900.00 were held and are paid: 200.00 were free, and first in is first out.
    assert traced(unit, recovery_id) == {"M": 70_000, "X": 20_000}
    assert agrees(unit)

"""Two recoveries that each ask for money of one account abroad, and are merged."""

from __future__ import annotations

from typing import Any

import pytest

from models.store.people import appoint
from models.store.unit import unit_of_work
from recovery_flows.cross_border import ceiling, parts
from recovery_flows.errors import StepRefusedError
from tests.records.abroad.abroad_case import FOREIGN, LI, Abroad


@pytest.fixture
def two(unit: Any) -> tuple[Abroad, Abroad]:
    """Of two victims' 1,000.00 each, 1,300.00 went on to one account abroad."""
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, LI.id, [LI.role], os_user=LI.id)
    ids = unit.report(*unit.reports(2))
    for recovery_id in ids:
        unit.accept(recovery_id)
    lines = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, 100_000, at_hours=2, ref="E2"),
        unit.line(3, -130_000, counter=FOREIGN, at_hours=3),
    ]
    for recovery_id in ids:
        unit.trace(recovery_id, unit.statement(lines))
    first, second = (Abroad(unit, recovery_id) for recovery_id in ids)
    return first, second


def out(abroad: Abroad, amount: str) -> str:
    """A request that left, by people who know of the other recovery."""
    name = abroad.new(amount=amount)
    abroad.unit.case_officer().advance(abroad.recovery_id, to=name, knowing=True)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(name)
    return name


def test_what_two_recoveries_ask_of_one_account_adds_up_once_they_are_one(
    two: tuple[Abroad, Abroad],
) -> None:
    """Each asked for a first part: 300.00 and 200.00 of two victims counted as 300.00."""
    first, second = two
    one, other = out(first, "300.00"), out(second, "200.00")
    first.unit.case_officer().join(first.recovery_id, second.recovery_id)
    first.decide()
    file = first.unit.file(first.recovery_id)
    assert [first.row(name).account_part for name in (one, other)] == [1, 2]
    assert ceiling.ceiling(file).asked.minor == 50_000
    assert [parts.fell_to(file, first.row(name)) for name in (one, other)] == [None, None]
    first.sound()
    with pytest.raises(StepRefusedError, match="requests ask for several parts of the account"):
        first.new("mla", wanted="return", amount="100.00")

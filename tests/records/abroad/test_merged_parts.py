"""Two recoveries that each ask for money of one account abroad, and are merged."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.request import RequestState
from models.money import Money
from models.store.people import appoint
from models.store.unit import unit_of_work
from recovery_flows.cases import discrepancy_actions, money_actions
from recovery_flows.cross_border import ceiling, parts
from recovery_flows.errors import StepRefusedError
from tests.records.abroad.abroad_case import FOREIGN, LI, Abroad
from tests.records.abroad.test_announced_money import announce, open_ones
from tests.records.abroad.test_exact_ceiling import OURS
from tests.records.conftest import SUPERVISOR


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


def paid(abroad: Abroad, name: str, minor: int) -> None:
    """The body of a request pays so much, which a second person confirms."""
    announce(abroad, name, "RET-1", minor)
    came = money_actions.Incoming(
        OURS, "RET-1", Money(minor, "CNY"), abroad.unit.now, b"invented slip"
    )
    money_actions.receive(abroad.unit.case_officer(), abroad.recovery_id, came)
    abroad.unit.approve(abroad.recovery_id)


@pytest.mark.parametrize("stays", [True, False])
def test_a_merge_takes_nothing_off_a_request_for_what_had_come_to_the_other_recovery(
    treasury: None, two: tuple[Abroad, Abroad], *, stays: bool
) -> None:
    """A body paid one recovery 300.00 for its 200.00: the other one asked for 100.00 less."""
    del treasury
    asking, paid_to = two if stays else two[::-1]
    one, other = out(asking, "300.00"), out(paid_to, "200.00")
    paid_to.says(other, "executed", until=paid_to.at(days=90))
    paid(paid_to, other, 30_000)
    kept = two[0]
    kept.unit.case_officer().join(kept.recovery_id, two[1].recovery_id)
    kept.decide()
    file = kept.unit.file(kept.recovery_id)
    still = {name: part.open for name, part in parts.open_parts(file).items()}
    assert still == {one: 30_000, other: 0}
    assert ceiling.still_wanted(file, kept.row(one)) == Money(30_000, "GBP")
    kept.sound()


def test_a_merge_goes_through_with_a_denied_request_where_money_came_to_the_other_recovery(
    treasury: None, two: tuple[Abroad, Abroad]
) -> None:
    """A denied request has left nothing behind; what came to the other one is no event of it."""
    del treasury
    asking, paid_to = two
    denied, other = asking.new(amount="300.00"), out(paid_to, "200.00")
    asking.unit.case_officer().advance(asking.recovery_id, to=denied, knowing=True)
    pending = next(
        a.id for a in asking.unit.file(asking.recovery_id).approvals if a.subject_id == denied
    )
    asking.unit.case_officer(SUPERVISOR).deny(pending, "not needed")
    paid_to.says(other, "executed", until=paid_to.at(days=90))
    paid(paid_to, other, 30_000)
    asking.unit.case_officer().join(asking.recovery_id, paid_to.recovery_id)
    asking.decide()
    assert asking.row(denied).state is RequestState.DENIED
    asking.sound()


@pytest.mark.parametrize("is_resolved", [True, False])
def test_what_was_announced_before_a_merge_is_not_announced_anew_by_the_feed_after_it(
    two: tuple[Abroad, Abroad], *, is_resolved: bool
) -> None:
    first, second = two
    other = out(second, "200.00")
    announce(second, other, "RET-1", 20_000)
    (told,) = open_ones(second)
    if is_resolved:
        discrepancy_actions.resolve(
            second.unit.case_officer(), second.recovery_id, told.id, "the bank has no such credit"
        )
    first.unit.case_officer().join(first.recovery_id, second.recovery_id)
    announce(first, other, "RET-1", 20_000)
    assert [d.id for d in open_ones(first)] == ([] if is_resolved else [told.id])
    first.sound()

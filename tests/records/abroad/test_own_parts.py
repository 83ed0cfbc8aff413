"""What the program sends itself: beside other parts of the account, and held to the trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.entities.call import CallKind, CallRow
from models.entities.hold import HoldState
from models.entities.request import RequestState
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import call_validity
from recovery_flows.cross_border import ceiling, guard
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from tests.records.abroad.abroad_case import VALUES, Abroad
from tests.records.abroad.test_asks_for_less import LESS, falls, reduced
from tests.records.abroad.test_board import agrees
from tests.records.abroad.test_lost_ground import came_back, own
from tests.records.abroad.test_one_guard import received


def ordered(abroad: Abroad) -> tuple[str, CallRow]:
    """The program's own request, approved, and its order to the bank, which has not left yet."""
    name = own(abroad)
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    file = abroad.unit.file(abroad.recovery_id)
    (call,) = (c for c in file.calls if c.kind is CallKind.REQUEST)
    assert call_validity.may_leave(file, call.kind, call.approval_id, call.subject_id)
    return name, call


def leaves(abroad: Abroad, call: CallRow) -> bool:
    """Whether an order may leave; as the outbox does, it is taken back where it may not."""
    unit = abroad.unit
    file = unit.file(abroad.recovery_id)
    if call_validity.may_leave(file, call.kind, call.approval_id, call.subject_id):
        return True
    with unit_of_work(unit.database) as work:
        changes = Changeset(file)
        call_validity.withdraw_call(changes, call)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    return False


def over_the_loss(abroad: Abroad) -> None:
    received(abroad, 70_000)


LOST: dict[str, Callable[[Abroad], None]] = {
    "traced in part": lambda abroad: falls(abroad, 30_000),
    "traced no more": came_back,
    "beyond the loss": over_the_loss,
}


@pytest.mark.parametrize("lost", LOST.values(), ids=list(LOST))
def test_an_approved_order_to_a_bank_abroad_does_not_leave_for_what_may_not_be_asked_any_more(
    treasury: None, abroad: Abroad, lost: Callable[[Abroad], None]
) -> None:
    """A letter waits for days, or the bank cannot be reached: it left for the old sum."""
    del treasury
    name, call = ordered(abroad)
    lost(abroad)
    assert not leaves(abroad, call)
    assert abroad.row(name).state is RequestState.DRAFT
    abroad.decide()
    assert agrees(abroad) == [("draft", "ours")]
    with pytest.raises(StepRefusedError):
        abroad.submit(name)
    abroad.sound()


def test_what_may_not_leave_any_more_leaves_for_less(abroad: Abroad) -> None:
    name, call = ordered(abroad)
    falls(abroad, 30_000)
    assert not leaves(abroad, call)
    abroad.decide()
    assert abroad.steps(name) == [LESS.format("bank-abroad")]
    after = reduced(abroad, name)
    abroad.submit(after.id)
    abroad.unit.approve(abroad.recovery_id)
    holds = [h for h in abroad.unit.file(abroad.recovery_id).holds if h.request_id == after.id]
    assert [(h.requested_minor, h.state) for h in holds] == [(30_000, HoldState.ORDERED)]
    abroad.sound()


def test_the_program_asks_once_more_for_what_other_parts_leave(abroad: Abroad) -> None:
    """Its second version asked for all that is traced, beside what the first part asks for."""
    abroad.new(amount="200.00")
    name = abroad.new("mla", amount="300.00", part="new")
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    asset = file.asset(row.asset_id)
    assert guard.draftable_minor(file, asset, row.account_part) == 30_000
    fields = {n: VALUES.get(n, "as attached") for n in row.missing.split(",")}
    abroad.fill(name, **fields)
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 50_000

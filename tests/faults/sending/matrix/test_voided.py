"""An approval that becomes void before its call leaves: nothing leaves, and nothing hangs."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.call import OPEN_CALLS, CallKind
from models.entities.event import EntityKind
from models.entities.multi_agency import TaskKind, TaskRenewal, TaskState
from models.entities.request import RequestState
from models.outcome import Transition
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.ledger.changeset import Changeset
from tests.faults.sending import partners
from tests.faults.sending.partners import PLATFORM, task


async def voided(unit: Any, kind: CallKind) -> None:
    """What was approved for the call of a kind is void; then the engine works until all rests."""
    (call,) = (c for c in unit.file().calls if c.kind is kind)
    assert call.state in OPEN_CALLS
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, unit.recovery_id))
        (approval,) = (a for a in changes.file.approvals if a.id == call.approval_id)
        assert approval.state is ApprovalState.APPROVED
        changes.apply(
            Transition(EntityKind.APPROVAL, approval.id, "voided", approval.state, reason="planted")
        )
        commit_changes(work, ENGINE, unit.sandbox.now, unit.installation.laws, changes)
    await unit.come_to_rest()
    assert not [c for c in unit.file().calls if c.kind is kind and c.state in OPEN_CALLS]
    unit.assert_books_hold()
    assert await unit.differences() == []


async def test_a_request_is_open_again_and_can_be_sent_after_another_approval(
    about_to: Any,
) -> None:
    unit = await about_to(CallKind.REQUEST)
    await voided(unit, CallKind.REQUEST)
    abroad = unit.sandbox.ABROAD, unit.sandbox.FOREIGN
    assert unit.sandbox.book(*abroad)["holds"] == []
    (request,) = unit.file().requests
    assert request.state is RequestState.DRAFT
    await unit.until("request")
    unit.approve()
    await unit.come_to_rest()
    (request,) = unit.file().requests
    assert request.state is RequestState.EXECUTED
    assert [h["status"] for h in unit.sandbox.book(*abroad)["holds"]] == ["HELD"]
    unit.assert_books_hold()


async def test_a_task_ends_and_was_never_asked(about_to: Any) -> None:
    unit = await about_to(CallKind.TASK)
    kept = task(unit, TaskKind.PRESERVE).id
    (call,) = (c for c in unit.file().calls if c.subject_id == kept)
    assert call.kind is CallKind.TASK
    await voided(unit, CallKind.TASK)
    assert task(unit, TaskKind.PRESERVE).state is TaskState.CANCELLED
    assert partners.told(unit, PLATFORM) == []


async def test_a_preservation_that_may_not_be_prolonged_says_so_and_ends(about_to: Any) -> None:
    unit = await about_to(CallKind.TASK_EXTEND)
    await voided(unit, CallKind.TASK_EXTEND)
    kept = task(unit, TaskKind.PRESERVE)
    assert (kept.state, kept.renewal) == (TaskState.PRESERVED, TaskRenewal.REFUSED)
    unit.later(24 * 12)
    await unit.come_to_rest()
    assert task(unit, TaskKind.PRESERVE).state is TaskState.EXPIRED


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Any:
    """Nothing here is an error of ours."""
    yield
    assert [r.message for r in caplog.records if r.levelname in ("ERROR", "CRITICAL")] == []

"""The guard of a return is asked at its drafting, publishing, submitting, approving and sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.call import CallKind, CallRow, CallState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import discrepancy_actions
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import call_validity
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox.preparation import prepare
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution import decisions as return_decisions

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
A = AllocationState
HOUR = timedelta(hours=1)
WANTED = "another open recovery wants the account"


def contradict(unit: Any, recovery_id: str, *, on: str) -> str:
    """A bank contradicts the records of the first claim, of its account, or of the recovery."""
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        file = changes.file
        claim_id = file.payouts[-1].claim_id if file.payouts else file.claims[0].id
        named: dict[str, str] = {
            "claim": {"claim_id": claim_id},
            "account": {"asset_id": file.assets[0].id},
            "recovery": {},
        }[on]
        found = discrepancies.find(
            changes, DiscrepancyKind.AMOUNT_DIFFERS, EntityKind.RECOVERY, recovery_id, unit.now,
            mark=on, **named,
        )  # fmt: skip
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    return found


def orders(file: CaseFile) -> list[CallRow]:
    return [c for c in file.calls if c.kind is CallKind.PAYOUT]


def try_to(unit: Any, recovery_id: str, act: Callable[[Changeset, str], None]) -> None:
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        act(changes, changes.file.allocations[-1].id)


def send(unit: Any, later: timedelta = timedelta()) -> list[str]:
    """The payment orders that the engine would put on the wire now, or when it looks again."""
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now + later)
    ready, _ = prepare(engine, [CallKind.PAYOUT], f"lease {later}")
    return [r.call.subject_id for r in ready]


def test_nothing_is_drafted_while_another_recovery_wants_the_account(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.DRAFT)
    acts.newcomer_wants(3)
    for _ in range(3):
        acts.settled_trace(recovery_id)
        assert [a.state for a in unit.file(recovery_id).allocations] == [A.VOID]


def test_no_notice_is_published_and_nothing_submitted_on_another_basis(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.DRAFT)
    acts.newcomer_wants(3)
    with pytest.raises(StepRefusedError, match=WANTED):
        try_to(
            unit,
            recovery_id,
            lambda p, a: return_decisions.publish_notice(p, a, unit.now, unit.laws),
        )


def test_the_guard_is_asked_when_a_decision_is_submitted(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE_ENDED)
    acts.newcomer_wants(3)
    with pytest.raises(StepRefusedError, match=WANTED):
        try_to(
            unit, recovery_id,
            lambda p, a: return_decisions.submit_allocation(p, a, "chen", unit.now, unit.laws),
        )  # fmt: skip


@pytest.mark.parametrize("on", ["claim", "account", "recovery"])
def test_a_planned_payout_does_not_leave_while_a_discrepancy_is_open(
    unit: Any, acts: Any, on: str
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    found = contradict(unit, recovery_id, on=on)
    file = unit.file(recovery_id)
    planned = orders(file)
    assert {"discrepancy" in call_validity.waits(file, c.kind, c.subject_id) for c in planned} == {
        True
    }
    assert send(unit) == []
    assert {c.state for c in orders(unit.file(recovery_id))} == {CallState.PLANNED}
    discrepancy_actions.resolve(
        unit.case_officer(), recovery_id, found, "the bank has confirmed the sum"
    )
    assert set(send(unit, later=HOUR)) == {c.subject_id for c in planned}


def test_no_return_is_approved_while_a_discrepancy_of_its_claim_is_open(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.PENDING_APPROVAL)
    asked = next(a for a in unit.file(recovery_id).approvals if a.action == ApprovalKind.RETURN)
    found = contradict(unit, recovery_id, on="claim")
    with pytest.raises(StepRefusedError, match="discrepancy"):
        unit.case_officer(SUPERVISOR).approve(asked.id)
    discrepancy_actions.resolve(
        unit.case_officer(), recovery_id, found, "the bank has confirmed the sum"
    )
    unit.case_officer(SUPERVISOR).approve(asked.id)
    assert orders(unit.file(recovery_id))

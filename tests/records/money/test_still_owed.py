"""A claim is paid only as long as its payouts say so, and nothing owed to a victim is released."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.action_kinds import ActionKind
from models.entities.allocation import AllocationState
from models.entities.call import CallKind
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.facts import BankHoldState, HoldFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.approvals.figures import subject_of
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import lifecycle, next_steps
from recovery_flows.cases.case_officer import StepRefusedError
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import call_validity
from recovery_flows.freezing import release
from recovery_flows.ledger import outstanding_losses
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.letter_channel import releasing
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution import decisions as return_decisions

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
A = AllocationState


@pytest.fixture
def paid(unit: Any, acts: Any) -> str:
    """Two victims who got 750.00 each of their 1,000.00; nothing is held any more."""
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    acts.close_calls(recovery_id)
    for hold in unit.file(recovery_id).holds:
        if hold.state is HoldState.FROZEN:
            unit.bank_says(recovery_id, hold.id, 0, revision=9)
    acts.decide(recovery_id)
    return str(recovery_id)


@pytest.fixture
def whole(unit: Any, acts: Any) -> str:
    """One victim who got all of his 1,000.00, of 1,200.00 that the bank holds."""
    recovery_id = acts.pooled(victims=1, held_minor=100_000, until=A.APPROVED)
    freeze = next(h for h in unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    acts.close_calls(recovery_id)
    unit.bank_says(recovery_id, freeze.id, 20_000, revision=9)
    acts.decide(recovery_id)
    return str(recovery_id)


def actions(unit: Any, recovery_id: str) -> list[str]:
    return [s.action for s in next_steps.steps(unit.file(recovery_id), unit.laws)]


def agrees(unit: Any) -> bool:
    with unit.database.reading() as session:
        return verify(unit.database) == () and not ledger_check(session).differences


def test_a_returned_payout_leaves_its_claim_open_with_its_net_loss(
    unit: Any, acts: Any, whole: str
) -> None:
    assert [str(c.state) for c in unit.file(whole).claims] == ["paid"]
    (payout,) = unit.file(whole).payouts
    acts.settle(whole, payout.id, "RETURNED")
    acts.decide(whole)
    file = unit.file(whole)
    assert [str(c.state) for c in file.claims] == ["verified"]
    assert outstanding_losses.net_loss_minor(file, file.claims[0]) == 100_000
    assert [str(a.state) for a in file.allocations] == ["not_paid"]
    assert agrees(unit)


def test_a_payout_settled_short_leaves_its_claim_open(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=1, held_minor=100_000, until=A.APPROVED)
    (payout,) = unit.file(recovery_id).payouts
    short = Money(40_000, "CNY")
    acts.settle(recovery_id, payout.id, credited=short, debited=short)
    acts.close_calls(recovery_id)
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    assert [str(c.state) for c in file.claims] == ["verified"]
    assert outstanding_losses.owed_minor(file, file.claims[0]) == 60_000
    assert str(file.allocations[0].state) == "paid_in_part"
    assert ActionKind.SUBMIT_RELEASE not in actions(unit, recovery_id)


def test_after_a_returned_payout_nothing_is_released(unit: Any, acts: Any, whole: str) -> None:
    (payout,) = unit.file(whole).payouts
    held = [h for h in unit.file(whole).holds if h.state is HoldState.FROZEN]
    assert ActionKind.SUBMIT_RELEASE in actions(unit, whole)
    acts.settle(whole, payout.id, "RETURNED")
    unit.bank_says(whole, held[0].id, 100_000, revision=12)
    acts.decide(whole)
    assert ActionKind.SUBMIT_RELEASE not in actions(unit, whole)
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, whole))
        with pytest.raises(StepRefusedError, match="not free to be released"):
            return_decisions.submit_release(changes, held[0].id, "chen", unit.now)


def test_money_of_a_returned_payout_that_nobody_holds_is_stopped(
    unit: Any, acts: Any, paid: str
) -> None:
    payout = unit.file(paid).payouts[0]
    acts.settle(paid, payout.id, "RETURNED")
    acts.decide(paid)
    drafts = [h for h in unit.file(paid).holds if h.state is HoldState.DRAFT]
    assert [(h.kind, h.requested_minor) for h in drafts] == [(HoldKind.STOP, payout.amount_minor)]


def test_no_release_is_asked_for_while_a_claim_of_the_recovery_is_open(
    unit: Any, acts: Any
) -> None:
    """What is only on its way to the victims may come back."""
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    file = unit.file(recovery_id)
    assert {outstanding_losses.net_loss_minor(file, c) for c in file.claims} == {25_000}
    assert ActionKind.SUBMIT_RELEASE not in actions(unit, recovery_id)


def test_a_release_that_was_approved_does_not_leave_once_a_claim_is_open(
    unit: Any, acts: Any, whole: str
) -> None:
    while ActionKind.SUBMIT_RELEASE in actions(unit, whole):
        unit.case_officer().advance(whole)
        unit.approve(whole)
    order = next(c for c in unit.file(whole).calls if c.kind is CallKind.RELEASE)
    assert call_validity.may_leave(unit.file(whole), order.kind, order.approval_id)
    (payout,) = unit.file(whole).payouts
    acts.settle(whole, payout.id, "RETURNED")
    assert not call_validity.may_leave(unit.file(whole), order.kind, order.approval_id)


def test_a_release_carries_the_approved_sum_and_what_came_since_stays_held(
    unit: Any, whole: str
) -> None:
    unit.case_officer().advance(whole)
    unit.approve(whole)
    hold = next(h for h in unit.file(whole).holds if h.state is HoldState.RELEASE_PENDING)
    assert releasing(hold) == Money(20_000, "CNY")
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, whole))
        rest = Money(5_000, "CNY")
        fact = HoldFact(
            bank_ref=hold.bank_ref, revision=20, order_ref=hold.id,
            state=BankHoldState.PARTIALLY_HELD, requested=rest, held=rest, acted_at=unit.now,
            expires_at=None, modified_at=unit.now,
        )  # fmt: skip
        release.keep_remainder(changes, hold.id, fact)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    now = unit.file(whole).hold(hold.id)
    assert (now.state, now.held_minor, now.releasing_minor) == (HoldState.FROZEN, 5_000, 0)
    assert agrees(unit)


def test_a_finding_that_money_is_none_of_the_case_shows_what_victims_are_owed(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    file = unit.file(recovery_id)
    freeze = next(h for h in file.holds if h.kind is HoldKind.FREEZE and h.held_minor)
    shown = {f.label: f.value for f in subject_of(file, ApprovalKind.RELEASE, freeze.id).figures}
    assert shown["of the hold, traced to victims"] == Money(freeze.held_minor, "CNY")
    assert shown["still owed to victims"] == Money(200_000, "CNY")
    assert json.dumps([str(v) for v in shown.values()])
    assert lifecycle.closing_event(file) == "closed_no_recovery"

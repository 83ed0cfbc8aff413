"""A return decision rests on a basis; another trace, claim, hold, payee or file ends it whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalState
from models.entities.call import CallKind
from models.entities.claim import ObjectionKind
from models.entities.hold import HoldKind
from models.entities.officer import Role
from models.facts import AccountRef
from models.store.calls import mark_sent
from models.store.unit import Actor, unit_of_work
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.cases import next_steps, objection_actions
from recovery_flows.cases.case_officer import StepRefusedError
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.correspondence import call_validity
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox.preparation import prepare
from recovery_flows.restitution import payouts

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
OTHER = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")
A = AllocationState


def kinds(unit: Any, recovery_id: str) -> list[str]:
    return [str(a.state) for a in unit.file(recovery_id).allocations]


def parts(unit: Any, recovery_id: str) -> dict[str, int]:
    """What each claim is to get by the allocation that is under way, in the order of losses."""
    file = unit.file(recovery_id)
    live = next(a for a in file.allocations if a.state is not A.VOID)
    sums: Counter[str] = Counter()
    for payout in file.payouts_of(live.id):
        sums[payout.claim_id] += payout.amount_minor
    return dict(sums)


def test_a_third_victim_who_joins_on_day_3_of_the_notice_gets_his_part(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    assert list(parts(unit, recovery_id).values()) == [75_000, 75_000]
    began = unit.file(recovery_id).allocations[0].notice_from
    unit.later(72)
    acts.newcomer(recovery_id, 3)
    assert kinds(unit, recovery_id) == ["void"]
    acts.until(recovery_id, A.NOTICE)
    assert sorted(parts(unit, recovery_id).values()) == [50_000, 50_000, 50_000]
    now = unit.file(recovery_id).allocations[-1]
    assert now.notice_from >= began + timedelta(hours=72)
    assert now.notice_to - now.notice_from >= timedelta(days=30)


@pytest.mark.parametrize("stage", [A.NOTICE, A.PENDING_APPROVAL, A.APPROVED])
def test_an_account_that_another_open_recovery_wants_is_not_paid_out(
    unit: Any, acts: Any, stage: AllocationState
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=stage)
    (other,) = unit.report(unit.reports(3)[2])
    unit.accept(other)
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id) == ["void"]
    file = unit.file(recovery_id)
    assert not [c for c in file.calls if c.kind is CallKind.PAYOUT]
    assert {a.state for a in file.approvals if a.action == ApprovalKind.RETURN} <= {
        ApprovalState.VOID
    }


def test_the_guard_is_asked_when_a_second_person_says_yes(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.PENDING_APPROVAL)
    asked = next(a for a in unit.file(recovery_id).approvals if a.action == ApprovalKind.RETURN)
    (other,) = unit.report(unit.reports(3)[2])
    unit.accept(other)
    # The engine has not looked yet: the yes itself asks.
    with pytest.raises(StepRefusedError, match="another open recovery wants the account"):
        unit.case_officer(SUPERVISOR).approve(asked.id)


def test_the_guard_is_asked_when_the_order_is_sent(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    file = unit.file(recovery_id)
    order = next(c for c in file.calls if c.kind is CallKind.PAYOUT)
    assert call_validity.may_leave(file, order.kind, order.approval_id)
    assert not call_validity.waits(file, order.kind, order.subject_id)
    account = file.asset(order.asset_id).account_id
    wanted = replace(file, shared_with=((account, "rec-other", "CNY"),))
    assert not call_validity.may_leave(wanted, order.kind, order.approval_id)
    due = replace(file, recovery=replace(file.recovery, trace_wanted=True))
    assert call_validity.may_leave(due, order.kind, order.approval_id)
    assert call_validity.waits(due, order.kind, order.subject_id) == "the trace is not up to date"


@pytest.mark.parametrize("stage", [A.NOTICE, A.PENDING_APPROVAL, A.APPROVED])
def test_another_trace_ends_a_decision_and_its_notice(
    unit: Any, acts: Any, stage: AllocationState
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=stage)
    acts.statement_of(recovery_id, victims=2, left_minor=60_000, to_hours=24 * 60)
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id)[0] == "void"


@pytest.mark.parametrize("stage", [A.NOTICE, A.PENDING_APPROVAL, A.APPROVED])
def test_another_sum_held_ends_a_decision_and_its_notice(
    unit: Any, acts: Any, stage: AllocationState
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=stage)
    freezes = [h for h in unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE]
    freeze = max(freezes, key=lambda h: h.held_minor)
    unit.bank_says(recovery_id, freeze.id, 80_000, revision=9)
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id) == ["void"]
    # No order of ours says why less is held: a person looks before anything is drafted.
    (found,) = unit.file(recovery_id).discrepancies
    assert found.kind == "hold_fell"
    resolve(unit.case_officer(), recovery_id, found.id, "the bank had held another victim's money")
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id) == ["void", "draft"]
    assert sum(parts(unit, recovery_id).values()) == 130_000


def test_a_title_check_ends_when_other_victims_come(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    before = unit.file(recovery_id).assets[0]
    assert before.title_checked_by
    acts.newcomer(recovery_id, 3)
    acts.settled_trace(recovery_id)
    assert not unit.file(recovery_id).assets[0].title_checked_by
    acts.until(recovery_id, A.NOTICE)
    after = unit.file(recovery_id).assets[0]
    assert after.title_checked_by
    assert after.title_basis != before.title_basis


def test_a_title_check_ends_when_more_money_is_traced_there(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    acts.statement_of(recovery_id, victims=2, left_minor=40_000, to_hours=24 * 60)
    acts.decide(recovery_id)
    assert not unit.file(recovery_id).assets[0].title_checked_by


def test_join_refuses_while_a_bank_may_be_paying(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    order = next(c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT)
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, recovery_id, order.id, order.state)
    (other,) = unit.report(unit.reports(3)[2])
    unit.accept(other)
    with pytest.raises(StepRefusedError, match="told to pay a victim: wait for its answer"):
        unit.case_officer().join(recovery_id, other)
    assert not [
        s for s in next_steps.steps(unit.file(recovery_id), unit.laws) if s.action == "join"
    ]


def test_an_order_that_may_have_left_is_not_recalled(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    file = unit.file(recovery_id)
    order = next(c for c in file.calls if c.kind is CallKind.PAYOUT)
    # Its bank has not seen it and it is planned again, but it may still arrive.
    acts.lose_answer(recovery_id, order.id)
    payout = next(p for p in file.payouts if p.id == order.subject_id)
    with pytest.raises(StepRefusedError, match="told to pay already"):
        unit.case_officer().change_payee(recovery_id, payout.claim_id, OTHER, "account closed")
    others = {p.id: "cancelled" for p in file.payouts if p.id != payout.id}
    # The rest of the decision ends with its basis; what may have left is followed to its end.
    acts.newcomer_wants(3)
    acts.decide(recovery_id)
    states = {p.id: str(p.state) for p in unit.file(recovery_id).payouts}
    assert states == {payout.id: "instructed", **others}
    assert kinds(unit, recovery_id) == ["approved"]
    acts.settle(recovery_id, payout.id)
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id) == ["paid"]


def test_an_order_that_its_bank_put_off_ends_with_its_basis_like_one_never_tried(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    file = unit.file(recovery_id)
    order = next(c for c in file.calls if c.kind is CallKind.PAYOUT)
    acts.postpone(recovery_id, order.id)
    acts.newcomer_wants(3)
    acts.decide(recovery_id)
    assert {str(p.state) for p in unit.file(recovery_id).payouts} == {"cancelled"}
    assert kinds(unit, recovery_id)[0] == "void"
    assert [c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT] == []


def test_an_order_put_off_and_then_kept_back_leaves_once_its_reason_is_gone(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    order = next(c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT)
    acts.postpone(recovery_id, order.id)
    (claim, *_) = unit.file(recovery_id).claims
    enter = objection_actions.enter
    enter(unit.case_officer(), recovery_id, ObjectionKind.CLAIM, claim.id, "synthetic")
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    assert not prepare(engine, [CallKind.PAYOUT], "first")[0]
    query = f"SELECT retry_at > '{unit.now:%Y-%m-%d %H:%M:%S}' FROM call WHERE id = '{order.id}'"
    assert unit.one(query) == 1
    (objection,) = unit.file(recovery_id).objections
    supervisor = unit.case_officer(SUPERVISOR)
    decide_on = objection_actions.decide
    decide_on(supervisor, recovery_id, objection.id, "synthetic", is_upheld=False)
    ready, _ = prepare(engine, [CallKind.PAYOUT], "second")
    assert order.id in {one.call.id for one in ready}


def test_a_decision_of_an_earlier_version_without_a_basis_is_drafted_anew(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    unit.tamper("UPDATE allocation SET basis = ''")
    acts.decide(recovery_id)
    assert kinds(unit, recovery_id) == ["void", "draft"]


def test_two_decisions_of_one_recovery_do_not_end_each_other(unit: Any, acts: Any) -> None:
    """What was drafted later took the first one into account: it leaves its basis as it is."""
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.NOTICE)
    file = unit.file(recovery_id)
    first = file.allocations[0]
    claim = file.claims[0]
    later = replace(
        first, id="alloc-later", asset_id=first.asset_id,
        basis=first.basis.replace('"number":1', '"number":2'),
    )  # fmt: skip
    payout = replace(
        file.payouts[0], id="payout-later", allocation_id="alloc-later", claim_id=claim.id,
        amount_minor=1_000,
    )  # fmt: skip
    both = replace(file, allocations=(first, later), payouts=(*file.payouts, payout))
    assert not payouts.changed(both, first)
    assert payouts.changed(both, later)

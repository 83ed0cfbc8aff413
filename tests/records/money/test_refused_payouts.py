"""A refused payout changes something or waits for a person; no order is repeated on its facts."""

from __future__ import annotations

from typing import Any

import pytest

from models.action_kinds import ActionKind
from models.entities.allocation import AllocationState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.hold import HoldKind
from models.entities.officer import Role
from models.facts import AccountRef
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases import discrepancy_actions, next_steps
from recovery_flows.ledger import discrepancies
from recovery_flows.restitution import guards as return_guards

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
OTHER = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")
A = AllocationState


@pytest.fixture
def refused(unit: Any, acts: Any) -> str:
    """One victim's payout of all that is held; the bank has refused it."""
    recovery_id = acts.pooled(victims=1, held_minor=100_000, until=A.APPROVED)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id, "REFUSED", reason="ACCOUNT_CLOSURE")
    acts.close_calls(recovery_id)
    acts.decide(recovery_id)
    return str(recovery_id)


def orders(unit: Any, recovery_id: str) -> list[tuple[str, str, int]]:
    file = unit.file(recovery_id)
    return [(p.hold_id, p.payee_account_id, p.amount_minor) for p in file.payouts]


def open_kinds(unit: Any, recovery_id: str) -> list[str]:
    return [str(d.kind) for d in discrepancies.open_ones(unit.file(recovery_id))]


def test_an_allocation_whose_payouts_were_all_refused_is_not_paid(unit: Any, refused: str) -> None:
    assert [str(a.state) for a in unit.file(refused).allocations] == ["not_paid"]
    assert [str(c.state) for c in unit.file(refused).claims] == ["verified"]


def test_a_refused_payout_is_not_drafted_again_on_the_same_facts(
    unit: Any, acts: Any, refused: str
) -> None:
    for _ in range(5):
        acts.decide(refused)
        unit.later(24)
    assert len(orders(unit, refused)) == 1
    assert open_kinds(unit, refused) == [DiscrepancyKind.PAYOUT_NOT_PAID]


def test_a_refused_payout_is_an_officers_first_step(unit: Any, refused: str) -> None:
    first = next_steps.steps(unit.file(refused), unit.laws)[0]
    assert first.action == ActionKind.RESOLVE_DISCREPANCY
    assert "did not carry out a payout of CNY 1,000.00: refused, ACCOUNT_CLOSURE" in first.sentence


def test_after_a_person_has_looked_the_order_may_be_decided_once_more(
    unit: Any, acts: Any, refused: str
) -> None:
    found = discrepancies.open_ones(unit.file(refused))[0]
    discrepancy_actions.resolve(
        unit.case_officer(), refused, found.id, "the bank had a fault that day"
    )
    acts.decide(refused)
    assert [str(a.state) for a in unit.file(refused).allocations] == ["not_paid", "draft"]
    acts.until(refused, A.APPROVED)
    again = next(p for p in unit.file(refused).payouts if p.state == "instructed")
    acts.settle(refused, again.id, "REFUSED", reason="ACCOUNT_CLOSURE")
    acts.decide(refused)
    assert len(orders(unit, refused)) == 2
    assert open_kinds(unit, refused) == [DiscrepancyKind.PAYOUT_NOT_PAID]


def test_another_account_of_the_victim_is_another_fact(unit: Any, acts: Any, refused: str) -> None:
    claim = unit.file(refused).claims[0]
    unit.case_officer().change_payee(refused, claim.id, OTHER, "the old account is closed")
    acts.decide(refused)
    assert len(orders(unit, refused)) == 1
    unit.approve(refused)
    assert open_kinds(unit, refused) == []
    acts.decide(refused)
    (_, one, amount), (_, other, _) = orders(unit, refused)
    assert (one != other, amount) == (True, 100_000)
    assert verify(unit.database) == ()


def test_want_of_money_in_one_currency_waits_for_a_person(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=1, held_minor=100_000, until=A.APPROVED)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id, "REFUSED", reason="NO_BALANCE")
    acts.close_calls(recovery_id)
    acts.decide(recovery_id)
    assert len(orders(unit, recovery_id)) == 1
    assert open_kinds(unit, recovery_id) == [DiscrepancyKind.PAYOUT_NOT_PAID]
    asset = unit.file(recovery_id).assets[0]
    assert "did not pay" in str(return_guards.waits_for(unit.file(recovery_id), asset))
    freeze = next(h for h in unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE)
    assert not return_guards.to_release(unit.file(recovery_id), asset)
    assert freeze.held_minor == 100_000


def test_one_refusal_among_several_leaves_an_allocation_paid_in_part(unit: Any, acts: Any) -> None:
    recovery_id = acts.pooled(victims=2, held_minor=150_000, until=A.APPROVED)
    last, *others = unit.file(recovery_id).payouts
    for payout in others:
        acts.settle(recovery_id, payout.id)
    acts.settle(recovery_id, last.id, "REFUSED", reason="ACCOUNT_CLOSURE")
    acts.decide(recovery_id)
    assert str(unit.file(recovery_id).allocations[0].state) == "paid_in_part"

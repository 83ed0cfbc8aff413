"""An approval binds who is paid how much; after a change it counts no more."""

from __future__ import annotations

from typing import Any

import pytest

from models.facts import AccountRef
from models.states import CallKind, Role
from models.store.unit import Actor
from recovery_flows.desk.desk import StepRefusedError

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
OTHER = AccountRef("bank-slow", "9999000000000042", "Synthetic Victim")


def returns(unit: Any, recovery_id: str) -> list[Any]:
    return [a for a in unit.file(recovery_id).approvals if a.action == "return"]


def test_a_payee_changed_behind_the_approval_is_refused(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    (asked,) = returns(unit, recovery_id)
    mule = unit.file(recovery_id).assets[0].account_id
    unit.tamper(f"UPDATE payout SET payee_account_id = '{mule}'")
    with pytest.raises(StepRefusedError, match="has changed since it was asked"):
        unit.desk(SUPERVISOR).approve(asked.id)
    assert not [c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT]


@pytest.mark.parametrize("is_approved", [False, True])
def test_another_payee_voids_the_approval_and_takes_the_instruction_back(
    unit: Any, acts: Any, *, is_approved: bool
) -> None:
    recovery_id = acts.decided()
    (asked,) = returns(unit, recovery_id)
    if is_approved:
        unit.approve(recovery_id)
    claim = unit.file(recovery_id).claims[0]
    unit.desk().change_payee(recovery_id, claim.id, OTHER, "the victim's bank closed the account")
    file = unit.file(recovery_id)
    assert [a.state for a in returns(unit, recovery_id)] == ["void"]
    assert [p.state for p in file.payouts] == ["cancelled"]
    assert not [c for c in file.calls if c.kind is CallKind.PAYOUT]
    assert [a.state for a in file.allocations] == ["void"]
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    new = next(p for p in file.payouts if p.state == "prepared")
    assert new.payee_account_id == file.claims[0].payout_account_id != claim.payout_account_id
    assert [a.state for a in file.allocations] == ["void", "draft"]
    with pytest.raises(StepRefusedError, match="is void already"):
        unit.desk(SUPERVISOR).approve(asked.id)

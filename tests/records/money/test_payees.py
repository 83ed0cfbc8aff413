"""An approval binds who is paid how much; after a change it counts no more."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.officer import Role
from models.facts import AccountRef
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.access.log_in import NobodyActsError
from recovery_flows.cases.views.pending_approvals import waiting_approvals
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.restitution.decisions import submit_allocation

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
        unit.case_officer(SUPERVISOR).approve(asked.id)
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
    unit.case_officer().change_payee(
        recovery_id, claim.id, OTHER, "the victim's bank closed the account"
    )
    file = unit.file(recovery_id)
    assert [a.state for a in returns(unit, recovery_id)] == ["void"]
    assert [p.state for p in file.payouts] == ["prepared"]
    assert not [c for c in file.calls if c.kind is CallKind.PAYOUT]
    assert [a.state for a in file.allocations] == ["draft"]
    assert file.payouts[0].payee_account_id == claim.payout_account_id
    unit.approve(recovery_id)
    assert [a.state for a in unit.file(recovery_id).allocations] == ["void"]
    acts.decide(recovery_id)
    file = unit.file(recovery_id)
    new = next(p for p in file.payouts if p.state == "prepared")
    assert new.payee_account_id == unit.account_id(OTHER)
    assert [a.state for a in file.allocations] == ["void", "draft"]
    with pytest.raises(StepRefusedError, match="is void already"):
        unit.case_officer(SUPERVISOR).approve(asked.id)


def payee(unit: Any, recovery_id: str) -> Any:
    """The pending decision on another payee, as the second person sees it."""
    (line,) = (a for a in waiting_approvals(unit.database, unit.laws) if a.act == "payee")
    assert line.recovery_id == recovery_id
    return line


def test_another_payee_is_a_decision_of_its_own_that_shows_whose_account_it_is_and_why(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    claim = unit.file(recovery_id).claims[0]
    unit.case_officer().change_payee(
        recovery_id, claim.id, OTHER, "the victim's bank closed the account"
    )
    line = payee(unit, recovery_id)
    figures = dict(line.figures)
    assert line.asked_by == "chen"
    assert figures["pay to"] == "···· 0042"
    assert figures["its holder"] == "S·· (NOT the name of the victim)"
    assert figures["instead of"] == figures["money came from"] == "···· 0002"
    assert figures["why"] == "the victim's bank closed the account"
    assert unit.file(recovery_id).claims[0].payout_account_id == claim.payout_account_id


def test_nothing_is_submitted_while_another_payee_waits_and_a_no_leaves_the_account(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    claim = unit.file(recovery_id).claims[0]
    allocation = unit.file(recovery_id).allocations[0]
    unit.case_officer().change_payee(recovery_id, claim.id, OTHER, "closed")
    changes = Changeset(unit.file(recovery_id))
    with pytest.raises(StepRefusedError, match="another payee is asked for"):
        submit_allocation(changes, allocation.id, "chen", unit.now, unit.laws)
    unit.case_officer(SUPERVISOR).deny(payee(unit, recovery_id).approval_id, "not the victim's")
    (after,) = unit.file(recovery_id).claims
    assert (after.payout_account_id, after.asked_account_id) == (claim.payout_account_id, "")
    assert verify(unit.database) == ()


def test_the_yes_to_a_return_shows_whose_account_is_paid_by_whom_and_why_it_was_changed(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    claim = unit.file(recovery_id).claims[0]
    unit.case_officer().change_payee(
        recovery_id, claim.id, OTHER, "the victim's bank closed the account"
    )
    unit.approve(recovery_id)
    acts.decide(recovery_id)
    unit.case_officer().advance(recovery_id)
    (line,) = (a for a in waiting_approvals(unit.database, unit.laws) if a.act == "return")
    figures = dict(line.figures)
    assert figures["its holder"] == "S·· (NOT the name of the victim)"
    assert figures["changed by"] == "chen"
    assert figures["why"] == "the victim's bank closed the account"


def test_an_account_without_a_holder_is_no_payee(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    claim = unit.file(recovery_id).claims[0]
    nobodys = AccountRef("bank-slow", "9999000000000043")
    with pytest.raises(MisuseError, match="say whose account it is: --holder NAME"):
        unit.case_officer().change_payee(recovery_id, claim.id, nobodys, "closed")
    assert unit.file(recovery_id).claims[0].asked_account_id == ""


def test_the_officer_who_asks_for_another_payee_cannot_say_yes_to_it(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    claim = unit.file(recovery_id).claims[0]
    unit.case_officer().change_payee(recovery_id, claim.id, OTHER, "closed")
    with pytest.raises(NobodyActsError, match="takes the role supervisor"):
        unit.case_officer().approve(payee(unit, recovery_id).approval_id)


def test_a_payee_changed_by_sql_shows_that_nobody_changed_it(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    mule = unit.file(recovery_id).assets[0].account_id
    unit.tamper(
        f"UPDATE payout SET payee_account_id = '{mule}'",
        f"UPDATE claim SET payout_account_id = '{mule}'",
    )
    (line,) = (a for a in waiting_approvals(unit.database, unit.laws) if a.act == "return")
    assert dict(line.figures)["changed by"] == "nobody"

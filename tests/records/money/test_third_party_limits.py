"""What is released for a third party is there for it: not leaving already, kept, or given away.

The victim paid 1,000.00 into the account, which also had 4,000.00 of its holder; 5,000.00 is held.
"""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.call import CallKind, CallState
from models.entities.officer import Role
from models.entities.outside.third_party_claim import DamagesSource
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.calls import mark_sent, settle
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import next_steps
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.cases.third_parties import actions
from recovery_flows.cases.third_parties.actions import Filing, Paid
from recovery_flows.correspondence import answers
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as freezing_actions
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.reports.ledger_check import ledger_check
from tests.records.money.test_court_list import claims, confirm, enter, rows
from tests.records.money.test_third_party import EXCESS, FAITH, HARM, books, held, released, row

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
__all__ = ["held"]


def claimed(unit: Any, recovery_id: str, ground: Any, amount: str = "") -> str:
    """A claim is filed and its officer asks to uphold all of it; returns the approval's id."""
    before = {t.id for t in unit.file(recovery_id).third_party_claims}
    actions.file_claim(unit.case_officer(), recovery_id, Filing(ground, "mine", amount))
    (name,) = {t.id for t in unit.file(recovery_id).third_party_claims} - before
    actions.decide(unit.case_officer(), recovery_id, name, "", "a paper shows it")
    return asked_of(unit, recovery_id, name)


def asked_of(unit: Any, recovery_id: str, name: str) -> str:
    waiting = [a for a in unit.file(recovery_id).approvals if a.state == "pending"]
    (found,) = [a.id for a in waiting if a.subject_id == name]
    return str(found)


def yes(unit: Any, approval: str) -> None:
    unit.case_officer(SUPERVISOR).approve(approval)


def ordered(unit: Any, recovery_id: str) -> int:
    return sum(c.kind is CallKind.RELEASE for c in unit.file(recovery_id).calls)


def assert_decided_anew(unit: Any, recovery_id: str, approval: str) -> None:
    """What was asked waits for no yes that could never be given: it is its officer's again."""
    file = unit.file(recovery_id)
    (asked,) = [a for a in file.approvals if a.id == approval]
    claim = next(t for t in file.third_party_claims if t.id == asked.subject_id)
    assert (asked.state, claim.state, claim.granted_minor) == ("void", "filed", 0)
    assert file.pending(claim.id) is None
    steps = next_steps.steps(file, unit.laws)
    (step,) = [s for s in steps if s.subject_id == claim.id]
    assert (step.role, step.sentence.endswith("decide")) == (Role.OFFICER, True)


def test_a_decision_ends_when_its_hold_keeps_less_than_it_gives(
    unit: Any, acts: Any, held: str
) -> None:
    asked = claimed(unit, held, FAITH, "900.00")
    unit.bank_says(held, unit.file(held).holds[0].id, 80_000, 4)
    acts.decide(held)
    assert_decided_anew(unit, held, asked)


def test_the_same_excess_is_not_released_to_two_claimants(unit: Any, acts: Any, held: str) -> None:
    first, second = claimed(unit, held, EXCESS), claimed(unit, held, EXCESS)
    yes(unit, first)
    with pytest.raises(StepRefusedError, match="another decision on its way"):
        yes(unit, second)
    assert ordered(unit, held) == 1
    released(unit, acts, held, 100_000)
    assert_decided_anew(unit, held, second)
    assert max(h.held_minor for h in unit.file(held).holds) == 100_000, "the victim's money stays"
    books(unit, held)


def test_a_part_that_is_being_released_is_not_released_to_a_claimant_too(
    unit: Any, acts: Any, held: str
) -> None:
    claim = claimed(unit, held, EXCESS, "2500.00")
    hold = unit.file(held).holds[0].id
    freezing_actions.release_part(unit.case_officer(), held, hold, Money(250_000, "CNY"), "why")
    with pytest.raises(StepRefusedError, match="another decision on its way"):
        yes(unit, claim)
    yes(unit, asked_of(unit, held, hold))
    with pytest.raises(StepRefusedError, match="another decision on its way"):
        yes(unit, claim)
    assert ordered(unit, held) == 1
    acts.close_calls(held, CallKind.RELEASE)
    unit.bank_says(held, hold, 250_000, 4)
    name = row(unit, held).id
    with pytest.raises(StepRefusedError, match=r"only CNY 1,500\.00 of what is held"):
        yes(unit, asked_of(unit, held, name))


def test_a_hold_is_not_let_go_whole_while_a_victims_payout_draws_on_it(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    hold = next(h for h in unit.file(recovery_id).holds if h.held_minor)
    unit.approve(recovery_id)
    (order,) = [c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT]
    acts.lose_answer(recovery_id, order.id)
    whole = Money(hold.held_minor, "CNY").text()
    with pytest.raises(StepRefusedError, match=r"a payout out of hold .* is on its way"):
        claimed(unit, recovery_id, FAITH, whole)
    assert ordered(unit, recovery_id) == 0


def answer(unit: Any, recovery_id: str, event: str) -> None:
    """The order to release that waits reaches its bank, which carries it out or refuses it."""
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        (call,) = [
            c for c in changes.file.calls if (c.kind, c.state) == (CallKind.RELEASE, "planned")
        ]
        mark_sent(work, unit.now, recovery_id, call.id, call.state)
        settle(work, unit.now, recovery_id, call.id, CallState.SENT, event)
        if event == "refused":
            answers.apply_refusal(changes, call.kind, call.noun, call.subject_id, "NO", unit.now)
            commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def test_a_claim_whose_release_its_bank_refused_is_decided_anew_by_two(
    unit: Any, acts: Any, held: str
) -> None:
    yes(unit, claimed(unit, held, EXCESS))
    name = row(unit, held).id
    answer(unit, held, "refused")
    acts.decide(held)
    acts.close_calls(held, CallKind.HOLD_QUERY)
    assert row(unit, held).state == "upheld", "nobody has asked the bank's desk yet"
    for found in unit.file(held).discrepancies:
        resolve(unit.case_officer(), held, found.id, "its desk has found the account now")
    acts.decide(held)
    claim = row(unit, held)
    assert (claim.state, claim.granted_minor, claim.law_row) == ("filed", 0, "CN_THIRD_PARTY_CLAIM")
    assert [
        s.subject_id for s in next_steps.steps(unit.file(held), unit.laws) if s.subject_id == name
    ]
    actions.decide(unit.case_officer(), held, name, "", "as before")
    assert ordered(unit, held) == 1, "one person alone releases nothing"
    yes(unit, asked_of(unit, held, name))
    answer(unit, held, "answered")
    unit.bank_says(held, row(unit, held).hold_id, 100_000, 5)
    acts.decide(held)
    assert row(unit, held).state == "released"
    books(unit, held)


def test_what_was_paid_for_a_wrong_freeze_leaves_the_books_of_a_recovery_that_joins_another(
    unit: Any, acts: Any
) -> None:
    first, joins = unit.report(*unit.reports(2))
    unit.accept(joins)
    (hold,) = unit.file(joins).holds
    unit.case_officer().advance(joins, knowing=True)
    unit.approve(joins)
    unit.bank_says(joins, hold.id, 100_000)
    actions.file_claim(unit.case_officer(), joins, Filing(HARM, "the rent bounced", "80.00"))
    name = row(unit, joins).id
    actions.decide(unit.case_officer(), joins, name, "", "fees of the bounced rent")
    yes(unit, asked_of(unit, joins, name))
    paid = Paid("80.00", DamagesSource.UNIT_BUDGET, unit.now, "B-7", b"an invented paper")
    actions.pay(unit.case_officer(), joins, name, paid)
    yes(unit, asked_of(unit, joins, name))
    unit.accept(first)
    acts.decide(first)
    unit.case_officer().join(first, joins)
    assert (unit.file(joins).recovery.state, unit.file(first).recovery.state) == ("joined", "open")
    assert unit.one("SELECT sum(asset_minor) FROM posting WHERE account = 'memo_damages'") == 8_000
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()


def test_what_a_court_gave_to_somebody_unknown_is_not_released_as_excess(
    unit: Any, acts: Any, held: str
) -> None:
    acts.decide(held)
    enter(unit, held, rows((claims(unit, held)[0], "1000.00"), ("Somebody Else", "3000.00")))
    confirm(unit, acts, held)
    with pytest.raises(StepRefusedError, match=r"only CNY 1,000\.00 of what is held"):
        claimed(unit, held, EXCESS)
    assert ordered(unit, held) == 0


def test_a_complaint_about_a_whole_hold_waits_for_the_payout_that_draws_on_it(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    hold = next(h for h in unit.file(recovery_id).holds if h.held_minor)
    unit.approve(recovery_id)
    (order,) = [c for c in unit.file(recovery_id).calls if c.kind is CallKind.PAYOUT]
    acts.lose_answer(recovery_id, order.id)
    whole = Money(hold.held_minor, "CNY")
    freezing_actions.complain(unit.case_officer(), recovery_id, hold.id, whole, "it is mine")
    with pytest.raises(StepRefusedError, match=r"a payout out of hold .* is on its way"):
        yes(unit, asked_of(unit, recovery_id, hold.id))
    assert ordered(unit, recovery_id) == 0


def test_what_was_decided_or_waits_for_that_is_not_taken_back(
    unit: Any, acts: Any, held: str
) -> None:
    """Seeds 90000009 and 90000029: the act ended with a traceback."""
    del acts
    approval = claimed(unit, held, EXCESS)
    (name,) = (t.id for t in unit.file(held).third_party_claims)
    with pytest.raises(StepRefusedError, match="waits for another person: it is denied first"):
        actions.withdraw(unit.case_officer(), held, name, "a letter of the claimant")
    yes(unit, approval)
    with pytest.raises(StepRefusedError, match="is upheld: nothing is taken back"):
        actions.withdraw(unit.case_officer(), held, name, "a letter of the claimant")

"""A claim is upheld at most at what the bank booked; an officer sees both sums."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.action_kinds import ActionKind
from models.entities.allocation import AllocationState
from models.entities.discrepancy import DiscrepancyKind
from models.entities.ledger import LedgerAccount
from models.money import Money
from models.queries.audit.verify import verify
from recovery_flows.cases import discrepancy_actions, next_steps
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.account_targets import EXCHANGE
from recovery_flows.reports.ledger_check import ledger_check
from tests.records.begun import played

A = AllocationState


@pytest.fixture
def over(unit: Any, acts: Any) -> str:
    """Two victims paid 1,000.00 each; the second reports 1,400.00 under his real reference."""
    return played(unit, ("one above what was booked",), lambda: _over(unit, acts))


def _over(unit: Any, acts: Any) -> str:
    first, second = unit.reports(2)
    ids = unit.report(first, replace(second, amount=Money(140_000, "CNY")))
    return str(acts.pooled_of(ids, held_minor=150_000))


def balance(unit: Any, recovery_id: str, account: LedgerAccount) -> int:
    return sum(b.claim_minor for b in unit.file(recovery_id).balances if b.account is account)


def look(unit: Any, recovery_id: str) -> None:
    played(unit, ("looked at", recovery_id), lambda: _look(unit, recovery_id))


def _look(unit: Any, recovery_id: str) -> None:
    for found in discrepancies.open_ones(unit.file(recovery_id)):
        discrepancy_actions.resolve(
            unit.case_officer(), recovery_id, found.id, "the victim was asked"
        )


def test_a_claim_is_upheld_at_most_at_what_the_bank_booked(unit: Any, over: str) -> None:
    claims = unit.file(over).claims
    assert [c.reported_minor for c in claims] == [100_000, 140_000]
    assert [c.upheld_minor for c in claims] == [100_000, 100_000]
    assert balance(unit, over, LedgerAccount.NOT_UPHELD) == 40_000


def test_the_difference_is_an_officers_step_that_shows_both_sums(unit: Any, over: str) -> None:
    first = next_steps.steps(unit.file(over), unit.laws)[0]
    assert first.action == ActionKind.RESOLVE_DISCREPANCY
    assert "reported CNY 1,400.00, the bank booked CNY 1,000.00" in first.sentence
    (found,) = discrepancies.open_ones(unit.file(over))
    assert found.kind is DiscrepancyKind.CLAIM_ABOVE_BOOKED


def test_nothing_is_drafted_before_an_officer_has_looked(unit: Any, acts: Any, over: str) -> None:
    with pytest.raises(AssertionError, match="never"):
        acts.until(over, A.NOTICE)
    assert not unit.file(over).allocations


def test_who_reports_more_than_was_booked_gets_no_more_than_his_part(
    unit: Any, acts: Any, over: str
) -> None:
    look(unit, over)
    acts.until(over, A.NOTICE)
    payouts = unit.file(over).payouts
    sums = [
        sum(p.amount_minor for p in payouts if p.claim_id == c.id) for c in unit.file(over).claims
    ]
    assert sums == [75_000, 75_000]


def test_nothing_of_a_report_vanishes_as_exchange_rounding_in_one_currency(
    unit: Any, acts: Any, over: str
) -> None:
    look(unit, over)
    acts.until(over, A.APPROVED)
    for payout in unit.file(over).payouts:
        acts.settle(over, payout.id)
    acts.decide(over)
    file = unit.file(over)
    assert not [b for b in file.balances if b.detail == EXCHANGE]
    assert not [b for b in file.balances if b.account is LedgerAccount.MEMO_EXCHANGE]
    with unit.database.reading() as session:
        assert not ledger_check(session).differences
    assert verify(unit.database) == ()


def test_who_reports_less_than_was_booked_is_upheld_at_his_report(unit: Any, acts: Any) -> None:
    first, second = unit.reports(2)
    ids = unit.report(first, replace(second, amount=Money(80_000, "CNY")))
    recovery_id = acts.pooled_of(ids, held_minor=150_000)
    file = unit.file(recovery_id)
    assert [c.upheld_minor for c in file.claims] == [100_000, 80_000]
    kinds = {d.kind for d in discrepancies.open_ones(file)}
    assert DiscrepancyKind.CLAIM_ABOVE_BOOKED not in kinds


def test_a_report_without_a_reference_is_limited_to_the_payment_between_its_accounts(
    unit: Any, acts: Any
) -> None:
    first, second = unit.reports(2)
    vague = replace(second, amount=Money(140_000, "CNY"), end_to_end_id="")
    recovery_id = acts.pooled_of(unit.report(first, vague), held_minor=150_000)
    file = unit.file(recovery_id)
    assert [c.upheld_minor for c in file.claims] == [100_000, 100_000]
    (found,) = discrepancies.open_ones(file)
    assert found.kind is DiscrepancyKind.CLAIM_ABOVE_BOOKED
    assert found.claim_id == file.claims[1].id


def test_a_report_whose_payment_no_bank_shows_is_looked_into_and_shares_in_nothing(
    unit: Any, acts: Any
) -> None:
    first, second = unit.reports(2)
    other = replace(second, end_to_end_id="E-of-another-payment")
    recovery_id = acts.pooled_of(unit.report(first, other), held_minor=150_000)
    step = next_steps.steps(unit.file(recovery_id), unit.laws)[0]
    assert step.action == ActionKind.RESOLVE_DISCREPANCY
    told = "reported CNY 1,000.00, the payee's bank shows no such payment: ask the victim"
    assert told in step.sentence
    with pytest.raises(AssertionError, match="never"):
        acts.until(recovery_id, A.APPROVED)
    assert not unit.file(recovery_id).allocations
    look(unit, recovery_id)
    acts.until(recovery_id, A.APPROVED)
    file = unit.file(recovery_id)
    assert {p.claim_id for p in file.payouts} == {file.claims[0].id}
    assert sum(p.amount_minor for p in file.payouts) <= 100_000

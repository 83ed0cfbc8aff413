"""A round is its pool = paid + reserve by reason, whatever the banks make of the payouts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from models.money import Money
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.cli.restitution.rounds import show_under_way
from recovery_flows.restitution.methods.catalogue import RuleName, divide
from recovery_flows.restitution.rounds import Reserve, Round, rounds_of, stakes_of


def _cny(minor: int) -> Money:
    return Money(minor, "CNY")


def rounds(unit: Any, recovery_id: str) -> tuple[Round, ...]:
    """The rounds, each checked to add up."""
    found = rounds_of(unit.file(recovery_id))
    for one in found:
        reserved = sum(money.minor for money in one.reserves.values())
        assert one.paid.minor + reserved == one.pool.minor
        assert all(money.minor > 0 for money in one.reserves.values())
    return found


def test_before_the_bank_has_paid_all_of_the_pool_is_a_reserve(unit: Any, acts: Any) -> None:
    (one,) = rounds(unit, acts.decided())
    assert (one.pool, one.paid) == (_cny(70_000), _cny(0))
    assert one.reserves == {Reserve.UNDER_WAY: _cny(70_000)}


@pytest.mark.parametrize(
    ("state", "credited", "paid", "reserves"),
    [
        ("SETTLED", 70_000, 70_000, {}),
        ("SETTLED", 69_999, 69_999, {Reserve.PAID_SHORT: _cny(1)}),
        ("REFUSED", 70_000, 0, {Reserve.NOT_CASHED: _cny(70_000)}),
        ("RETURNED", 70_000, 0, {Reserve.NOT_CASHED: _cny(70_000)}),
    ],
)
def test_what_a_bank_makes_of_a_payout_moves_between_paid_and_reserve(
    unit: Any, acts: Any, state: str, credited: int, paid: int, reserves: dict[Reserve, Money]
) -> None:  # fmt: skip
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    (payout,) = unit.file(recovery_id).payouts
    if state == "RETURNED":
        acts.settle(recovery_id, payout.id)
    acts.settle(recovery_id, payout.id, state, credited=_cny(credited))
    one = rounds(unit, recovery_id)[0]
    assert (one.paid, one.reserves) == (_cny(paid), reserves)


def test_the_division_of_the_process_is_the_one_that_its_rule_makes_of_its_claims(
    unit: Any, acts: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    recovery_id = acts.pooled(3, 200_000, until="notice")
    file = unit.file(recovery_id)
    (allocation,) = [a for a in file.allocations if a.state != "void"]
    stakes = stakes_of(file, allocation)
    division = divide(RuleName.PRO_RATA, allocation.pool_minor, "CNY", stakes)
    given = {s.claim_id: p for s, p in zip(division.stakes, division.parts.minor, strict=True)}
    paid: Counter[str] = Counter()
    for payout in file.payouts_of(allocation.id):
        paid[payout.claim_id] += payout.amount_minor
    assert dict(paid) == given
    show_under_way(file, "", as_json=False)
    told = capsys.readouterr().out
    assert "rising-tide: the same shares as pro-rata" in told
    assert "fifo: 2 claims more, 1 claim less than by pro-rata" in told
    mine, *others = given
    show_under_way(file, mine, as_json=False)
    page = capsys.readouterr().out
    assert f"This claim gets {Money(given[mine], 'CNY')}." in page
    assert not [claim for claim in others if claim in page]


def test_a_payment_ordered_again_is_paid_once_in_the_round_that_reached_the_victim(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.pooled(3, 200_000, until="approved")
    payouts = unit.file(recovery_id).payouts
    times = Counter(payout.claim_id for payout in payouts)
    first = next(payout for payout in payouts if times[payout.claim_id] == 1)
    for payout in payouts:
        if payout.id == first.id:
            continue
        acts.settle(recovery_id, payout.id)
    acts.settle(recovery_id, first.id, "REFUSED", reason="ACCOUNT_CLOSED")
    (one,) = rounds(unit, recovery_id)
    assert one.reserves == {Reserve.NOT_CASHED: _cny(first.amount_minor)}
    assert (one.counters.paid, one.counters.full, one.counters.partly_paid) == (2, 0, 2)
    assert f"{one.paid} of CNY 2,000.00 was paid to 2 claims" in one.release
    acts.close_calls(recovery_id)
    acts.decide(recovery_id)
    (found,) = [d for d in unit.file(recovery_id).discrepancies if d.state == "open"]
    resolve(unit.case_officer(), recovery_id, found.id, "the bank has opened the account again")
    acts.until(recovery_id, "approved")
    again = [p for p in unit.file(recovery_id).payouts if p.state == "instructed"]
    for payout in again:
        acts.settle(recovery_id, payout.id)
    both = rounds(unit, recovery_id)
    total = sum(p.returned_minor for p in unit.file(recovery_id).payouts)
    assert sum(one.paid.minor for one in both) == total
    assert both[0] == replace(one, state=both[0].state)
    assert both[1].counters.full + both[1].counters.partly_paid == 3

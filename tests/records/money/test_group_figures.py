"""What a group took, what is secured, returned and kept: sums of the ledgers, by hand here."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from models.entities.ledger import LedgerAccount
from models.facts import LineKind
from models.money import Money
from recovery_flows.reports.group_figures import GroupFigures, group_figures


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def of(unit: Any, *recoveries: str) -> GroupFigures:
    (found,) = group_figures([unit.file(recovery_id) for recovery_id in recoveries])
    parts = (found.held, found.returned, found.treasury, found.others, found.kept)
    assert found.taken.minor == sum(part.minor for part in parts)
    assert found.secured.minor + found.kept.minor == found.taken.minor
    return found


def test_what_was_taken_is_held_returned_and_kept_to_the_unit(unit: Any, acts: Any) -> None:
    # 1,000.00 was taken: 100.00 left in cash, 700.00 is held, 200.00 lies there unheld.
    recovery_id = acts.decided()
    found = of(unit, recovery_id)
    assert (found.taken, found.held, found.returned, found.kept) == (
        cny(100_000), cny(70_000), cny(0), cny(30_000),
    )  # fmt: skip
    unit.approve(recovery_id)
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    found = of(unit, recovery_id)
    assert (found.held, found.returned, found.kept) == (cny(0), cny(70_000), cny(30_000))
    assert found.secured == cny(70_000)


def test_each_hop_says_what_reached_it_what_it_cost_and_what_left_there(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.bank_says(recovery_id, unit.order(recovery_id), 10_000)
    lines = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, -2_000, counter=None, at_hours=2),
        replace(unit.line(4, -500, counter=None, at_hours=2.5), kind=LineKind.FEE),
        unit.line(3, -50_000, counter=unit.accounts[2], at_hours=3),
    ]
    unit.trace(recovery_id, unit.statement(lines))
    found = of(unit, recovery_id)
    first, second = found.hops
    assert (first.hop, first.accounts, first.reached) == (1, 1, cny(100_000))
    # 1,000.00 less 20.00 in cash, 5.00 in fees and 500.00 sent on; the fee is 0.5 % of it.
    assert (first.left, first.stayed, first.fees) == (cny(2_000), cny(47_500), cny(500))
    assert first.cost == Fraction(1, 200)
    assert (second.hop, second.reached, second.stayed) == (2, cny(50_000), cny(50_000))


def test_a_recovery_given_twice_counts_once_and_two_add_up(unit: Any) -> None:
    one, two = unit.report(*unit.reports(2))
    unit.accept(one)
    unit.accept(two)
    assert of(unit, one, one).taken == cny(100_000)
    both = of(unit, one, two)
    assert (both.taken, both.kept, both.claims) == (cny(200_000), cny(200_000), 2)
    file = unit.file(one)
    assert {b.account for b in file.balances if b.claim_minor > 0} == {LedgerAccount.NOT_LOCATED}

"""Conversions never ask for more than a hold holds, whatever is divided among how many."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import example, given, strategies as st

from recovery_flows.ledger.pools import Pool
from recovery_flows.restitution.allocation import Line
from recovery_flows.restitution.distribution import Part, parts_of

POOLS = st.lists(
    st.tuples(st.integers(1, 500_000), st.integers(1, 60_000), st.integers(0, 3)),
    min_size=1, max_size=3,
)  # fmt: skip
DUES = st.lists(st.integers(0, 300_000), min_size=1, max_size=6)


def foreign(place: int, claim: int, coins: int, less: int = 0) -> Pool:
    return Pool(f"hold-{place}", claim, coins, coins - less, is_foreign=True)


def division(dues: list[int]) -> tuple[Line, ...]:
    return tuple(Line(f"claim-{n}", due, due) for n, due in enumerate(dues))


def debits(parts: tuple[Part, ...], pool: Pool) -> int:
    """What the parts of one hold cost in its coins, each rounded up by the trace's rate."""
    rate = Fraction(pool.asset_minor, pool.claim_minor)
    return sum(-(-(p.amount_minor * rate) // 1) for p in parts if p.hold_id == pool.hold_id)


@given(POOLS, DUES)
@example([(12_348, 1_341, 1)], [12_348])
def test_the_debits_of_a_conversion_never_come_to_more_than_is_held(
    given_pools: list[tuple[int, int, int]], dues: list[int]
) -> None:
    pools = [foreign(n, *each) for n, each in enumerate(given_pools)]
    parts, _ = parts_of(division(dues), pools)
    for pool in pools:
        assert debits(parts, pool) <= max(0, pool.coins)
        mine = [p.amount_minor for p in parts if p.hold_id == pool.hold_id]
        assert sum(mine) <= pool.claim_minor
    for n, due in enumerate(dues):
        assert sum(p.amount_minor for p in parts if p.claim_id == f"claim-{n}") <= due


@given(POOLS, DUES)
def test_every_part_is_worth_more_than_one_coin(
    given_pools: list[tuple[int, int, int]], dues: list[int]
) -> None:
    pools = {f"hold-{n}": foreign(n, *each) for n, each in enumerate(given_pools)}
    parts, _ = parts_of(division(dues), tuple(pools.values()))
    for part in parts:
        pool = pools[part.hold_id]
        assert part.amount_minor * pool.asset_minor > pool.claim_minor


def test_a_single_claim_that_was_converted_once_is_paid_in_full() -> None:
    parts, unpaid = parts_of(division([12_348]), [foreign(0, 12_348, 1_342)])
    assert [p.amount_minor for p in parts] == [12_348]
    assert not unpaid


def test_a_coin_less_is_asked_for_after_a_refusal() -> None:
    parts, _ = parts_of(division([12_348]), [foreign(0, 12_348, 1_341, less=1)])
    assert [p.amount_minor for p in parts] == [12_348 * 1_340 // 1_341]


def test_a_last_coin_in_another_currency_is_paid_to_nobody() -> None:
    last = foreign(0, 9, 1)
    assert not last.can_pay(9)
    assert last.payable_minor == 0
    assert parts_of(division([9]), [last]) == ((), {"claim-0"})


def test_what_is_left_after_conversions_is_worth_what_all_of_it_was() -> None:
    """Two pence left of 18.98 pounds carry 0.06 of the loss: not a penny by the trace's rate."""
    rest = replace(foreign(0, 6, 2), coin_minor=17_462 // 1_898)
    assert foreign(0, 6, 2).can_pay(6)
    assert not rest.can_pay(6)
    assert parts_of(division([6]), [rest]) == ((), {"claim-0"})
    assert replace(rest, claim_minor=20).can_pay(11)


def test_in_one_currency_every_cent_is_paid() -> None:
    pool = Pool("hold", 7, 7, 7, is_foreign=False)
    parts, unpaid = parts_of(division([3, 4]), [pool])
    assert [p.amount_minor for p in parts] == [3, 4]
    assert not unpaid
    assert replace(pool, claim_minor=8).payable_minor == 7

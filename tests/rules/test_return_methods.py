"""Return rules: published examples to the cent, and sums that must hold."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from recovery_flows.restitution.methods.bought_assets import elected_asset, proportionate_share
from recovery_flows.restitution.methods.catalogue import RuleName, divide
from recovery_flows.restitution.methods.stakes import Stake, Tier
from recovery_flows.restitution.methods.waterfall import tier_sums

PARI_PASSU, NET_LOSS, TIDE = RuleName.PARI_PASSU, RuleName.NET_LOSS, RuleName.RISING_TIDE


def _stakes(*sums: tuple[int, int]) -> list[Stake]:
    return [
        Stake(chr(97 + n), datetime(2026, 1, 1 + n, tzinfo=UTC), paid_in, withdrawn_minor=paid_out)
        for n, (paid_in, paid_out) in enumerate(sums)
    ]


def _parts(rule: RuleName, pool: int, *sums: tuple[int, int]) -> list[int]:
    return list(divide(rule, pool, "CNY", _stakes(*sums)).parts.minor)


def test_paul_michael_and_karen_share_alike_whenever_they_paid() -> None:
    assert _parts(PARI_PASSU, 2_000, (1_000, 0), (1_000, 0), (1_000, 0)) == [667, 667, 666]
    assert _parts(PARI_PASSU, 1_000, (1_000, 0), (1_000, 0), (1_000, 0)) == [334, 333, 333]


def test_two_victims_of_unlike_dates_share_alike_after_the_event() -> None:
    assert _parts(PARI_PASSU, 15_000, (10_000, 0), (10_000, 0)) == [7_500, 7_500]


def test_the_tide_lifts_whoever_got_nothing_first() -> None:
    sums = ((1_000_000, 0), (1_000_000, 200_000))
    assert _parts(TIDE, 400_000, *sums) == [300_000, 100_000]
    assert _parts(NET_LOSS, 400_000, *sums) == [222_222, 177_778]


def test_a_frozen_account_is_shared_by_what_is_still_lost() -> None:
    sums = ((9_000_000, 0), (6_000_000, 0), (5_000_000, 1_000_000))
    assert _parts(NET_LOSS, 10_000_000, *sums) == [4_736_842, 3_157_895, 2_105_263]


def test_whoever_got_more_than_the_tide_gives_nothing_back() -> None:
    assert _parts(TIDE, 100, (1_000, 0), (1_000, 900)) == [100, 0]


def test_an_elected_asset_is_charged_up_to_what_the_mix_no_longer_covers() -> None:
    assert elected_asset(247_500, 300_000, 0) == 247_500
    assert elected_asset(400_000, 300_000, 0) == 300_000
    assert elected_asset(247_500, 300_000, 300_000) == 0


def test_a_policy_paid_with_two_fifths_of_the_premiums_gives_two_fifths() -> None:
    assert proportionate_share(100_003_900, 2_044_000, 5_110_000) == 40_001_560


SUMS = st.integers(0, 900)


@given(
    pool=st.integers(0, 5_000),
    rows=st.lists(st.tuples(SUMS, SUMS, st.integers(0, 3)), max_size=8),
)
def test_no_class_gets_anything_before_all_that_stand_above_it_are_whole(
    pool: int, rows: list[tuple[int, int, int]]
) -> None:
    stakes = [
        Stake(f"c{n}", datetime(2026, 1, 1, tzinfo=UTC), loss, got, tier=Tier(r, str(r), "", ""))
        for n, (loss, got, r) in enumerate(rows)
    ]
    division = divide(RuleName.WATERFALL, pool, "CNY", stakes)
    left = pool
    for one in tier_sums(division.stakes, division.parts.minor):
        assert one.share_minor == min(left, one.net_minor)
        left -= one.share_minor
    assert division.residue_minor == left


@pytest.mark.parametrize("rule", RuleName)
@given(
    pool=st.integers(0, 5_000),
    rows=st.lists(st.tuples(SUMS, SUMS, SUMS, st.integers(1, 4)), max_size=8),
)
def test_no_rule_gives_more_than_the_pool_or_a_net_loss_whatever_the_order(
    rule: RuleName, pool: int, rows: list[tuple[int, int, int, int]]
) -> None:
    stakes = [
        Stake(f"c{n}", datetime(2026, 1, day, tzinfo=UTC), loss, compensated, withdrawn)
        for n, (loss, compensated, withdrawn, day) in enumerate(rows)
    ]
    division = divide(rule, pool, "CNY", stakes)
    given_away = sum(division.parts.minor)
    pairs = zip(division.parts.minor, division.stakes, strict=True)
    assert all(0 <= part <= stake.net_minor for part, stake in pairs)
    assert division.residue_minor == pool - given_away >= 0
    if rule is not RuleName.ADMITTED_CLAIM:
        assert given_away == min(pool, sum(stake.net_minor for stake in stakes))
    assert divide(rule, pool, "CNY", stakes[::-1]) == division


@given(pool=st.integers(0, 900), rows=st.lists(st.tuples(SUMS, SUMS), min_size=2, max_size=6))
def test_the_tide_leaves_nobody_below_a_level_that_another_was_lifted_above(
    pool: int, rows: list[tuple[int, int]]
) -> None:
    division = divide(TIDE, pool, "CNY", _stakes(*rows))
    for part, stake in zip(division.parts.minor, division.stakes, strict=True):
        level = division.parts.level
        if part and level is not None:
            assert abs(part + stake.received_minor - level * stake.loss_minor) < 1


@pytest.mark.parametrize("rule", RuleName)
def test_another_figure_rule_or_currency_is_another_digest(rule: RuleName) -> None:
    stakes = _stakes((100, 0), (200, 10))
    first = divide(rule, 50, "CNY", stakes).digest
    others = [
        divide(rule, 51, "CNY", stakes),
        divide(rule, 50, "USD", stakes),
        divide(rule, 50, "CNY", _stakes((100, 0), (200, 11))),
        *(divide(other, 50, "CNY", stakes) for other in RuleName if other is not rule),
    ]
    assert first not in {other.digest for other in others}
    assert first == divide(rule, 50, "CNY", stakes[::-1]).digest


@pytest.mark.parametrize("rule", RuleName)
def test_sums_below_zero_and_claims_given_twice_are_refused(rule: RuleName) -> None:
    with pytest.raises(ValueError, match="below zero"):
        divide(rule, -1, "CNY", _stakes((1, 0)))
    with pytest.raises(ValueError, match="given twice"):
        divide(rule, 1, "CNY", _stakes((1, 0)) * 2)

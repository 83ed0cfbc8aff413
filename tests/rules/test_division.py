"""Dividing pots without tracing: published examples, and sums that must hold."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from recovery_flows.restitution.division import (
    Stake,
    elected_asset,
    net_loss,
    pari_passu,
    proportionate_share,
    rising_tide,
)

Division = Callable[[int, Sequence[Stake]], dict[str, int]]
METHODS = [pari_passu, net_loss, rising_tide]


def _stakes(*sums: tuple[int, int]) -> list[Stake]:
    return [
        Stake(chr(97 + n), datetime(2026, 1, 1 + n, tzinfo=UTC), paid_in, paid_out)
        for n, (paid_in, paid_out) in enumerate(sums)
    ]


def _parts(method: Division, pool: int, *sums: tuple[int, int]) -> list[int]:
    return list(method(pool, _stakes(*sums)).values())


def test_paul_michael_and_karen_share_alike_whenever_they_paid() -> None:
    assert _parts(pari_passu, 2_000, (1_000, 0), (1_000, 0), (1_000, 0)) == [667, 667, 666]
    assert _parts(pari_passu, 1_000, (1_000, 0), (1_000, 0), (1_000, 0)) == [334, 333, 333]


def test_two_victims_of_unlike_dates_share_alike_after_the_event() -> None:
    assert _parts(pari_passu, 15_000, (10_000, 0), (10_000, 0)) == [7_500, 7_500]


def test_the_tide_lifts_whoever_got_nothing_first() -> None:
    sums = ((1_000_000, 0), (1_000_000, 200_000))
    assert _parts(rising_tide, 400_000, *sums) == [300_000, 100_000]
    assert _parts(net_loss, 400_000, *sums) == [222_222, 177_778]


def test_a_frozen_account_is_shared_by_what_is_still_lost() -> None:
    sums = ((9_000_000, 0), (6_000_000, 0), (5_000_000, 1_000_000))
    assert _parts(net_loss, 10_000_000, *sums) == [4_736_842, 3_157_895, 2_105_263]


def test_whoever_got_more_than_the_tide_gives_nothing_back() -> None:
    assert _parts(rising_tide, 100, (1_000, 0), (1_000, 900)) == [100, 0]


def test_an_elected_asset_is_charged_up_to_what_the_mix_no_longer_covers() -> None:
    assert elected_asset(247_500, 300_000, 0) == 247_500
    assert elected_asset(400_000, 300_000, 0) == 300_000
    assert elected_asset(247_500, 300_000, 300_000) == 0


def test_a_policy_paid_with_two_fifths_of_the_premiums_gives_two_fifths() -> None:
    assert proportionate_share(100_003_900, 2_044_000, 5_110_000) == 40_001_560


@pytest.mark.parametrize("method", METHODS)
@given(
    pool=st.integers(0, 5_000),
    sums=st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), max_size=8),
)
def test_shares_sum_to_the_pool_or_to_all_that_is_lost(
    method: Division, pool: int, sums: list[tuple[int, int]]
) -> None:
    parts = _parts(method, pool, *sums)
    caps = [i if method is pari_passu else max(0, i - o) for i, o in sums]
    assert sum(parts) == min(pool, sum(caps))
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    assert method(pool, _stakes(*sums)[::-1]) == method(pool, _stakes(*sums))


@pytest.mark.parametrize("method", METHODS)
def test_sums_below_zero_and_claims_given_twice_are_refused(method: Division) -> None:
    with pytest.raises(ValueError, match="below zero"):
        method(-1, _stakes((1, 0)))
    with pytest.raises(ValueError, match="given twice"):
        method(1, _stakes((1, 0)) * 2)

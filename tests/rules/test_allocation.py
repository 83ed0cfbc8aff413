import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from config.regimes import read_regime
from models.ids import digest
from recovery_flows.law.regime import load_regime
from recovery_flows.restitution.allocation import (
    AllocationMethod,
    AllocationResult,
    ClaimShare,
    allocate,
)

LADDER = load_regime(read_regime("CN")).ladder
START = datetime(2026, 1, 1, tzinfo=UTC)
CLAIMS = st.lists(
    st.tuples(st.integers(0, 10_000_000), st.integers(0, 3), st.integers(0, 5)),
    min_size=1,
    max_size=12,
)


def _claims(*net_losses: int, traced: int = 1) -> list[ClaimShare]:
    return [
        ClaimShare(f"c{number}", net, traced, START + timedelta(hours=number))
        for number, net in enumerate(net_losses)
    ]


def _payouts(result: AllocationResult) -> list[int]:
    return [line.payout_minor for line in result.lines]


@pytest.mark.parametrize(
    ("pool", "net_losses", "payouts"),
    [
        (6_000_000, (5_000_000, 3_000_000, 2_000_000), [3_000_000, 1_800_000, 1_200_000]),
        (10_000, (50_000, 50_000, 50_000), [3_334, 3_333, 3_333]),
        (10_000_000, (9_000_000, 6_000_000, 4_000_000), [4_736_842, 3_157_895, 2_105_263]),
        (500, (300, 100), [300, 100]),
        (0, (300, 100), [0, 0]),
        (500, (0, 0), [0, 0]),
    ],
    ids=[
        "three losses",
        "three equals",
        "G19 one compensated",
        "enough",
        "none",
        "no loss",
    ],
)
def test_a_pool_is_divided_by_net_loss_to_the_last_cent(
    pool: int, net_losses: tuple[int, ...], payouts: list[int]
) -> None:
    result = allocate(pool, _claims(*net_losses), LADDER)
    assert (result.method, result.needs_notice) == (AllocationMethod.PRO_RATA, True)
    assert _payouts(result) == payouts
    assert result.undistributed_minor == pool - sum(payouts)


def test_the_money_of_one_victim_alone_goes_back_to_him_without_a_notice() -> None:
    claims = [*_claims(5_000), ClaimShare("other", 9_000, 0, START)]
    result = allocate(7_000, claims, LADDER)
    assert (result.method, result.needs_notice) == (AllocationMethod.DIRECT, False)
    assert [(line.claim_id, line.payout_minor) for line in result.lines] == [
        ("c0", 5_000), ("other", 0),
    ]  # fmt: skip
    assert result.undistributed_minor == 2_000


def test_a_claim_with_no_trace_into_the_pool_is_never_direct() -> None:
    result = allocate(100, _claims(100, traced=0), LADDER)
    assert (result.method, _payouts(result)) == (AllocationMethod.PRO_RATA, [100])


def test_the_formula_is_printed_with_its_version_and_tie_rule() -> None:
    formula = allocate(100, _claims(100, 100), LADDER).formula
    assert formula.startswith("cn-2016-art8-v1: ")
    assert "earliest loss, then claim id" in formula


def test_the_odd_cent_goes_to_the_earliest_loss_then_to_the_first_claim_id() -> None:
    late, early = ClaimShare("a", 10, 1, START + timedelta(1)), ClaimShare("z", 10, 1, START)
    twin = ClaimShare("b", 10, 1, START + timedelta(1))
    result = allocate(5, [twin, late, early], LADDER)
    assert [(line.claim_id, line.payout_minor) for line in result.lines] == [
        ("z", 2), ("a", 2), ("b", 1),
    ]  # fmt: skip


@given(pool=st.integers(0, 30_000_000), rows=CLAIMS, seed=st.randoms())
def test_any_division_is_exact_capped_and_always_the_same(
    pool: int, rows: list[tuple[int, int, int]], seed: random.Random
) -> None:
    claims = [
        ClaimShare(f"c{number}", net, traced, START + timedelta(hours=hour))
        for number, (net, traced, hour) in enumerate(rows)
    ]
    result = allocate(pool, claims, LADDER)
    direct = result.method is AllocationMethod.DIRECT
    entitled = [claim for claim in claims if claim.traced_minor] if direct else claims
    assert sum(_payouts(result)) == min(pool, sum(claim.net_loss_minor for claim in entitled))
    net = {claim.claim_id: claim.net_loss_minor for claim in claims}
    assert all(0 <= line.payout_minor <= net[line.claim_id] for line in result.lines)
    seed.shuffle(claims)
    assert digest(asdict(allocate(pool, claims, LADDER))) == digest(asdict(result))


@pytest.mark.parametrize(
    ("pool", "claims", "words"),
    [
        (-1, _claims(10), "pool of -1"),
        (1, [], "without a claim"),
        (1, _claims(10) * 2, "twice"),
        (1, _claims(-10), "below zero"),
    ],
)
def test_a_senseless_pool_or_claim_is_refused(
    pool: int, claims: list[ClaimShare], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        allocate(pool, claims, LADDER)


def test_a_country_without_a_ladder_divides_nothing() -> None:
    with pytest.raises(ValueError, match="no step pro_rata"):
        allocate(1, _claims(10, 10), load_regime(read_regime("GB")).ladder)

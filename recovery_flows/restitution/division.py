"""Dividing what is left without tracing: pots and claims, exact to the minor unit.

Largest remainder everywhere; a tie goes to the earliest loss, then to the lower claim id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.money import split_minor


@dataclass(frozen=True, slots=True)
class Stake:
    """What one claim paid in and already got back, in minor units of the pool's currency."""

    claim_id: str
    first_loss_at: datetime
    paid_in_minor: int
    paid_out_minor: int = 0


def pari_passu(pool_minor: int, stakes: Sequence[Stake]) -> dict[str, int]:
    """Shares in proportion to what was paid in, whenever that was; nobody gets more than that.

    Barlow Clowes International v Vaughan [1992] 4 All ER 22. ValueError: negative or double.
    """
    return _shared(pool_minor, stakes, lambda stake: stake.paid_in_minor)


def net_loss(pool_minor: int, stakes: Sequence[Stake]) -> dict[str, int]:
    """Shares in proportion to paid in less paid out; who got his money back shares in nothing.

    The net investment method of SIPC v BLMIS, 654 F.3d 229 (2d Cir 2011).
    """
    return _shared(pool_minor, stakes, lambda s: max(0, s.paid_in_minor - s.paid_out_minor))


def rising_tide(pool_minor: int, stakes: Sequence[Stake]) -> dict[str, int]:
    """Everybody is lifted to the same part of what he paid in; earlier payouts count towards it.

    max(0, r * in - out), with the r at which that sums to the pool; SEC v Huber,
    702 F.3d 903 (7th Cir 2012).
    """
    ordered = _ordered(pool_minor, stakes)
    losses = sum(max(0, s.paid_in_minor - s.paid_out_minor) for s in ordered)
    pool = min(pool_minor, losses)
    paid_in, paid_out = _lifted(pool, ordered)
    # r = (pool + paid out) / paid in over those below the tide; times paid in it is a whole number.
    weights = [
        max(0, s.paid_in_minor * (pool + paid_out) - s.paid_out_minor * paid_in) for s in ordered
    ]
    return _split(pool, ordered, weights)


def _lifted(pool: int, ordered: Sequence[Stake]) -> tuple[int, int]:
    """Sums paid in and out of those whom the tide reaches: lowest recovered part first."""
    paid_in = paid_out = 0
    able = [s for s in ordered if s.paid_in_minor]
    for stake in sorted(able, key=lambda s: s.paid_out_minor * _scale(able) // s.paid_in_minor):
        if (pool + paid_out) * stake.paid_in_minor <= stake.paid_out_minor * paid_in:
            continue
        paid_in += stake.paid_in_minor
        paid_out += stake.paid_out_minor
    return paid_in, paid_out


def _scale(stakes: Sequence[Stake]) -> int:
    # Two unequal fractions out/in differ by at least 1 / (in * in), so this scale keeps them apart.
    return max(s.paid_in_minor for s in stakes) ** 2


def elected_asset(asset_minor: int, claim_minor: int, left_in_mix_minor: int) -> int:
    """What a claimant gets of an asset bought from the mix, when he elects it: up to his claim.

    Only what the rest of the mix no longer covers: Re Oatway [1903] 2 Ch 356. A person elects, so
    no trace may do it by itself.
    """
    _check_sums(asset_minor, claim_minor, left_in_mix_minor)
    return min(asset_minor, max(0, claim_minor - left_in_mix_minor))


def proportionate_share(asset_minor: int, traced_minor: int, price_minor: int) -> int:
    """The part of an asset's present value that traced money bought: value * traced / price.

    Gains and losses are shared: Foskett v McKeown [2001] 1 AC 102. A half unit is the claimant's.
    """
    _check_sums(asset_minor, traced_minor, price_minor)
    if not price_minor or traced_minor > price_minor:
        raise ValueError(f"{traced_minor} traced into a price of {price_minor} minor units")
    return split_minor(asset_minor, [traced_minor, price_minor - traced_minor])[0]


def _shared(
    pool_minor: int, stakes: Sequence[Stake], weight: Callable[[Stake], int]
) -> dict[str, int]:
    ordered = _ordered(pool_minor, stakes)
    weights = [weight(stake) for stake in ordered]
    return _split(min(pool_minor, sum(weights)), ordered, weights)


def _split(pool: int, ordered: Sequence[Stake], weights: Sequence[int]) -> dict[str, int]:
    parts = split_minor(pool, weights) if pool else [0] * len(weights)
    return {stake.claim_id: part for stake, part in zip(ordered, parts, strict=True)}


def _ordered(pool_minor: int, stakes: Sequence[Stake]) -> list[Stake]:
    _check_sums(pool_minor, *(n for s in stakes for n in (s.paid_in_minor, s.paid_out_minor)))
    if len({stake.claim_id for stake in stakes}) < len(stakes):
        raise ValueError("a claim is given twice in one division: give each claim once")
    return sorted(stakes, key=lambda stake: (stake.first_loss_at, stake.claim_id))


def _check_sums(*sums_minor: int) -> None:
    for minor in sums_minor:
        if minor < 0:
            raise ValueError(f"a sum of {minor} minor units cannot be divided: it is below zero")

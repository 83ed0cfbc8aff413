"""The rising tide: whoever has got least is lifted first."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from models.money import split_minor
from recovery_flows.restitution.methods.stakes import Parts, Stake


def rising_tide(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """Everybody is lifted to the same part of his loss; what came back before counts towards it.

    max(0, r * loss - received), with the r <= 1 at which that sums to the pool; SEC v Huber,
    702 F.3d 903 (7th Cir 2012). Money withdrawn and paid in again counts as received: CCWB Asset
    Investments v Milligan, 112 F.4th 171 (4th Cir 2024).
    """
    pool = min(pool_minor, sum(stake.net_minor for stake in stakes))
    lost, received = _lifted(pool, stakes)
    # r = (pool + received) / lost over those below the tide; times lost it is a whole number.
    weights = [max(0, s.loss_minor * (pool + received) - s.received_minor * lost) for s in stakes]
    parts = split_minor(pool, weights) if pool else [0] * len(weights)
    level = Fraction(pool + received, lost) if lost else None
    return Parts(tuple(parts), tuple(weights), level)


def _lifted(pool: int, stakes: Sequence[Stake]) -> tuple[int, int]:
    """Sums lost and received of those whom the tide reaches: lowest recovered part first."""
    lost = received = 0
    able = [s for s in stakes if s.loss_minor]
    scale = max((s.loss_minor for s in able), default=1) ** 2
    # Two unequal fractions received/loss differ by at least 1 / (loss * loss).
    for stake in sorted(able, key=lambda s: s.received_minor * scale // s.loss_minor):
        if (pool + received) * stake.loss_minor <= stake.received_minor * lost:
            break
        lost += stake.loss_minor
        received += stake.received_minor
    return lost, received

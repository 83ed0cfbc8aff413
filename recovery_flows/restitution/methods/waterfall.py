"""The waterfall: an estate that is too short for all is paid out class by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recovery_flows.restitution.methods.proportional import by_weight
from recovery_flows.restitution.methods.stakes import Parts, Stake, Tier


@dataclass(frozen=True, slots=True)
class TierSum:
    """A class with the net losses in it together, and what they get together."""

    tier: Tier
    net_minor: int
    share_minor: int


def waterfall(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """Each class gets its net losses in full before the next gets anything; inside, pro rata.

    Claims without a class are one class, the last. Which classes there are, and in which order, is
    the law of a country: its rows `priority`.
    """
    parts, weights, left = [0] * len(stakes), tuple(s.net_minor for s in stakes), pool_minor
    places: dict[int | None, list[int]] = {}
    for n, stake in enumerate(stakes):
        places.setdefault(stake.tier.rank if stake.tier else None, []).append(n)
    for rank in sorted(places, key=lambda rank: (rank is None, rank or 0)):
        here = places[rank]
        for n, part in zip(here, by_weight(left, [weights[n] for n in here]).minor, strict=True):
            parts[n] = part
        left -= sum(parts[n] for n in here)
    return Parts(tuple(parts), weights)


def tier_sums(stakes: Sequence[Stake], shares_minor: Sequence[int]) -> tuple[TierSum, ...]:
    """The classes that the stakes have, in the order in which they are paid; none without any."""
    found: dict[Tier, list[int]] = {}
    for stake, share in zip(stakes, shares_minor, strict=True):
        if stake.tier is not None:
            sums = found.setdefault(stake.tier, [0, 0])
            sums[0] += stake.net_minor
            sums[1] += share
    return tuple(TierSum(tier, *found[tier]) for tier in sorted(found, key=lambda one: one.rank))

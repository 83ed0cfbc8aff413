"""Shares in proportion: to the net loss, to what was paid in, to the claim as it was admitted.

Each takes the stakes in order; odd units go by largest remainder, a tie to the earlier stake.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from models.money import split_minor
from recovery_flows.restitution.methods.stakes import Parts, Stake


def by_net_loss(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """min(net loss, pool x net loss / sum of net losses).

    CBRC and MPS Provisions (2016) art 8(3); as the net investment method SIPC v BLMIS,
    654 F.3d 229 (2d Cir 2011).
    """
    return by_weight(pool_minor, [stake.net_minor for stake in stakes])


def by_weight(pool_minor: int, weights: Sequence[int]) -> Parts:
    """In proportion to weights that are also the most that each may get."""
    # Below their sum no share reaches its cap, at their sum all do.
    whole = sum(weights)
    total = min(pool_minor, whole)
    parts = split_minor(total, weights) if total else [0] * len(weights)
    return Parts(tuple(parts), tuple(weights), Fraction(total, whole) if whole else None)


def pari_passu(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """In proportion to what was lost at first, whenever that was, up to each net loss.

    What a claim that is whole does not need goes to the others in the same proportion.
    Barlow Clowes International v Vaughan [1992] 4 All ER 22.
    """
    weights = [stake.loss_minor if stake.net_minor else 0 for stake in stakes]
    caps = [stake.net_minor for stake in stakes]
    open_ones = [n for n, weight in enumerate(weights) if weight]
    scale = max((weights[n] for n in open_ones), default=1) ** 2
    # Two unequal fractions cap/weight differ by at least 1 / (weight * weight).
    by_cap = sorted(open_ones, key=lambda n: caps[n] * scale // weights[n])
    left, whole = min(pool_minor, sum(caps)), sum(weights)
    parts, full = [0] * len(stakes), 0
    for n in by_cap:
        if caps[n] * whole > left * weights[n]:
            break
        parts[n], left, whole, full = caps[n], left - caps[n], whole - weights[n], full + 1
    rest = sorted(by_cap[full:])
    if left:
        for n, part in zip(rest, split_minor(left, [weights[n] for n in rest]), strict=True):
            parts[n] = part
    return Parts(tuple(parts), tuple(weights), Fraction(left, whole) if whole else Fraction(1))


def by_admitted_claim(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """In proportion to paid in less withdrawn, whatever others have compensated, until whole.

    What exceeds a claimant's net loss is not his: who compensated him steps into his place. As the
    trustee of Bernard L. Madoff Investment Securities has distributed under SIPA.
    """
    weights = [max(0, stake.loss_minor - stake.withdrawn_minor) for stake in stakes]
    dividends = by_weight(pool_minor, weights)
    pairs = zip(dividends.minor, stakes, strict=True)
    return Parts(
        tuple(min(part, stake.net_minor) for part, stake in pairs), tuple(weights), dividends.level
    )

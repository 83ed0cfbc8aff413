"""Things bought with mixed money: what a claimant gets of one."""

from __future__ import annotations

from models.money import split_minor
from recovery_flows.restitution.methods.stakes import check_sums


def elected_asset(asset_minor: int, claim_minor: int, left_in_mix_minor: int) -> int:
    """What a claimant gets of an asset bought from the mix, when he elects it: up to his claim.

    Only what the rest of the mix no longer covers: Re Oatway [1903] 2 Ch 356. A person elects, so
    no trace may do it by itself.
    """
    check_sums(asset_minor, claim_minor, left_in_mix_minor)
    return min(asset_minor, max(0, claim_minor - left_in_mix_minor))


def proportionate_share(asset_minor: int, traced_minor: int, price_minor: int) -> int:
    """The part of an asset's present value that traced money bought: value * traced / price.

    Gains and losses are shared: Foskett v McKeown [2001] 1 AC 102. A half unit is the claimant's.
    """
    check_sums(asset_minor, traced_minor, price_minor)
    if not price_minor or traced_minor > price_minor:
        raise ValueError(f"{traced_minor} traced into a price of {price_minor} minor units")
    return split_minor(asset_minor, [traced_minor, price_minor - traced_minor])[0]

"""Divides held money among claims by the regime's order of methods, exact to the minor unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.entities.allocation import AllocationRow
from recovery_flows.law.rows import Step
from recovery_flows.restitution.methods.proportional import by_weight
from recovery_flows.restitution.methods.stakes import Stake, Tier
from recovery_flows.restitution.methods.waterfall import waterfall


class AllocationMethod(StrEnum):
    """The methods of the law that this module computes."""

    DIRECT = "direct"
    PRO_RATA = "pro_rata"
    WATERFALL = "waterfall"


TREASURY = "treasury"
"""What an allocation is that takes a share to the treasury which nobody has claimed."""


COURT_LIST = "court_list"
"""What an allocation is that carries out a court's list; no rule of ours divided it."""


def is_among_all(allocation: AllocationRow) -> bool:
    """Whether all claims of the file share in it, and not the one whose money it is."""
    among_all = (AllocationMethod.PRO_RATA, AllocationMethod.WATERFALL, COURT_LIST)
    return allocation.method in among_all


def is_round(allocation: AllocationRow) -> bool:
    """Whether an allocation gives to victims; the other kind takes a share to the treasury."""
    return allocation.method != TREASURY


@dataclass(frozen=True, slots=True)
class ClaimShare:
    """One claim on a pool: verified loss less compensation, and what is traced into the pool."""

    claim_id: str
    net_loss_minor: int
    traced_minor: int
    first_loss_at: datetime
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The share of one claim; `weight_minor` is its weight in the formula (0: no share)."""

    claim_id: str
    weight_minor: int
    payout_minor: int


@dataclass(frozen=True, slots=True)
class AllocationResult:
    """A division of a pool: lines by earliest loss then claim id; the rest is not given away."""

    method: AllocationMethod
    formula: str
    lines: tuple[Line, ...]
    needs_notice: bool
    undistributed_minor: int


def allocate(
    pool_minor: int,
    claims: Sequence[ClaimShare],
    ladder: Iterable[Step],
    without: Collection[str] = (),
    *,
    is_mixed: bool = False,
) -> AllocationResult:
    """Divide `pool_minor` (currency of the losses) by the first step of the ladder that fits.

    Direct where the money of one claim only is traced into the pool and the pool is not mixed
    (times do not tell whose it is), else pro rata on net loss, class by class where claims have
    one and the law has that step;
    nobody gets more than his net loss. Claims `without` a part (a share of theirs is less than a
    coin that can be paid) count for the method and get nothing.

    ValueError: negative sums, a claim given twice, no step.
    Source: CBRC and MPS Provisions on returning frozen funds (2016) art 8.
    """
    _check(pool_minor, claims)
    ordered = sorted(claims, key=lambda claim: (claim.first_loss_at, claim.claim_id))
    direct = not is_mixed and sum(claim.traced_minor > 0 for claim in ordered) == 1
    ladder = list(ladder)
    method = AllocationMethod.DIRECT if direct else _among_all(ordered, ladder)
    weights = [
        0
        if claim.claim_id in without or (direct and not claim.traced_minor)
        else claim.net_loss_minor
        for claim in ordered
    ]
    if method is AllocationMethod.WATERFALL:
        stakes = [
            Stake(claim.claim_id, claim.first_loss_at, weight, tier=claim.tier)
            for claim, weight in zip(ordered, weights, strict=True)
        ]
        payouts = waterfall(pool_minor, stakes).minor
    else:
        payouts = by_weight(pool_minor, weights).minor
    step = _step(method, ladder)
    return AllocationResult(
        method=method,
        formula=f"{step.version}: {step.formula}",
        lines=tuple(
            Line(claim.claim_id, weight, payout)
            for claim, weight, payout in zip(ordered, weights, payouts, strict=True)
        ),
        needs_notice=step.needs_notice,
        undistributed_minor=pool_minor - sum(payouts),
    )


def _among_all(claims: Sequence[ClaimShare], ladder: Iterable[Step]) -> AllocationMethod:
    """Class by class where an officer has said a class and the law pays by them, else pro rata."""
    by_class = any(claim.tier is not None for claim in claims)
    if by_class and any(step.code == AllocationMethod.WATERFALL for step in ladder):
        return AllocationMethod.WATERFALL
    return AllocationMethod.PRO_RATA


def _step(method: AllocationMethod, ladder: Iterable[Step]) -> Step:
    for step in ladder:
        if step.code == method:
            return step
    raise ValueError(f"the regime's return ladder has no step {method}")


def _check(pool_minor: int, claims: Sequence[ClaimShare]) -> None:
    if pool_minor < 0:
        raise ValueError(f"a pool of {pool_minor} minor units cannot be divided")
    if not claims:
        raise ValueError("a pool without a claim cannot be divided")
    if len({claim.claim_id for claim in claims}) < len(claims):
        raise ValueError("a claim is given twice in one allocation")
    for claim in claims:
        if claim.net_loss_minor < 0 or claim.traced_minor < 0:
            raise ValueError(f"claim {claim.claim_id} has a loss or a trace below zero")

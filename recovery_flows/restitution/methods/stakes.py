"""What a division is made from: what each claim lost and already got, and the order of claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from models.entities.claim import ClaimRow


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of claims on a short estate: `rank` 0 is paid first; by which text, in words."""

    rank: int
    code: str
    label: str
    source: str


def tier_of(claim: ClaimRow) -> Tier | None:
    """The class that an officer has given a claim of a recovery, as the regime names it."""
    if not claim.priority:
        return None
    return Tier(claim.priority_rank, claim.priority, claim.priority, "the regime's row `priority`")


class Stake(NamedTuple):
    """One claim in minor units of the pool's currency.

    `compensated` came from others (a bank, an insurer, the offender), `withdrawn` from the scheme.
    `tier` is the class of the claim; only the waterfall looks at it.
    """

    claim_id: str
    first_loss_at: datetime
    loss_minor: int
    compensated_minor: int = 0
    withdrawn_minor: int = 0
    tier: Tier | None = None

    @property
    def received_minor(self) -> int:
        """What came back before this division, from whomever."""
        return self.compensated_minor + self.withdrawn_minor

    @property
    def net_minor(self) -> int:
        """The net loss: the most that any rule may give; never below zero."""
        net = self.loss_minor - self.compensated_minor - self.withdrawn_minor
        return net if net > 0 else 0  # noqa: FURB136 - asked of each of a hundred thousand


@dataclass(frozen=True, slots=True)
class Parts:
    """What a rule gives, in the order of the stakes, and the figures behind it.

    `weights` is each claim's part in the formula. `level` is the part of a weight (for the tide:
    of a loss) that a claim which is not yet whole reaches; None for rules by date.
    """

    minor: tuple[int, ...]
    weights: tuple[int, ...]
    level: Fraction | None = None


def ordered(pool_minor: int, stakes: Sequence[Stake]) -> list[Stake]:
    """The stakes by earliest loss, then claim id: the order in which odd units are given.

    ValueError: a sum below zero, a claim given twice.
    """
    check_sums(pool_minor)
    for stake in stakes:
        check_sums(stake.loss_minor, stake.compensated_minor, stake.withdrawn_minor)
    if len({stake.claim_id for stake in stakes}) < len(stakes):
        raise ValueError("a claim is given twice in one division: give each claim once")
    by_id = sorted(stakes, key=attrgetter("claim_id"))
    return sorted(by_id, key=attrgetter("first_loss_at"))  # a sort keeps the order of equals


def check_sums(*sums_minor: int) -> None:
    """ValueError for a sum below zero."""
    for minor in sums_minor:
        if minor < 0:
            raise ValueError(f"a sum of {minor} minor units cannot be divided: it is below zero")

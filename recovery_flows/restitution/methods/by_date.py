"""By date alone: whose money is taken to be what is still there.

These presume that what left the pool was paid out of all claims in the order of their payments.
Where a statement shows who was paid when, a trace says more: `recovery trace`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from recovery_flows.restitution.methods.proportional import by_weight
from recovery_flows.restitution.methods.stakes import Parts, Stake


def first_in_first_out(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """The oldest money left first, so what is there is the latest victims'.

    Devaynes v Noble (Clayton's Case) (1816) 1 Mer 572.
    """
    return _filled(pool_minor, stakes, reversed(_instants(stakes)))


def last_in_first_out(pool_minor: int, stakes: Sequence[Stake]) -> Parts:
    """The newest money left first, so what is there is the earliest victims'."""
    return _filled(pool_minor, stakes, _instants(stakes))


def _instants(stakes: Sequence[Stake]) -> list[list[int]]:
    """Places of the stakes, those of one instant together, the earliest first."""
    places = sorted(range(len(stakes)), key=lambda n: stakes[n].first_loss_at)
    at = attrgetter("first_loss_at")
    return [list(group) for _, group in groupby(places, key=lambda n: at(stakes[n]))]


def _filled(pool_minor: int, stakes: Sequence[Stake], instants: Iterable[list[int]]) -> Parts:
    parts, weights, left = [0] * len(stakes), tuple(s.net_minor for s in stakes), pool_minor
    for places in instants:
        # No order tells payments of one instant apart: they share by net loss.
        for n, part in zip(
            places, by_weight(left, [weights[n] for n in places]).minor, strict=True
        ):
            parts[n] = part
        left -= sum(parts[n] for n in places)
    return Parts(tuple(parts), weights)

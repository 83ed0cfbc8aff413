"""A division carried out hold by hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recovery_flows.ledger.pools import Pool
from recovery_flows.restitution.allocation import Line


@dataclass(frozen=True, slots=True)
class Part:
    """What one claim is to get out of one hold."""

    claim_id: str
    hold_id: str
    amount_minor: int


def parts_of(lines: Iterable[Line], given: Sequence[Pool]) -> tuple[tuple[Part, ...], set[str]]:
    """A division carried out hold by hold, and the claims whose share is too small to be paid."""
    left = list(given)
    parts: list[Part] = []
    unpaid: set[str] = set()
    for line in lines:
        due = line.payout_minor
        for place, pool in enumerate(left):
            part = min(due, pool.payable_minor)
            if not pool.can_pay(part):
                continue
            left[place] = pool.less(part)
            due -= part
            parts.append(Part(line.claim_id, pool.hold_id, part))
        if line.payout_minor and due == line.payout_minor:
            unpaid.add(line.claim_id)
    return tuple(parts), unpaid

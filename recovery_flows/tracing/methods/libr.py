"""Own money first (Re Hallett): the claim is the lowest balance since it came (Roscoe v Winder).

What the holder pays out is his own as long as he has any, and what he pays in later is his own too,
so that a claim never grows again: min(claim, balance) after every event falls out by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.held_over_time import Held
from recovery_flows.tracing.methods.among import Among
from recovery_flows.tracing.methods.pro_rata import rounded
from recovery_flows.tracing.methods.result import traced
from recovery_flows.tracing.methods.two_parts import two_part_rule
from recovery_flows.tracing.methods.types import Coverage, Opening, Source, Trace, Transfer
from recovery_flows.tracing.methods.walk import walk


def trace(
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
    holds: Iterable[Held] = (),
    among: Among = Among.FIFO,
) -> Trace:
    """Where each claim's money is at `as_of` by own money first, in whole minor units."""
    rule = two_part_rule(among, own_first=True)
    walked = walk(rule, transfers, sources, openings, coverage, as_of, holds)
    return traced(rounded(walked) if among is Among.PRO_RATA else walked)

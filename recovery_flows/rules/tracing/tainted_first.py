"""Stolen money first, the victims' by age: a lead to where it can have gone, no attribution.

It isn't Oatway's choice either: that is a person's election of one asset (`rules.sharing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.held import Held
from recovery_flows.rules.tracing.among import Among
from recovery_flows.rules.tracing.found import traced
from recovery_flows.rules.tracing.two_parts import two_part_rule
from recovery_flows.rules.tracing.types import Coverage, Opening, Source, Trace, Transfer
from recovery_flows.rules.tracing.walk import walk

STOLEN_FIRST = two_part_rule(Among.FIFO, own_first=False)


def trace(
    transfers: Iterable[Transfer],
    sources: Iterable[Source],
    openings: Iterable[Opening],
    coverage: Iterable[Coverage],
    *,
    as_of: datetime,
    holds: Iterable[Held] = (),
) -> Trace:
    """Where each claim's money could be at `as_of` if it always left first, in minor units."""
    return traced(walk(STOLEN_FIRST, transfers, sources, openings, coverage, as_of, holds))

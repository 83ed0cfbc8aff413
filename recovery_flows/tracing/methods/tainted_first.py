"""Stolen money first, the victims' by age: a lead to where it can have gone, no attribution.

It isn't Oatway's choice either: that is a person's election of one asset (`rules.sharing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.held_over_time import Held
from recovery_flows.tracing.methods.among import Among
from recovery_flows.tracing.methods.result import traced
from recovery_flows.tracing.methods.two_parts import two_part_rule
from recovery_flows.tracing.methods.types import Coverage, Opening, Source, Trace, Transfer
from recovery_flows.tracing.methods.walk import walk

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

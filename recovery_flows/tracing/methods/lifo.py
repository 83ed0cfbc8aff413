"""Last in, first out: the newest money in an account is the first to leave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from models.held_over_time import Held
from recovery_flows.tracing.methods.lots import NEWEST_FIRST
from recovery_flows.tracing.methods.result import traced
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
) -> Trace:
    """Where each claim's money is at `as_of` by last in, first out, in whole minor units."""
    return traced(walk(NEWEST_FIRST, transfers, sources, openings, coverage, as_of, holds))

"""What the screen of a trace looks at."""

from __future__ import annotations

from dataclasses import dataclass

from recovery_flows.tracing.views import HopView, TracePage


@dataclass(frozen=True, slots=True)
class TraceView:
    """A trace as it is looked at: from which rule on, and whose way."""

    page: TracePage
    first_rule: int
    victim: int
    hops: tuple[HopView, ...]
    zone: str

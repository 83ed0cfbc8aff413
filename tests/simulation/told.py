"""What one history came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation.eyes import ViolationError


@dataclass(slots=True)
class Told:
    """What a history came to: steps played, faults by kind, its end states; a violation or none."""

    seed: int
    steps: int = 0
    checks: int = 0
    acts: int = 0
    refused: int = 0
    requests: int = 0
    crashes: int = 0
    meetings: int = 0
    days: float = 0
    reached: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    violation: ViolationError | None = None

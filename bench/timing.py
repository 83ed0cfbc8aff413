"""One stopwatch for all benches."""

from __future__ import annotations

import time
from collections.abc import Callable


def best_seconds(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few runs, in seconds of the wall."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)

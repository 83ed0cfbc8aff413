"""Whole minor units out of shares that are floats: once, at the end, and the sum is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def apportioned(values: Floats, total: int) -> NDArray[Any]:
    """Whole numbers that sum to `total` exactly, by largest remainder; ties to the earlier."""
    floors = np.floor(values)
    whole = floors.astype(np.int64)
    left = total - int(whole.sum())
    if left > 0:
        whole[_largest(values - floors, left)] += 1
    elif left < 0:
        order = np.argsort(values - floors, kind="stable")
        able = order[whole[order] > 0]
        whole[able[:-left]] -= 1
    return whole


def _largest(values: Floats, count: int) -> NDArray[np.int64]:
    """Places of the `count` largest; of equal ones the earlier."""
    edge = np.partition(values, len(values) - count)[len(values) - count]
    sure = np.flatnonzero(values > edge)
    return np.concatenate([sure, np.flatnonzero(values == edge)[: count - len(sure)]])

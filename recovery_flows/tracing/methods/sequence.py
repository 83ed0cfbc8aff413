"""One order for all payments that keeps each bank's own order within every account."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise


def in_bank_order(
    keys: Sequence[tuple[datetime, str]], queues: Iterable[Sequence[int]]
) -> list[tuple[int, datetime]]:
    """Positions of `keys` (time, id) in an order that no queue contradicts, each with its time.

    A time is moved up where a queue says that something later came first, as when two banks book
    one payment at different times. Queues that contradict each other give way by time, then id.
    """
    after, waits = _edges(len(keys), queues)
    times = [at for at, _ in keys]
    ready = [(at, name, n) for n, (at, name) in enumerate(keys) if not waits[n]]
    heapq.heapify(ready)
    spare = iter(sorted(range(len(keys)), key=lambda n: keys[n]))
    done: set[int] = set()
    result: list[tuple[int, datetime]] = []
    while len(result) < len(keys):
        node = heapq.heappop(ready)[2] if ready else next(n for n in spare if n not in done)
        if node in done:
            continue
        done.add(node)
        times[node] = max(times[node], result[-1][1]) if result else times[node]
        result.append((node, times[node]))
        for later in after[node]:
            times[later] = max(times[later], times[node])
            waits[later] -= 1
            if not waits[later]:
                heapq.heappush(ready, (times[later], keys[later][1], later))
    return result


def _edges(count: int, queues: Iterable[Sequence[int]]) -> tuple[list[list[int]], list[int]]:
    after: list[list[int]] = [[] for _ in range(count)]
    waits = [0] * count
    for queue in queues:
        for node, later in pairwise(queue):
            if node != later:
                after[node].append(later)
                waits[later] += 1
    return after, waits

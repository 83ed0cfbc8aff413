"""The order of payments: each bank's own order within every account, and within one instant.

Banks often give a date only. Within such a batch payers come before their payees: whoever pays on
what he just received comes after that; where payments go round in a circle the order of the rows
decides.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Container, Hashable, Iterable, Sequence
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


Ends = tuple[Hashable | None, Hashable | None]
"""Payer and payee of one payment; None is outside or out of sight."""


def payers_first(batch: Sequence[Ends]) -> list[int]:
    """Places of the batch, each payment after all that its payer receives; else in row order."""
    if len(batch) == 1:
        return [0]
    awaited = Counter(payee for payer, payee in batch if payee is not None and payer != payee)
    waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
    ready: list[int] = []
    for place, (payer, _) in enumerate(batch):
        if payer is not None and awaited[payer]:
            waiting[payer].append(place)
        else:
            ready.append(place)
    return _emitted(batch, ready, waiting, awaited)


def _emitted(
    batch: Sequence[Ends],
    ready: list[int],
    waiting: defaultdict[Hashable, list[int]],
    awaited: Counter[Hashable],
) -> list[int]:
    spare = iter(range(len(batch)))
    done: set[int] = set()
    order: list[int] = []
    while len(order) < len(batch):
        place = heapq.heappop(ready) if ready else next(n for n in spare if n not in done)
        if place in done:
            continue
        done.add(place)
        order.append(place)
        payer, payee = batch[place]
        if payee is None or payer == payee:
            continue
        awaited[payee] -= 1
        if not awaited[payee]:
            for later in waiting[payee]:
                heapq.heappush(ready, later)
    return order


def whole_payers_first(batch: Sequence[Ends]) -> list[list[int]]:
    """Like `payers_first`, but all payments of one payer together: a list of places per payer."""
    paid_by: defaultdict[Hashable | None, list[int]] = defaultdict(list)
    for place, (payer, _) in enumerate(batch):
        paid_by[payer].append(place)
    payers = {payer: number for number, payer in enumerate(paid_by)}
    awaited = Counter(payee for payer, payee in batch if _is_awaited(payer, payee, payers))
    ready = [n for payer, n in payers.items() if not awaited[payer]]
    heapq.heapify(ready)
    names, spare, done = list(paid_by), iter(range(len(payers))), set[int]()
    groups: list[list[int]] = []
    while len(groups) < len(names):
        number = heapq.heappop(ready) if ready else next(n for n in spare if n not in done)
        if number in done:
            continue
        done.add(number)
        groups.append(paid_by[names[number]])
        for place in groups[-1]:
            payer, payee = batch[place]
            if _is_awaited(payer, payee, payers):
                awaited[payee] -= 1
                if not awaited[payee]:
                    heapq.heappush(ready, payers[payee])
    return groups


def _is_awaited(
    payer: Hashable | None, payee: Hashable | None, payers: Container[Hashable | None]
) -> bool:
    """Whether the payee pays too and waits for this; outside and out of sight are no accounts."""
    return payer is not None and payee is not None and payer != payee and payee in payers

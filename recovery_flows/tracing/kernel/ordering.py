"""The order within one booking instant, compiled: as `tracing.methods.ordering`, on arrays."""

from __future__ import annotations

import heapq

import numba as nb
import numpy as np
from numpy.typing import NDArray

from recovery_flows.tracing.kernel.problem import Bools, Ints32, Ints64

NONE = -1


def rows_payers_first(batch: NDArray[np.integer], payer: Ints32, payee: Ints32) -> Ints64:
    """Rows in an order where, within a batch, accounts receive before they pay on."""
    return _by_batch(_ends(batch), payer, payee, _accounts(payer, payee))


def rows_highest_out(batch: Ints32, payer: Ints32, payee: Ints32, minor: Ints64) -> Ints64:
    """Rows in an order where, within a batch, payers precede payees and pay large sums first."""
    falling = np.lexsort((-minor, batch))
    return _by_payer(_ends(batch), payer, payee, falling, _accounts(payer, payee))


def _ends(batch: NDArray[np.integer]) -> Ints64:
    """Where each run of one number begins, and the end."""
    turns = np.flatnonzero(np.diff(batch)) + 1
    return np.concatenate(([0], turns, [len(batch)])).astype(np.int64)


def _accounts(payer: Ints32, payee: Ints32) -> int:
    return int(max(payer.max(initial=NONE), payee.max(initial=NONE))) + 1


_compiled = nb.njit(cache=True, nogil=True)


@_compiled
def _is_awaited(payer: int, payee: int) -> bool:
    return payee >= 0 and payer != payee


@_compiled
def _by_batch(ends: Ints64, payer: Ints32, payee: Ints32, accounts: int) -> Ints64:
    order = np.arange(len(payer))
    awaited = np.zeros(accounts, np.int64)
    waiting = np.full(accounts, NONE, np.int64)
    after = np.full(len(payer), NONE, np.int64)
    done = np.zeros(len(payer), np.bool_)
    for number in range(len(ends) - 1):
        begin, end = ends[number], ends[number + 1]
        if end - begin == 1:
            continue
        for row in range(begin, end):
            if _is_awaited(payer[row], payee[row]):
                awaited[payee[row]] += 1
        ready = [begin for _ in range(0)]
        for row in range(begin, end):
            if payer[row] >= 0 and awaited[payer[row]]:
                after[row], waiting[payer[row]] = waiting[payer[row]], row
            else:
                ready.append(row)
        _emit_rows(order, (begin, end), ready, payer, payee, awaited, waiting, after, done)
        for row in range(begin, end):
            if payer[row] >= 0:
                waiting[payer[row]] = NONE
    return order


@_compiled
def _emit_rows(
    order: Ints64,
    span: tuple[int, int],
    ready: list[int],
    payer: Ints32,
    payee: Ints32,
    awaited: Ints64,
    waiting: Ints64,
    after: Ints64,
    done: Bools,
) -> None:
    at, spare = span[0], span[0]
    while at < span[1]:
        row = heapq.heappop(ready) if ready else spare
        spare += row == spare
        if done[row]:
            continue
        done[row], order[at] = True, row
        at += 1
        if _is_awaited(payer[row], payee[row]):
            awaited[payee[row]] -= 1
            later = waiting[payee[row]] if not awaited[payee[row]] else NONE
            while later != NONE:
                heapq.heappush(ready, later)
                later = after[later]


@_compiled
def _by_payer(ends: Ints64, payer: Ints32, payee: Ints32, falling: Ints64, accounts: int) -> Ints64:
    order = np.empty(len(payer), np.int64)
    # Money from outside has the last place, -1.
    awaited = np.zeros(accounts + 1, np.int64)
    first = np.full(accounts + 1, NONE, np.int64)  # row with which the payer appears in the batch
    head = np.full(accounts + 1, NONE, np.int64)  # his payments by falling amount, chained
    after = np.full(len(payer), NONE, np.int64)
    done = np.zeros(len(payer), np.bool_)
    for number in range(len(ends) - 1):
        begin, end = ends[number], ends[number + 1]
        for row in range(end - 1, begin - 1, -1):
            first[payer[row]] = row
        for place in range(end - 1, begin - 1, -1):
            row = falling[place]
            after[row], head[payer[row]] = head[payer[row]], row
        for row in range(begin, end):
            if _waits_for(payer[row], payee[row], first):
                awaited[payee[row]] += 1
        ready = [
            row for row in range(begin, end) if first[payer[row]] == row and not awaited[payer[row]]
        ]
        _emit_payers(order, (begin, end), ready, payer, payee, awaited, first, head, after, done)
        for row in range(begin, end):
            first[payer[row]] = head[payer[row]] = NONE
    return order


@_compiled
def _waits_for(payer: int, payee: int, first: Ints64) -> bool:
    return payer >= 0 and _is_awaited(payer, payee) and first[payee] != NONE


@_compiled
def _emit_payers(
    order: Ints64,
    span: tuple[int, int],
    ready: list[int],
    payer: Ints32,
    payee: Ints32,
    awaited: Ints64,
    first: Ints64,
    head: Ints64,
    after: Ints64,
    done: Bools,
) -> None:
    at, spare = span[0], span[0]
    while at < span[1]:
        row = heapq.heappop(ready) if ready else spare
        spare += row == spare
        if done[row] or first[payer[row]] != row:
            continue
        done[row] = True
        step = head[payer[row]]
        while step != NONE:
            order[at] = step
            at += 1
            if _waits_for(payer[step], payee[step], first):
                awaited[payee[step]] -= 1
                if not awaited[payee[step]]:
                    heapq.heappush(ready, first[payee[step]])
            step = after[step]

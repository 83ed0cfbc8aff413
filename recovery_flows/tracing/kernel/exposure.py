"""Poison on arrays: whom each claim's money ever reached, sixty-four claims at a time.

An account's exposure is all it received from the first exposed payment on; what it had received
before is noted once per claim, so that nothing is counted row by row.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recovery_flows.tracing.kernel.compile_options import compiled
from recovery_flows.tracing.kernel.problem import Ints64, Problem
from recovery_flows.tracing.kernel.state import Rows, rows_of

Flags = NDArray[np.uint64]
AT_ONCE = 64


class Exposed(NamedTuple):
    """Rows of (account, claim, minor) received since, and (row, claim) that left sight exposed."""

    held: Ints64
    gone: Ints64


def exposures(problem: Problem) -> Exposed:
    """All claims' exposures; needs room for accounts reached x claims."""
    rows = rows_of(problem)
    parts = [_pass(problem, rows, first) for first in range(0, problem.claims, AT_ONCE)]
    held = [part.held for part in parts] or [np.empty((0, 3), np.int64)]
    gone = [part.gone for part in parts] or [np.empty((0, 2), np.int64)]
    return Exposed(np.concatenate(held), np.concatenate(gone))


def _pass(problem: Problem, rows: Rows, first: int) -> Exposed:
    vanishing = int(np.count_nonzero(problem.payee < 0))
    received = np.zeros(problem.accounts, np.int64)
    flags = np.zeros(problem.accounts, np.uint64)
    reached = np.empty((problem.accounts * AT_ONCE, 3), np.int64)
    gone = np.empty((vanishing * AT_ONCE, 2), np.int64)
    used = np.zeros(2, np.int64)
    expose(rows, first, received, flags, reached, gone, used)
    held = reached[: used[0]].copy()
    held[:, 2] = received[held[:, 0]] - held[:, 2]
    return Exposed(held, gone[: used[1]].copy())


@compiled
def claims_on(rows: Rows, at: int, row: int, first: int) -> np.uint64:
    """The claims of this pass on a row, as bits."""
    bits = np.uint64(0)
    while at < len(rows.source_row) and rows.source_row[at] == row:
        claim = rows.source_claim[at] - first
        if 0 <= claim < AT_ONCE:
            bits |= np.uint64(1) << np.uint64(claim)
        at += 1
    return bits


@compiled
def expose(
    rows: Rows,
    first: int,
    received: Ints64,
    flags: Flags,
    reached: Ints64,
    gone: Ints64,
    used: Ints64,
) -> None:
    """Carry the flags of the claims from `first` on along all rows."""
    at_source = 0
    for row in range(len(rows.payer)):
        payer, payee = rows.payer[row], rows.payee[row]
        if payer >= 0 and payer == payee:
            continue
        bits = flags[payer] if payer >= 0 else np.uint64(0)
        while at_source < len(rows.source_row) and rows.source_row[at_source] < row:
            at_source += 1
        if at_source < len(rows.source_row) and rows.source_row[at_source] == row:
            bits |= claims_on(rows, at_source, row, first)
        fresh = bits if payee < 0 else bits & ~flags[payee]
        for claim in range(AT_ONCE):
            if not fresh:
                break
            if fresh & np.uint64(1):
                if payee < 0:
                    gone[used[1], 0], gone[used[1], 1] = row, first + claim
                    used[1] += 1
                else:
                    reached[used[0], 0], reached[used[0], 1] = payee, first + claim
                    reached[used[0], 2] = received[payee]
                    used[0] += 1
            fresh >>= np.uint64(1)
        if payee >= 0:
            flags[payee] |= bits
            received[payee] += rows.minor[row]

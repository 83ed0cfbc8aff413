"""Rolling pro rata on arrays: whole balances once, then the shares of sixteen claims at a time.

Shares are floats in a fixed order of operations and are apportioned to whole minor units once, at
the end, per claim, by largest remainder; every claim's sum is exact.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recovery_flows.tracing.kernel.compile_options import compiled
from recovery_flows.tracing.kernel.problem import Ints64, Problem
from recovery_flows.tracing.kernel.state import Rows, rows_of

Floats = NDArray[np.float64]
AT_ONCE = 16


class Cells(NamedTuple):
    """Where one claim's money is, in whole minor units; nothing that is zero."""

    held: list[tuple[int, int]]
    """(account, minor)."""
    gone: list[tuple[int, int, int]]
    """(account or -1, kind by number, minor); the last kind is a debt to the bank."""
    conflicts: list[tuple[int, int]]
    """(position of the source, minor): what another claim has of money that is this claim's."""


@compiled
def own_of_sources(
    rows: Rows, balance: Ints64, debt: Ints64, stolen: Floats, own: Floats, shorts: Ints64
) -> int:
    """What of each claimed payment nobody else owns, into `own`; how many rows fell short."""
    at_source, short = 0, 0
    for row in range(len(rows.payer)):
        payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
        flow = 0.0
        if payer >= 0 and payer != payee:
            held = balance[payer]
            taken = min(held, minor)
            if taken == held:
                flow = stolen[payer]
                stolen[payer] = 0.0
            else:
                flow = stolen[payer] * (taken / held)
                stolen[payer] -= flow
            balance[payer] = held - taken
            if taken < minor:
                shorts[short, 0], shorts[short, 1] = row, minor - taken
                short += 1
                if rows.owes[payer]:
                    debt[payer] += minor - taken
        while at_source < len(rows.source_row) and rows.source_row[at_source] == row:
            own[at_source] = max(minor - flow, 0.0)
            flow = minor * 1.0
            at_source += 1
        if payee >= 0 and payer != payee:
            paid = min(debt[payee], minor) if row >= rows.owed_from[payee] else 0
            debt[payee] -= paid
            if minor > 0:
                stolen[payee] += flow * ((minor - paid) / minor)
            balance[payee] += minor - paid
    return short


@compiled
def spread(  # noqa: C901 - a step of its own would hand over every array
    rows: Rows,
    through: Ints64,
    sink: Ints64,
    first: int,
    balance: Ints64,
    debt: Ints64,
    share: Floats,
    gone: Floats,
    own: Floats,
    flow: Floats,
) -> int:
    """Carry the shares of the claims from `first` on along all rows; the row after the last."""
    at_source, last = 0, gone.shape[1] - 1
    for row in range(len(rows.payer)):
        payer, payee, minor = rows.payer[row], rows.payee[row], rows.minor[row]
        if payer >= 0 and payer == payee:
            continue
        flow[:] = 0.0
        if payer >= 0:
            held = balance[payer]
            taken = min(held, minor)
            part = 1.0 if taken == held else taken / held
            for k in range(AT_ONCE):
                flow[k] = share[payer, k] * part
                share[payer, k] = 0.0 if taken == held else share[payer, k] - flow[k]
            balance[payer] = held - taken
            if taken < minor and rows.owes[payer]:
                debt[payer] += minor - taken
        while at_source < len(rows.source_row) and rows.source_row[at_source] == row:
            claim = rows.source_claim[at_source] - first
            if 0 <= claim < AT_ONCE:
                flow[claim] += own[at_source]
            at_source += 1
        if payee < 0:
            for k in range(AT_ONCE):
                gone[through[row], sink[row], k] += flow[k]
            continue
        paid = min(debt[payee], minor) if row >= rows.owed_from[payee] else 0
        debt[payee] -= paid
        part = paid / minor if paid > 0 else 0.0
        for k in range(AT_ONCE):
            gone[payee, last, k] += flow[k] * part
            share[payee, k] += flow[k] * (1.0 - part)
        balance[payee] += minor - paid
    return len(rows.payer)


def share_out(
    problem: Problem, through: Ints64, sink: Ints64, kinds: int
) -> tuple[list[Cells], Ints64]:
    """Where each claim's money is by rolling pro rata, and the shortages as (row, minor).

    `through` is the account by which each row leaves sight, -1 from outside; `sink` numbers its way
    out, below `kinds`. One claim a payment.
    """
    rows = rows_of(problem)
    ways, sink = _ways_used(problem, sink, kinds)
    balance, debt = _begin(problem)
    own = np.zeros(len(problem.source_row))
    shorts = np.empty((len(problem.payer), 2), np.int64)
    short = own_of_sources(rows, balance, debt, np.zeros(problem.accounts), own, shorts)
    found: list[Cells] = []
    for first in range(0, problem.claims, AT_ONCE):
        balance, debt = _begin(problem)
        share = np.zeros((problem.accounts, AT_ONCE))
        # The last row of `gone` is for payments from outside that leave sight at once (-1).
        gone = np.zeros((problem.accounts + 1, len(ways), AT_ONCE))
        spread(rows, through, sink, first, balance, debt, share, gone, own, np.zeros(AT_ONCE))
        found += [
            _cells(problem, first + k, share[:, k], gone[:, :, k], own, ways)
            for k in range(min(AT_ONCE, problem.claims - first))
        ]
    return found, shorts[:short].copy()


def _ways_used(problem: Problem, sink: Ints64, kinds: int) -> tuple[Ints64, Ints64]:
    """The ways out that any row takes, the debt last, and the rows' places among them."""
    used = np.unique(sink[problem.payee < 0])
    places = np.zeros(kinds, np.int64)
    places[used] = np.arange(len(used))
    return np.append(used, kinds), places[sink]


def _begin(problem: Problem) -> tuple[Ints64, Ints64]:
    owed = np.where(problem.owes, np.maximum(-problem.opening, 0), 0)
    return np.maximum(problem.opening, 0).astype(np.int64), owed.astype(np.int64)


def _cells(
    problem: Problem, claim: int, share: Floats, gone: Floats, own: Floats, kinds: Ints64
) -> Cells:
    mine = np.flatnonzero(problem.source_claim == claim)
    claimed = problem.minor[problem.source_row[mine]]
    accounts = np.flatnonzero(share > 0)
    ways = np.argwhere(gone > 0)
    others = np.maximum(claimed - own[mine], 0.0)
    values = np.concatenate([share[accounts], gone[ways[:, 0], ways[:, 1]], others])
    whole = apportioned(values, int(claimed.sum()))
    held, left, contested = np.split(whole, [len(accounts), len(accounts) + len(ways)])
    outside = gone.shape[0] - 1
    through = np.where(ways[:, 0] == outside, -1, ways[:, 0])
    return Cells(
        _listed(held, accounts, held),
        _listed(left, through, kinds[ways[:, 1]], left),
        _listed(contested, mine, contested),
    )


def _listed(minor: NDArray[Any], *columns: NDArray[Any]) -> list[Any]:
    """The columns as rows, without those of nothing."""
    kept = np.flatnonzero(minor)
    return list(zip(*(column[kept].tolist() for column in columns), strict=True))


def apportioned(values: Floats, total: int) -> NDArray[Any]:
    """Whole numbers that sum to `total` exactly, by largest remainder; ties to the earlier."""
    whole = np.floor(values).astype(np.int64)
    left = total - int(whole.sum())
    if left > 0:
        whole[_largest(values - whole, left)] += 1
    elif left < 0:
        order = np.argsort(values - whole, kind="stable")
        able = order[whole[order] > 0]
        whole[able[:-left]] -= 1
    return whole


def _largest(values: Floats, count: int) -> NDArray[np.int64]:
    """Places of the `count` largest; of equal ones the earlier."""
    edge = np.partition(values, len(values) - count)[len(values) - count]
    sure = np.flatnonzero(values > edge)
    return np.concatenate([sure, np.flatnonzero(values == edge)[: count - len(sure)]])

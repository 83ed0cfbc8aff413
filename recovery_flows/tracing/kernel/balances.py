"""Balances on arrays: the smallest opening balance that fits, and the closing balances."""

from __future__ import annotations

import numpy as np

from recovery_flows.tracing.kernel.compile_options import compiled
from recovery_flows.tracing.kernel.problem import Bools, Ints32, Ints64, Problem


def least_openings(payer: Ints32, payee: Ints32, minor: Ints64, accounts: int) -> Ints64:
    """Per account the smallest opening, in minor units, with which it is never overdrawn."""
    lowest = np.zeros(accounts, np.int64)
    _lowest(payer, payee, minor, np.zeros(accounts, np.int64), lowest)
    return -lowest


def closing_balances(problem: Problem) -> Ints64:
    """Per account minor units at the end; below zero only where the opening is known."""
    held = problem.opening.astype(np.int64).copy()
    _close(problem.payer, problem.payee, problem.minor, problem.owes, held)
    return held


@compiled
def _lowest(payer: Ints32, payee: Ints32, minor: Ints64, held: Ints64, lowest: Ints64) -> None:
    for row in range(len(payer)):
        if payer[row] == payee[row]:
            continue
        if payer[row] >= 0:
            held[payer[row]] -= minor[row]
            lowest[payer[row]] = min(lowest[payer[row]], held[payer[row]])
        if payee[row] >= 0:
            held[payee[row]] += minor[row]


@compiled
def _close(payer: Ints32, payee: Ints32, minor: Ints64, owes: Bools, held: Ints64) -> None:
    for row in range(len(payer)):
        if payer[row] == payee[row]:
            continue
        if payer[row] >= 0:
            left = held[payer[row]] - minor[row]
            held[payer[row]] = left if owes[payer[row]] else max(left, 0)
        if payee[row] >= 0:
            held[payee[row]] += minor[row]

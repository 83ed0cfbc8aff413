"""Poison of the kernel in the plain rule's values."""

from __future__ import annotations

from recovery_flows.tracing.kernel.adapt import WAYS_OUT, Numbered
from recovery_flows.tracing.kernel.exposure import exposures
from recovery_flows.tracing.methods.types import Dissipated, Position, Trace


def trace_exposure(numbers: Numbered) -> Trace:
    """What every account was exposed to; each account known over all the time or not at all."""
    found = exposures(numbers.problem)
    names, claims, rows = numbers.accounts, numbers.claims, numbers.rows
    positions = sorted(
        (names[account], claims[claim], minor) for account, claim, minor in found.held.tolist()
    )
    gone = [
        Dissipated(
            WAYS_OUT[numbers.ways_out[row]], claims[claim], rows[row].payer or "", rows[row].id,
            rows[row].debit_minor, rows[row].debit_minor,
        )
        for row, claim in sorted(found.gone.tolist())
    ]  # fmt: skip
    reached = set(found.held[:, 0].tolist())
    unseen = numbers.unseen | {account for _, account, _ in numbers.uncovered}
    return Trace(
        tuple(Position(name, claim, minor, minor, None) for name, claim, minor in positions),
        tuple(gone), (), frozenset(names[n] for n in unseen & reached), (), (),
        is_exposure=True,
    )  # fmt: skip

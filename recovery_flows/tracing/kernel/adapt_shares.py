"""Rolling pro rata of the kernel in the plain rules' values; there are neither hops nor lots."""

from __future__ import annotations

from recovery_flows.tracing.kernel.adapt import WAYS_OUT, Numbered
from recovery_flows.tracing.kernel.shares import Cells, share_out
from recovery_flows.tracing.methods.types import (
    Conflict,
    Dissipated,
    DissipatedKind,
    Position,
    Shortage,
    Trace,
)

ANY_OTHER = ""
"""The holder of a contested part: all claims that own some of it together."""


def trace_shares(numbers: Numbered) -> Trace:
    """Where every claim's money is by rolling pro rata; parts are told per account and way out."""
    cells, shorts = share_out(numbers.problem, numbers.through, numbers.ways_out, len(WAYS_OUT))
    positions, gone, conflicts = [], [], []
    for name, cell in zip(numbers.claims, cells, strict=True):
        held = cell.held.tolist()
        positions += [Position(numbers.accounts[a], name, m, m, None) for a, m in held]
        gone += _gone(numbers, name, cell)
        conflicts += _conflicts(numbers, name, cell)
    return Trace(
        positions=tuple(sorted(positions, key=lambda p: (p.account, p.claim_id))),
        gone=tuple(gone),
        hops=(),
        frontier=_frontier(numbers, {p.account for p in positions}),
        shortages=(*numbers.gaps, *_shortages(numbers, shorts.tolist())),
        conflicts=tuple(conflicts),
    )


def _gone(numbers: Numbered, name: str, cell: Cells) -> list[Dissipated]:
    kinds = (*WAYS_OUT, DissipatedKind.BANK_DEBT)
    return [
        Dissipated(kinds[kind], name, numbers.accounts[a] if a >= 0 else "", "", m, m)
        for a, kind, m in cell.gone.tolist()
    ]


def _conflicts(numbers: Numbered, name: str, cell: Cells) -> list[Conflict]:
    rows = numbers.problem.source_row
    return [
        Conflict(numbers.rows[int(rows[source])].id, name, ANY_OTHER, m, m)
        for source, m in cell.conflicts.tolist()
    ]


def _shortages(numbers: Numbered, shorts: list[list[int]]) -> list[Shortage]:
    return [Shortage(numbers.rows[row].payer or "", numbers.rows[row].id, m) for row, m in shorts]


def _frontier(numbers: Numbered, holding: set[str]) -> frozenset[str]:
    """Accounts that hold traced money and did anything outside their statements."""
    asked = {account for _, account, _ in numbers.uncovered} | numbers.unseen
    return frozenset({numbers.accounts[account] for account in asked} & holding)

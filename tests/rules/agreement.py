"""The kernel beside the plain rules: one comparison per rule, for the tests and for the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from recovery_flows.tracing.kernel.adapt import as_trace, fits, numbered
from recovery_flows.tracing.kernel.adapt_exposure import trace_exposure
from recovery_flows.tracing.kernel.adapt_shares import trace_shares
from recovery_flows.tracing.kernel.entry import trace_arrays
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.rules import in_order
from recovery_flows.tracing.methods.types import Trace, check_conserved
from tests.rules.worlds import Case


def plain(rule: RuleName, case: Case) -> Trace:
    return trace_by(
        rule, case.transfers, case.sources, case.openings, case.coverage, as_of=case.as_of
    )


def same_answer(rule: RuleName, case: Case) -> None:
    """A rule with paths: part by part and hop by hop the same."""
    assert fits(case.transfers, case.sources)
    by, rows = rule, case.transfers
    if rule is RuleName.TIHO:
        by, rows = RuleName.TAINTED_FIRST, tuple(in_order(case.transfers))
    numbers = numbered(rows, case.sources, case.openings, case.coverage, as_of=case.as_of)
    found = as_trace(numbers, trace_arrays(by, numbers.problem))
    assert _parts(found) == _parts(plain(rule, case))


def _parts(trace: Trace) -> dict[str, object]:
    return {
        "positions": trace.positions,
        "gone": sorted(trace.gone, key=str),
        "hops": trace.hops,
        "frontier": trace.frontier,
        "shortages": sorted(trace.shortages, key=str),
        "conflicts": trace.conflicts,
    }


def same_shares(rule: RuleName, case: Case) -> None:
    """Pro rata: the same to the unit that rounding gives."""
    expected = plain(rule, case)
    numbers = numbered(case.transfers, case.sources, case.openings, case.coverage, as_of=case.as_of)
    found = trace_shares(numbers)
    live = {t.id for t in case.transfers if t.at <= case.as_of}
    check_conserved(found, [s for s in case.sources if s.transfer_id in live])
    one, other = _cells(expected), _cells(found)
    parts = Counter((g.claim_id, g.account, str(g.kind)) for g in expected.gone)
    parts.update((c.claim_id, "", "conflict") for c in expected.conflicts)
    # The plain rule rounds every single payment of a way out, the arrays only their sum.
    assert all(abs(one[cell] - other[cell]) <= parts[cell] + 1 for cell in one | other)
    assert sorted(map(str, expected.shortages)) == sorted(map(str, found.shortages))


def _cells(trace: Trace) -> Counter[tuple[str, ...]]:
    """Minor units per claim and place, the single payments of one way out together."""
    found: Counter[tuple[str, ...]] = Counter()
    for position in trace.positions:
        found[position.claim_id, position.account] += position.claim_minor
    for gone in trace.gone:
        found[gone.claim_id, gone.account, str(gone.kind)] += gone.claim_minor
    for conflict in trace.conflicts:
        found[conflict.claim_id, "", "conflict"] += conflict.claim_minor
    return found


def same_exposure(rule: RuleName, case: Case) -> None:
    """Poison: the same amounts by account and by way out, and the same accounts to ask."""
    expected = plain(rule, case)
    numbers = numbered(case.transfers, case.sources, case.openings, case.coverage, as_of=case.as_of)
    found = trace_exposure(numbers)
    assert found.positions == expected.positions
    assert sorted(found.gone, key=str) == sorted(expected.gone, key=str)
    assert found.frontier == expected.frontier


COMPARED: dict[RuleName, tuple[Callable[[RuleName, Case], None], bool]] = {
    RuleName.FIFO: (same_answer, False),
    RuleName.LIFO: (same_answer, False),
    RuleName.LIBR: (same_answer, False),
    RuleName.TAINTED_FIRST: (same_answer, False),
    RuleName.TIHO: (same_answer, False),
    RuleName.PRO_RATA: (same_shares, False),
    RuleName.POISON: (same_exposure, True),
}
"""Per rule how the two are compared, and whether accounts have to be known over all the time."""

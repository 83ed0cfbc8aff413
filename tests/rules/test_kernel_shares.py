from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery_flows.rules.tracing import pro_rata
from recovery_flows.rules.tracing.types import (
    Basis,
    Coverage,
    Opening,
    Trace,
    Transfer,
    check_conserved,
)

pytest.importorskip("numba", reason="the extra `fast` is not installed: no kernel to test")

from recovery_flows.rules.tracing.kernel.adapt import numbered
from recovery_flows.rules.tracing.kernel.adapt_shares import trace_shares
from tests.rules.worlds import ACCOUNTS, LATER, START, payments, sources


def cells(trace: Trace) -> Counter[tuple[str, ...]]:
    """Minor units per claim and place, the single payments of one way out together."""
    found: Counter[tuple[str, ...]] = Counter()
    for position in trace.positions:
        found[position.claim_id, position.account] += position.claim_minor
    for gone in trace.gone:
        found[gone.claim_id, gone.account, str(gone.kind)] += gone.claim_minor
    for conflict in trace.conflicts:
        found[conflict.claim_id, "", "conflict"] += conflict.claim_minor
    return found


@settings(max_examples=200, deadline=None)
@given(
    transfers=payments(),
    picks=st.lists(st.integers(0, 30), max_size=5),
    openings=st.lists(st.integers(-6, 12), max_size=4),
    bases=st.lists(st.sampled_from(tuple(Basis)), min_size=4, max_size=4),
)
def test_shares_on_arrays_are_the_plain_rules_to_the_unit_that_rounding_gives(
    transfers: tuple[Transfer, ...], picks: list[int], openings: list[int], bases: list[Basis]
) -> None:
    claimed = sources(transfers, picks)
    laid = [
        Opening(account, minor, basis)
        for account, minor, basis in zip(ACCOUNTS, openings, bases, strict=False)
    ]
    covered = [Coverage(account, START, LATER) for account in ACCOUNTS]
    plain = pro_rata.trace(transfers, claimed, laid, covered, as_of=LATER)
    found = trace_shares(numbered(transfers, claimed, laid, covered, as_of=LATER))
    check_conserved(found, claimed)
    one, other = cells(plain), cells(found)
    parts = Counter((g.claim_id, g.account, str(g.kind)) for g in plain.gone)
    parts.update((c.claim_id, "", "conflict") for c in plain.conflicts)
    # The plain rule rounds every single payment of a way out, the arrays only their sum.
    assert all(abs(one[cell] - other[cell]) <= parts[cell] + 1 for cell in one | other)
    assert sorted(map(str, plain.shortages)) == sorted(map(str, found.shortages))


def test_nothing_is_lost_when_the_parts_do_not_divide() -> None:
    import numpy as np

    from recovery_flows.rules.tracing.kernel.shares import apportioned

    assert apportioned(np.array([33.333, 33.333, 33.333]), 100).tolist() == [34, 33, 33]
    assert apportioned(np.array([1e-13, 9.9999999]), 10).tolist() == [0, 10]

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery_flows.rules.tracing import fifo, libr, lifo, tainted_first
from recovery_flows.rules.tracing.rules import RuleName
from recovery_flows.rules.tracing.types import (
    Basis,
    Coverage,
    Opening,
    Trace,
    TraceRule,
    Transfer,
)

pytest.importorskip("numba", reason="the extra `fast` is not installed: no kernel to test")

from recovery_flows.rules.tracing.kernel.adapt import as_trace, fits, numbered
from recovery_flows.rules.tracing.kernel.entry import trace_arrays
from tests.rules.worlds import ACCOUNTS, LATER, START, payments, sources


def coverage_of(draws: list[tuple[int, int]]) -> list[Coverage]:
    pairs = zip(ACCOUNTS, draws, strict=False)
    return [
        Coverage(account, START + timedelta(hours=begin), START + timedelta(hours=begin + length))
        for account, (begin, length) in pairs
    ]


def in_any_order(trace: Trace) -> dict[str, object]:
    return {
        "positions": trace.positions,
        "gone": sorted(trace.gone, key=str),
        "hops": trace.hops,
        "frontier": trace.frontier,
        "shortages": sorted(trace.shortages, key=str),
        "conflicts": trace.conflicts,
    }


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (RuleName.FIFO, fifo.trace),
        (RuleName.LIFO, lifo.trace),
        (RuleName.LIBR, libr.trace),
        (RuleName.TAINTED_FIRST, tainted_first.trace),
    ],
)
@settings(max_examples=150, deadline=None)
@given(
    transfers=payments(),
    picks=st.lists(st.integers(0, 30), max_size=5),
    spans=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 20)), max_size=4),
    openings=st.lists(st.integers(-6, 12), max_size=4),
    bases=st.lists(st.sampled_from(tuple(Basis)), min_size=4, max_size=4),
)
def test_the_kernel_answers_a_case_as_the_plain_rule_does(
    name: RuleName,
    plain: TraceRule,
    transfers: tuple[Transfer, ...],
    picks: list[int],
    spans: list[tuple[int, int]],
    openings: list[int],
    bases: list[Basis],
) -> None:
    claimed, covered = sources(transfers, picks), coverage_of(spans)
    laid = [
        Opening(account, minor, basis)
        for account, minor, basis in zip(ACCOUNTS, openings, bases, strict=False)
    ]
    expected = plain(transfers, claimed, laid, covered, as_of=LATER)
    assert fits(transfers, claimed)
    numbers = numbered(transfers, claimed, laid, covered, as_of=LATER)
    assert in_any_order(as_trace(numbers, trace_arrays(name, numbers.problem))) == in_any_order(
        expected
    )

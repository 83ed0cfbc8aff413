from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.facts import LineKind
from recovery_flows.rules.tracing import fifo, libr, lifo, tainted_first
from recovery_flows.rules.tracing.rules import RuleName
from recovery_flows.rules.tracing.types import (
    Basis,
    Coverage,
    Opening,
    Source,
    Trace,
    TraceRule,
    Transfer,
)

pytest.importorskip("numba", reason="the extra `fast` is not installed: no kernel to test")

from recovery_flows.rules.tracing.kernel.adapt import as_trace, fits, numbered
from recovery_flows.rules.tracing.kernel.entry import trace_arrays

START = datetime(2026, 3, 2, tzinfo=UTC)
LATER = START + timedelta(days=30)
ACCOUNTS = ("a", "b", "c", "d")
SIDES = st.sampled_from((*ACCOUNTS, None))
KINDS = st.sampled_from((LineKind.TRANSFER, LineKind.TRANSFER, LineKind.CASH, LineKind.FEE))


@st.composite
def payments(draw: st.DrawFn) -> tuple[Transfer, ...]:
    count = draw(st.integers(1, 25))
    rows = []
    for number in range(count):
        payer, payee = draw(SIDES), draw(SIDES)
        minor = draw(st.integers(1, 9))
        at = START + timedelta(hours=number // 2)
        rows.append(
            Transfer(
                f"t{number:02}", at, number, payer, payee, draw(KINDS), minor, "CNY", minor, "CNY"
            )
        )
    return tuple(rows)


def sources(transfers: tuple[Transfer, ...], picks: list[int]) -> list[Source]:
    able = [t for t in transfers if t.payer != t.payee]
    chosen = sorted({pick % len(able) for pick in picks}) if able else []
    return [
        Source(able[n].id, f"v{place % 3}", able[n].debit_minor) for place, n in enumerate(chosen)
    ]


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

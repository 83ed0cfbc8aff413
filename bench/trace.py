"""`python -m bench.trace`: each rule on arrays against three floors in the same run.

(a) a scan of the same arrays, (b) a bare loop that only moves balances, (c) the plain rules.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numba as nb
import numpy as np

from bench.workloads import power_law
from models.facts import LineKind
from recovery_flows.rules.tracing.kernel.entry import run, trace_arrays
from recovery_flows.rules.tracing.kernel.problem import Problem
from recovery_flows.rules.tracing.kernel.state import new_state, rows_of
from recovery_flows.rules.tracing.rules import RuleName, trace_by
from recovery_flows.rules.tracing.types import Coverage, Source, Transfer

RESULTS = Path(__file__).with_name("trace.json")
START = datetime(2026, 3, 2, tzinfo=UTC)
RULES = (RuleName.FIFO, RuleName.LIFO, RuleName.LIBR, RuleName.TAINTED_FIRST)
PLAIN_ROWS = 100_000


@nb.njit(cache=True)
def scan(payer: np.ndarray, payee: np.ndarray, minor: np.ndarray) -> int:
    total = 0
    for row in range(len(payer)):
        total += payer[row] + payee[row] + minor[row]
    return total


@nb.njit(cache=True)
def balances(payer: np.ndarray, payee: np.ndarray, minor: np.ndarray, held: np.ndarray) -> None:
    for row in range(len(payer)):
        held[payer[row]] -= minor[row]
        if payee[row] >= 0:
            held[payee[row]] += minor[row]


def best(work: Callable[[], object], times: int = 5) -> float:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def plain_seconds(problem: Problem, rule: RuleName) -> float:
    """The plain rule on the same rows, the making of its values not counted."""
    names = [f"a{number}" for number in range(problem.accounts)]
    ends = START + timedelta(seconds=len(problem.payer))
    transfers = []
    for row, (payer, payee, minor) in enumerate(
        zip(problem.payer.tolist(), problem.payee.tolist(), problem.minor.tolist(), strict=True)
    ):
        at = START + timedelta(seconds=row)
        target = names[payee] if payee >= 0 else None
        transfers.append(
            Transfer(
                f"t{row}", at, row, names[payer], target, LineKind.TRANSFER, minor, "CNY", minor,
                "CNY",
            )
        )  # fmt: skip
    sources = [
        Source(f"t{row}", f"v{claim}", int(problem.minor[row]))
        for row, claim in zip(
            problem.source_row.tolist(), problem.source_claim.tolist(), strict=True
        )
    ]
    coverage = [Coverage(name, START, ends) for name in names]
    return best(lambda: trace_by(rule, transfers, sources, (), coverage, as_of=ends), 1)


def measure(rows: int, victims: int) -> dict[str, float]:
    problem = power_law(rows, victims)
    arrays = problem.payer, problem.payee, problem.minor
    held = np.zeros(problem.accounts, np.int64)
    scan(*arrays), balances(*arrays, held)
    floor, reading = best(lambda: balances(*arrays, held)), best(lambda: scan(*arrays))
    result = {
        "scan_m_rows_per_s": rows / reading / 1e6,
        "balance_loop_m_rows_per_s": rows / floor / 1e6,
    }
    for rule in RULES:
        begun = time.perf_counter()
        trace_arrays(rule, problem)
        result[f"{rule}_first_call_s"] = time.perf_counter() - begun
        given = rows_of(problem)
        walk = best(lambda r=rule, g=given: run(r, g, new_state(problem), 0, rows))  # type: ignore[misc]
        whole = best(lambda r=rule: trace_arrays(r, problem))  # type: ignore[misc]
        result[f"{rule}_walk_m_rows_per_s"] = rows / walk / 1e6
        result[f"{rule}_walk_ratio_to_balance_loop"] = floor / walk
        result[f"{rule}_whole_m_rows_per_s"] = rows / whole / 1e6
        if rows <= PLAIN_ROWS:
            result[f"{rule}_times_plain"] = plain_seconds(problem, rule) / whole
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


def main() -> None:
    """Run all sizes and write them down."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", nargs="+", type=float, default=[1e5, 1e6, 1e7])
    words.add_argument("--victims", nargs="+", type=int, default=[1_000, 10_000])
    asked = words.parse_args()
    results = {}
    for rows in map(int, asked.rows):
        for victims in asked.victims:
            if victims * 10 > rows:
                continue
            found = {name: round(value, 4) for name, value in measure(rows, victims).items()}
            results[f"{rows} rows, {victims} victims"] = found
            print(rows, victims, json.dumps(found, indent=1))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

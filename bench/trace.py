"""`python -m bench.trace`: each rule on arrays against three floors in the same run.

(a) a scan of the same arrays, (b) a bare loop that only moves balances, (c) the plain rules.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numba as nb
import numpy as np

from bench.timing import best_seconds
from bench.workloads import power_law, synthfin
from models.facts import LineKind
from recovery_flows.tracing.kernel.entry import run, trace_arrays
from recovery_flows.tracing.kernel.exposure import exposures
from recovery_flows.tracing.kernel.problem import Problem
from recovery_flows.tracing.kernel.shares import share_out
from recovery_flows.tracing.kernel.state import Rows, State, new_state, rows_of
from recovery_flows.tracing.methods.catalogue import RuleName, trace_by
from recovery_flows.tracing.methods.types import Coverage, Source, Transfer

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
    return best_seconds(lambda: trace_by(rule, transfers, sources, (), coverage, as_of=ends), 1)


def whole_passes(problem: Problem) -> dict[str, float]:
    """Pro rata for sixteen claims and poison for sixty-four: one pass over the rows each."""
    few = replace_claims(problem, 16)
    payers, sink = problem.payer.astype(np.int64), np.zeros(len(problem.payer), np.int64)
    many = replace_claims(problem, 64)
    share_out(few, payers, sink, 1), exposures(many)
    rows = len(problem.payer) / 1e6
    return {
        "pro_rata_16_claims_m_rows_per_s": rows
        / best_seconds(lambda: share_out(few, payers, sink, 1), 3),
        "poison_64_claims_m_rows_per_s": rows / best_seconds(lambda: exposures(many), 3),
    }


def replace_claims(problem: Problem, most: int) -> Problem:
    """The same rows with the first claims only."""
    kept = problem.source_claim < most
    return replace(
        problem, claims=min(most, problem.claims), source_row=problem.source_row[kept],
        source_claim=problem.source_claim[kept],
    )  # fmt: skip


def walked(rule: RuleName, given: Rows, problem: Problem) -> State:
    """One walk over all rows, the working memory made anew."""
    return run(rule, given, new_state(problem), 0, len(problem.payer))


def measure(problem: Problem) -> dict[str, float]:
    rows = len(problem.payer)
    arrays = problem.payer, problem.payee, problem.minor
    held = np.zeros(problem.accounts, np.int64)
    scan(*arrays), balances(*arrays, held)
    floor, reading = (
        best_seconds(lambda: balances(*arrays, held)),
        best_seconds(lambda: scan(*arrays)),
    )
    result = {
        "scan_m_rows_per_s": rows / reading / 1e6,
        "balance_loop_m_rows_per_s": rows / floor / 1e6,
    }
    for rule in RULES:
        begun = time.perf_counter()
        trace_arrays(rule, problem)
        result[f"{rule}_first_call_s"] = time.perf_counter() - begun
        given = rows_of(problem)
        walk = best_seconds(partial(walked, rule, given, problem), 5)
        whole = best_seconds(partial(trace_arrays, rule, problem), 5)
        result[f"{rule}_walk_m_rows_per_s"] = rows / walk / 1e6
        result[f"{rule}_walk_ratio_to_balance_loop"] = floor / walk
        result[f"{rule}_whole_m_rows_per_s"] = rows / whole / 1e6
        if rows <= PLAIN_ROWS:
            result[f"{rule}_times_plain"] = plain_seconds(problem, rule) / whole
    result |= whole_passes(problem)
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


def rounded(found: dict[str, float]) -> dict[str, float]:
    """Four decimals are enough."""
    return {name: round(value, 4) for name, value in found.items()}


def exponents(results: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """How the time of a walk grows from 1e5 to 1e7 rows: 1.0 is in step with the rows."""
    small, large = (results.get(f"{rows} rows, 1000 victims") for rows in (10**5, 10**7))
    if small is None or large is None:
        return {}
    grown = {
        str(rule): 1 + math.log10(small[name] / large[name]) / 2
        for rule in RULES
        for name in [f"{rule}_walk_m_rows_per_s"]
    }
    return {"exponent 1e5 to 1e7": rounded(grown)}


def main() -> None:
    """Run all sizes and write them down."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", nargs="+", type=float, default=[1e5, 1e6, 1e7])
    words.add_argument("--victims", nargs="+", type=int, default=[1_000, 10_000])
    words.add_argument("--synthfin", type=Path, help="transactions.csv of synthfin-aml==9.2.0")
    asked = words.parse_args()
    results: dict[str, dict[str, float]] = {}
    if asked.synthfin:
        results["synthfin-aml"] = rounded(measure(synthfin(asked.synthfin)))
    for rows in map(int, asked.rows):
        for victims in asked.victims:
            if victims * 10 > rows:
                continue
            results[f"{rows} rows, {victims} victims"] = rounded(measure(power_law(rows, victims)))
    results |= exponents(results)
    print(json.dumps(results, indent=1))
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

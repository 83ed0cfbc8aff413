"""Histories that nobody wrote: `python -m bench.simulate --seeds N [--from S] [--processes P]`.

Each seed is one history: victims, mules, rude banks, people who are late or change their minds,
crashes and twins of the engine, all on the real store with simulated time; after every step an
oracle asks what must always hold (`tests/simulation`). `--story SEED` tells one of them, `--shrink`
makes failing ones small first. Figures go to simulate.json unless `--out` names another file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from tests.simulation.run import Sum, played_by, story

RESULTS = Path(__file__).with_name("simulate.json")
_TELL_EVERY = 500


def main() -> None:
    """Play, print and keep the figures; exit code 1 if any history failed."""
    fix_hashes()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--story", type=int)
    parser.add_argument("--stories", type=int, default=3, help="at most so many are told")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.story is not None:
        print("\n".join(story(given.story, shrink=given.shrink)))
        return
    total = _play(given)
    for seed, _, _ in total.violations[: given.stories]:
        print("\n".join(["", *story(seed, shrink=given.shrink)]))
    sys.exit(bool(total.violations))


def _play(given: argparse.Namespace) -> Sum:
    total, begun = Sum(), time.perf_counter()
    seeds = range(given.first, given.first + given.seeds)
    for told in played_by(given.processes, seeds):
        total.add(told)
        if told.violation is not None:
            print(f"seed {told.seed}: {told.violation}", flush=True)
        if total.histories % _TELL_EVERY == 0:
            spent = time.perf_counter() - begun
            found = len(total.violations)
            print(f"{total.histories} histories, {found} failed, {spent:.0f} s", flush=True)
    spent = time.perf_counter() - begun
    results = _figures(total, given, spent)
    text = json.dumps(results, indent=1) + "\n"
    print(text)
    if given.out or given.seeds >= 20_000:
        (given.out or RESULTS).write_text(text, encoding="utf-8")
    return total


def _figures(total: Sum, given: argparse.Namespace, spent: float) -> dict[str, object]:
    return {
        "seeds": [given.first, given.first + given.seeds - 1],
        "processes": given.processes,
        "histories": total.histories,
        "failed": len(total.violations),
        "violations": [list(found) for found in total.violations],
        **{name: total.figures[name] for name in sorted(total.figures)},
        "recoveries_by_end": dict(sorted(total.ends.items())),
        "faults": sum(total.faults.values()),
        "faults_by_kind": dict(sorted(total.faults.items())),
        "seconds": round(spent, 1),
        "histories_per_second": round(total.histories / spent, 2),
        "steps_per_second": round(total.figures["steps"] / spent, 1),
    }


def fix_hashes(module: str = "bench.simulate") -> None:
    """Python shuffles sets anew in each process; a seed must not depend on that."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()

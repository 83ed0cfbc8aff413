"""Each guard of the core switched off in turn: `python -m bench.mutants [--from S] [--only TEXT]`.

Prints which seed of `bench.simulate` finds that the guard is missing, and writes mutants.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.simulate import fix_hashes
from tests.simulation.guards import GUARDS
from tests.simulation.mutants import hunted

RESULTS = Path(__file__).with_name("mutants.json")


def main() -> None:
    """Hunt, print the table, keep it; exit code 1 if a mutant lives."""
    fix_hashes("bench.mutants")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--most", type=int, help="seeds for each, fewer than it is allowed")
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    chosen = tuple(m for m in GUARDS if given.only in m.name)
    rows = []
    for killed in hunted(chosen, given.first, given.most):
        mutant = killed.mutant
        how = f"seed {killed.seed} ({killed.kind})" if killed.seed is not None else "LIVES"
        how += f", {killed.played} played"
        print(f"{mutant.section}  {mutant.name:50}  {how}", flush=True)
        rows.append(
            {"section": mutant.section, "guard": mutant.guards, "without it": mutant.name,
             "within": mutant.seeds, "seed": killed.seed, "found as": killed.kind,
             "played": killed.played}
        )  # fmt: skip
    if not given.only:
        given.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(row["seed"] is None for row in rows))


if __name__ == "__main__":
    main()

"""Each guard of the core switched off in turn: `python -m bench.mutants [--from S] [--only TEXT]`.

Prints which seed of `bench.simulate` finds that the guard is missing, and keeps it in mutants.json
with the commit that it was found on; the seed that found it before is asked first. `--living` hunts
only those that have no such seed there yet and are no second lock behind another.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from bench.simulate import fix_hashes
from bench.simulated import commit
from tests.simulation.guards import GUARDS
from tests.simulation.mutants import Killed, hunted

RESULTS = Path(__file__).with_name("mutants.json")
Row = dict[str, Any]


def main() -> None:
    """Hunt, print the table, keep it; exit code 1 if a mutant lives that nothing else is before."""
    fix_hashes("bench.mutants")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", type=int, dest="first", help="not at each one's own first seed")
    parser.add_argument("--most", type=int, help="seeds for each, fewer than it is allowed")
    parser.add_argument("--only", default="")
    parser.add_argument("--living", action="store_true")
    parser.add_argument("--known", action="store_true", help="only those a seed was found for")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    known: dict[str, Row] = {}
    if given.out.exists():
        known = {row["without it"]: row for row in json.loads(given.out.read_text("utf-8"))}
    dead = {name for name, row in known.items() if row["seed"] is not None}
    chosen = tuple(
        m
        for m in GUARDS
        if given.only in m.name
        and not (given.living and (m.behind or m.name in dead))
        and not (given.known and m.name not in dead)
    )
    seeds = {name: known[name]["seed"] for name in dead}
    for killed in hunted(chosen, given.first, given.most, seeds):
        print(_told(killed), flush=True)
        known[killed.mutant.name] = _row(killed)
        rows = [known[m.name] for m in GUARDS if m.name in known]
        given.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    sys.exit(any(known[m.name]["seed"] is None and not m.behind for m in chosen))


def _told(killed: Killed) -> str:
    lives = f"lives behind: {killed.mutant.behind}" if killed.mutant.behind else "LIVES"
    how = lives if killed.seed is None else f"seed {killed.seed} ({killed.kind})"
    return f"{killed.mutant.section}  {killed.mutant.name:50}  {how}, {killed.played} played"


def _row(killed: Killed) -> Row:
    mutant = killed.mutant
    return {
        "section": mutant.section, "guard": mutant.guards, "without it": mutant.name,
        "from": mutant.first, "within": mutant.seeds, "seed": killed.seed, "found as": killed.kind,
        "played": killed.played, "behind": mutant.behind, "commit": commit(),
    }  # fmt: skip


if __name__ == "__main__":
    main()

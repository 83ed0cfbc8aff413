"""Histories that nobody wrote: `python -m bench.simulate --seeds N [--from S] [--processes P]`.

Each seed is one history: victims, mules, rude banks, people who are late or change their minds,
crashes and twins of the engine, all on the real store with simulated time; after every step an
oracle asks what must always hold (`tests/simulation`). `--story SEED` tells one of them, `--shrink`
makes failing ones small first.

`--record` plays piece by piece (`--piece` seeds each) and keeps the figures of each in
simulate.json, or in the file that `--out` names, with the commit it ran on: called again after an
interruption it goes on with what is missing, and `--again` plays all of it anew. `--add FILE` takes
over the pieces of other records. Without `--record` the figures are printed, and go to `--out`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from bench.simulated import Record, piece_of, together
from tests.simulation.run import Sum, played_by, story

RESULTS = Path(__file__).with_name("simulate.json")
_TELL_EVERY = 500


def main() -> None:
    """Play, print and keep the figures; exit code 1 if any history failed."""
    fix_hashes()
    given = _given()
    if given.story is not None:
        print("\n".join(story(given.story, shrink=given.shrink)))
        return
    seeds = range(given.first, given.first + given.seeds)
    failed = _recorded(given, seeds) if given.record or given.add else _printed(given, seeds)
    for seed in failed[: given.stories]:
        print("\n".join(["", *story(seed, shrink=given.shrink)]))
    sys.exit(bool(failed))


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--story", type=int)
    parser.add_argument("--stories", type=int, default=3, help="at most so many are told")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seconds", type=float, help="of CPU; then no further one is begun")
    parser.add_argument("--record", action="store_true", help="piece by piece into a record")
    parser.add_argument("--piece", type=int, default=2000, help="seeds of a piece of a record")
    parser.add_argument("--again", action="store_true", help="also the pieces that are there")
    parser.add_argument("--add", type=Path, nargs="*", help="records to be merged into this one")
    return parser.parse_args()


def _printed(given: argparse.Namespace, seeds: range) -> list[int]:
    total, spent = _play(given.processes, seeds, given.seconds)
    figures = piece_of(seeds, total, spent, given.processes)
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    return [seed for seed, _, _ in total.violations]


def _recorded(given: argparse.Namespace, seeds: range) -> list[int]:
    record = Record(given.out or RESULTS)
    for path in given.add or ():
        record.add(*Record(path).pieces)
    if given.again:
        record.pieces = []
    for piece in record.missing(seeds, given.piece) if given.record else ():
        total, spent = _play(given.processes, piece)
        record.add(piece_of(piece, total, spent, given.processes))
        print(f"seeds {piece.start} to {piece.stop - 1} are in {record.path}", flush=True)
    print(json.dumps(together(record.pieces), indent=1))
    return [seed for piece in record.pieces for seed, _, _ in piece["violations"]]


def _play(processes: int, seeds: range, seconds: float | None = None) -> tuple[Sum, float]:
    total, begun = Sum(), time.perf_counter()
    for told in played_by(processes, seeds):
        total.add(told)
        if told.violation is not None:
            print(f"seed {told.seed}: {told.violation}", flush=True)
        if total.histories % _TELL_EVERY == 0:
            spent = time.perf_counter() - begun
            found = len(total.violations)
            print(f"{total.histories} histories, {found} failed, {spent:.0f} s", flush=True)
        if seconds is not None and time.process_time() > seconds:
            break
    return total, time.perf_counter() - begun


def fix_hashes(module: str = "bench.simulate") -> None:
    """Python shuffles sets anew in each process; a seed must not depend on that."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", module, *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()

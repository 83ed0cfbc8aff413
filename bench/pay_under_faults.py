"""Money that leaves under faults and kills: `python -m bench.pay_under_faults [--record]`.

Each kind of money that leaves by an order to a bank (a claim's payout, a payer's, a row of a
court's list, one that came back and is paid again, an unclaimed share to the treasury), with each
fault that the sandbox's banks know of a payment order or an answer to it, with a process killed
(SIGKILL) at each step of the way. What became of the money is read from the banks' own file.

With `--record` each cell is kept in pay_under_faults.json with its commit, and an interrupted
measurement goes on with what is missing; `--minutes` ends it before all is played, `--kinds` names
some. Exit code 1 where money left twice, or is not paid and nobody is told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bench.simulated import commit
from tests.faults.sending.payments.kinds import KINDS
from tests.faults.sending.payments.trying import Try, cells, tried
from tests.faults.sending.payments.worlds import Killer, Worlds

RESULTS = Path(__file__).with_name("pay_under_faults.json")
Cells = dict[str, dict[str, Any]]


def name_of(what: Try) -> str:
    """A cell by kind, fault and point."""
    return f"{what.kind} | {what.form} {what.fault} | {what.point}".replace("|  |", "| none |")


def _shuffled(what: Try) -> bytes:
    """A fixed order without a pattern: whatever has been played is a sample of the whole."""
    return blake2b(name_of(what).encode()).digest()


async def played(worlds: Worlds, killer: Killer, what: Try) -> dict[str, Any]:
    """One cell; what breaks is told in it, and the CPU of both processes."""
    begun = time.process_time() + killer.cpu_seconds
    try:
        async with worlds.open(what.kind) as unit:
            row = asdict(await tried(unit, killer, what))
    except AssertionError as error:
        row = {"verdict": "broken", "died": True, "wrong": str(error)[:300] or repr(error)}
    used = time.process_time() + killer.cpu_seconds - begun
    return {**row, "cpu_seconds": round(used, 2)}


async def measure(given: argparse.Namespace, done: Cells) -> Cells:
    """Play what is missing; a cell is kept as soon as it is there."""
    ends_at = time.monotonic() + given.minutes * 60
    killer = Killer(os.environ)
    warm: set[str] = set()
    with tempfile.TemporaryDirectory() as base:
        worlds = Worlds(Path(base))
        for number, what in enumerate(sorted(cells(given.kinds), key=_shuffled)):
            name = name_of(what)
            if name in done or time.monotonic() > ends_at:
                continue
            if what.kind not in warm:
                await worlds.warm(what.kind, killer)
                warm.add(what.kind)
            done[name] = {**await played(worlds, killer, what), "commit": commit()}
            if done[name]["wrong"]:
                print(name, json.dumps(done[name]), flush=True)
            if given.record and not number % 10:
                keep(given, done)
    killer.end()
    return done


def together(done: Cells) -> dict[str, Any]:
    """All cells as a few figures."""
    return {
        "cells": len(done),
        "of": sum(1 for _ in cells(KINDS)),
        "killed_there": sum(row["died"] for row in done.values()),
        "wrong": sum(bool(row["wrong"]) for row in done.values()),
        "verdicts": dict(Counter(row["verdict"] for row in done.values()).most_common()),
    }


def keep(given: argparse.Namespace, done: Cells) -> None:
    """Write the record, whole or not at all."""
    new = given.out.with_suffix(".new")
    body = {"commit": commit(), "together": together(done), "cells": done}
    new.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    new.replace(given.out)


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--again", action="store_true", help="also what is recorded already")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    for name in [n for n in os.environ if n.startswith(("RECOVERY_", "PREFECT_"))]:
        del os.environ[name]
    done: Cells = {}
    if given.record and given.out.exists() and not given.again:
        done = json.loads(given.out.read_text("utf-8"))["cells"]
    done = asyncio.run(measure(given, done))
    if given.record:
        keep(given, done)
    print(json.dumps(together(done), ensure_ascii=False))
    return int(any(row["wrong"] for row in done.values()))


if __name__ == "__main__":
    sys.exit(main())

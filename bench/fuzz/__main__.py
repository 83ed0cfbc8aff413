"""`python -m bench.fuzz --cases N --seconds S --record`: a piece of the run that is written down.

Pieces go on where the last recorded one ended; each case is the same in every run. A fault is shown
again by `--only READER --case NUMBER`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.fuzz.readers import READERS
from bench.fuzz.run import Found, case_bytes, cases, growth, run_case

RECORD = Path(__file__).parents[1] / "fuzz.json"
_EVERY, _WARM = 20_000, 50


def main() -> None:
    """Run a piece; exit code 1 where anything was uncaught, disagreed, or was slow."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.only:
            data = case_bytes(asked.only, asked.case)
            print(data[:3_000])
            print(READERS[asked.only].read(data, folder))
            return
        for name, reader in READERS.items():
            for number in range(_WARM):  # what loads and compiles once is no case's
                reader.read(case_bytes(name, number), folder)
        record = _known() if asked.record or asked.begin else {"cases": 0, "readers": {}}
        record = _piece(asked, record, folder)
        if asked.growth:
            record["growth"] = _growth(asked.growth, folder)
    text = json.dumps(record, indent=1, ensure_ascii=False)
    print(text)
    if asked.record:
        RECORD.write_text(text + "\n", encoding="utf-8")
    sys.exit(_is_bad(record))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz")
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument(
        "--growth", type=int, default=0, help="patterns a reader; 0: do not measure"
    )
    parser.add_argument("--record", action="store_true", help="add to bench/fuzz.json")
    parser.add_argument("--begin", type=int, default=0, help="number of the first case")
    parser.add_argument("--only", default="", help="show one case of this reader")
    parser.add_argument("--case", type=int, default=0)
    return parser.parse_args()


def _known() -> dict[str, Any]:
    if not RECORD.exists():
        return {"cases": 0, "readers": {}}
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def _piece(asked: argparse.Namespace, record: dict[str, Any], folder: Path) -> dict[str, Any]:
    found = {name: Found() for name in READERS}
    begun, done = time.monotonic(), 0
    first = asked.begin or record["cases"]
    for name, number in cases(first, asked.cases):
        before = len(found[name].faults)
        run_case(name, number, folder, found[name])
        done += 1
        if len(found[name].faults) > before:
            print(found[name].faults[-1], file=sys.stderr, flush=True)
        if done % _EVERY == 0:
            print(f"{done:,} in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        if time.monotonic() - begun > asked.seconds:
            break
    for name, known in record["readers"].items():
        found[name].add(known)
    readers = {name: _rounded(asdict(one)) for name, one in found.items()}
    total = {
        key: sum(one[key] for one in readers.values())
        for key in ("read", "refused", "uncaught", "disagreements")
    }
    slowest = max(one["slowest_seconds_per_100_kb"] for one in readers.values())
    return {
        "cases": record["cases"] + done, **total, "slowest_seconds_per_100_kb": slowest,
        "growth": record.get("growth", {}), "readers": readers,
    }  # fmt: skip


def _growth(patterns: int, folder: Path) -> dict[str, dict[str, float | int]]:
    told: dict[str, dict[str, float | int]] = {}
    for name, reader in READERS.items():
        if reader.units:
            told[name] = growth(name, patterns, folder)
            print(name, told[name], file=sys.stderr)
    return told


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in found.items()}


def _is_bad(record: dict[str, Any]) -> int:
    is_slow = record["slowest_seconds_per_100_kb"] > 1
    return int(bool(record["uncaught"] or record["disagreements"] or is_slow))


if __name__ == "__main__":
    main()

"""What a bank's bytes may cost: `python -m bench.hostile_bank [--record] [--only TEXT]`.

Each hostile answer is served on a raw loopback socket and met by the real client, or where it is a
feed with something of ours in it by the engine's own poll, each in a process of its own. Counted
are its CPU seconds and its memory above what its imports took, how long its event loop stood still
at most, and how long it took. Exit code 1 if one of them is above its bound, if an answer was read
that has to be refused or the other way round. Results go to hostile_bank.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.hostile_answers import LISTS, NUMBERS, OURS
from bench.hostile_bytes import BYTES, PAGES, TRANSPORT
from bench.hostile_child import Cost
from bench.hostile_kit import Case, until_told
from bench.hostile_server import served
from bench.simulated import commit

RESULTS = Path(__file__).with_name("hostile_bank.json")
CASES: dict[str, Case] = {**LISTS, **NUMBERS, **BYTES, **TRANSPORT, **PAGES, **OURS}
CPU_SECONDS, CPU_SECONDS_A_MEGABYTE, CPU_SECONDS_MAX = 2.0, 1.0, 20.0
MEMORY_MEBIBYTES, MEMORY_TIMES_ITS_BYTES, MEMORY_MEBIBYTES_MAX = 64.0, 20.0, 256.0
PAUSE_SECONDS, DISK_MEGABYTES = 1.0, 4.0
_GONE_SECONDS = 3_600
_MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Met:
    """One answer, what it cost, and what is wrong with that."""

    name: str
    sent_megabytes: float
    requests: int
    cost: Cost
    above: tuple[str, ...]


def meet(name: str, case: Case) -> Met:
    """Serve one case and let a child meet it."""
    serve = until_told(case.serve) if case.ask == "poll" else case.serve
    with served(serve) as server:
        command = [sys.executable, "-m", "bench.hostile_child", case.ask, server.url]
        try:
            told = subprocess.run(  # noqa: S603 - our own module
                command, capture_output=True, text=True, timeout=_GONE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            told = subprocess.CompletedProcess(command, 1, "", f"none in {_GONE_SECONDS} s")
        sent = server.count.bytes_sent / _MEGA
        requests = server.count.requests
    if told.returncode:
        cost = Cost(0, 0, 0, 0, told.stderr.strip().splitlines()[-1][:200], is_read=False)
        return Met(name, round(sent, 2), requests, cost, ("it ended the process",))
    cost = Cost(**json.loads(told.stdout))
    return Met(name, round(sent, 2), requests, cost, tuple(_above(case, cost, sent)))


def _above(case: Case, cost: Cost, sent: float) -> list[str]:
    bounds = {
        "CPU": (
            cost.cpu_seconds,
            min(CPU_SECONDS + CPU_SECONDS_A_MEGABYTE * sent, CPU_SECONDS_MAX),
        ),
        "memory": (
            cost.memory_mebibytes,
            min(MEMORY_MEBIBYTES + MEMORY_TIMES_ITS_BYTES * sent, MEMORY_MEBIBYTES_MAX),
        ),
        "pause": (cost.pause_seconds, PAUSE_SECONDS),
        "time": (cost.seconds, case.seconds),
        "disk": (cost.disk_megabytes, DISK_MEGABYTES + sent if case.changes else DISK_MEGABYTES),
    }
    found = [f"{name} {is_:.2f} > {most:.2f}" for name, (is_, most) in bounds.items() if is_ > most]
    if cost.is_read is not case.is_read:
        found.append("was read" if cost.is_read else "was not read")
    return found


def _keep(rows: list[Met]) -> None:
    """Keep the figures, each with the commit it was measured on; others stay as they are."""
    known = {}
    if RESULTS.exists():
        known = {row["name"]: row for row in json.loads(RESULTS.read_text("utf-8"))["answers"]}
    known |= {met.name: {"commit": commit(), **asdict(met)} for met in rows}
    answers = [known[name] for name in CASES if name in known]
    text = json.dumps({"bounds": BOUNDS, "answers": answers}, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """Meet all of them, print the table, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name holds this text")
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    rows = []
    print(
        f"{'answer':<50} {'MB sent':>8} {'CPU s':>7} {'MiB':>7} {'pause s':>7} {'s':>7} "
        f"{'disk MB':>7}"
    )
    for name, case in CASES.items():
        if given.only not in name:
            continue
        met = meet(name, case)
        rows.append(met)
        cost = met.cost
        print(
            f"{name:<50} {met.sent_megabytes:8.2f} {cost.cpu_seconds:7.2f} "
            f"{cost.memory_mebibytes:7.1f} {cost.pause_seconds:7.2f} {cost.seconds:7.1f} "
            f"{cost.disk_megabytes:7.1f}  {'; '.join(met.above) or 'ok'}\n    {cost.ended}",
            flush=True,
        )
    if given.record:
        _keep(rows)
    above = [met.name for met in rows if met.above]
    print(f"{len(rows)} hostile answers, {len(above)} above a bound")
    return int(bool(above))


BOUNDS = {
    "cpu_seconds": f"{CPU_SECONDS} + {CPU_SECONDS_A_MEGABYTE} a megabyte",
    "cpu_seconds_at_most": CPU_SECONDS_MAX,
    "memory_mebibytes": f"{MEMORY_MEBIBYTES} + {MEMORY_TIMES_ITS_BYTES} a megabyte",
    "memory_mebibytes_at_most": MEMORY_MEBIBYTES_MAX,
    "pause_seconds": PAUSE_SECONDS,
    "disk_megabytes": f"{DISK_MEGABYTES}, and its own bytes where they change something of ours",
}


if __name__ == "__main__":
    sys.exit(main())

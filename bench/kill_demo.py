"""A demo that is killed again and again: `python -m bench.kill_demo [--kills 100] [--record]`.

A small world is played once without a break. Then the same command is killed (SIGKILL) at random
instants, `--per-run` times in each run, begun again each time, and at last played to its end; its
files' ends, ledger and bookings and the banks' own books have to be those of the first run. One
kill in four falls anywhere after the start of the process, the others after Prefect answers.

In the first `--own` runs the demo's own Prefect server dies with it; in the others it talks to one
that stays up, so that more of the kills fall into its work. With `--record` each run is kept in
kill_demo.json, and an interrupted measurement goes on with what is missing. Exit code 1 if any run
ended otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.kill_demo_books import Books, books_of, differences, flaws
from bench.kill_demo_world import world_digest, write_world
from bench.simulated import commit
from recovery_flows.engine.runtime.environment import without_prefect
from recovery_flows.engine.runtime.server import PrefectServer

RESULTS = Path(__file__).with_name("kill_demo.json")
_LIFE_SECONDS, _WORK_SECONDS = 12.0, 8.0
_END_SECONDS = 1_200
_AT_WORK = "Prefect API:"
_pause = threading.Event().wait
Row = dict[str, Any]


class Demo:
    """`recovery demo` of one folder, begun as often as it is killed."""

    def __init__(self, base: Path, prefect: dict[str, str]) -> None:
        self.folder, self._world, self._log = base / "demo", base / "world", base / "demo.log"
        self._environment = {
            **{
                k: v for k, v in without_prefect(os.environ).items() if not k.startswith("RECOVERY")
            },
            **prefect,
        }
        self._from = 0

    def start(self) -> subprocess.Popen[bytes]:
        """The process; what it prints goes to the end of one log."""
        self._from = self._log.stat().st_size if self._log.exists() else 0
        words = ["demo", "--no-tui", "--dir", str(self.folder), "--data", str(self._world)]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "recovery_flows.cli.main", *words],
                env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def printed(self) -> str:
        """What this life has printed so far."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    def killed_once(self, dice: random.Random) -> str | None:
        """Begin it and kill it; how far it had come, None where it had ended before."""
        child = self.start()
        if dice.random() < 0.75:
            while _AT_WORK not in self.printed() and child.poll() is None:
                _pause(0.05)
            _pause(dice.uniform(0, _WORK_SECONDS))
        else:
            _pause(dice.uniform(0, _LIFE_SECONDS))
        if child.poll() is not None:
            return None
        child.send_signal(signal.SIGKILL)
        child.wait()
        return "at work" if _AT_WORK in self.printed() else "while it started"

    def to_its_end(self) -> int:
        """Begin it and let it end."""
        child = self.start()
        try:
            return child.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def uninterrupted(base: Path) -> Row:
    """The run that all others are compared with."""
    begun = time.perf_counter()
    write_world(base / "world")
    demo = Demo(base, {})
    code = demo.to_its_end()
    if code:
        raise RuntimeError(f"the run without a break ended with {code}: {demo.printed()[-2_000:]}")
    return {
        "seconds": round(time.perf_counter() - begun, 1),
        **flaws(demo.folder),
        "books": books_of(demo.folder),
    }


def interrupted(base: Path, number: int, kills: int, prefect: dict[str, str], wanted: Books) -> Row:
    """One run: killed so often, then played to its end and compared."""
    begun, dice = time.perf_counter(), random.Random(number)  # noqa: S311 - instants of a bench
    write_world(base / "world")
    demo, killed, ended_early = Demo(base, prefect), list[str](), False
    while len(killed) < kills and not ended_early:
        came = demo.killed_once(dice)
        ended_early = came is None
        killed += [came] if came else []
    code = demo.to_its_end()
    if code:
        return {"run": number, "kills": len(killed), "exit_code": code, "differences": [
            f"ended with {code}: {demo.printed()[-2_000:]}"
        ]}  # fmt: skip
    return {
        "run": number,
        "commit": commit(),
        "server": "stays up" if prefect else "dies with it",
        "kills": len(killed),
        "at_work": killed.count("at work"),
        "while_it_started": killed.count("while it started"),
        "exit_code": code,
        **flaws(demo.folder),
        "differences": differences(wanted, books_of(demo.folder)),
        "seconds": round(time.perf_counter() - begun, 1),
    }


@contextmanager
def standing_server(base: Path) -> Iterator[dict[str, str]]:
    """A Prefect server that no kill reaches, as variables for the demo."""
    server = PrefectServer()
    url = server.start(base / "prefect", 300)
    try:
        yield {"PREFECT_API_URL": url, "PREFECT_API_AUTH_STRING": server.credential}
    finally:
        server.stop()


def fell_apart(row: Row) -> bool:
    """Whether a run ended otherwise than the one without a break, or its books do not hold."""
    counts = ("ledger_differences", "history_findings", "carried_out_twice")
    return bool(row["differences"] or any(row.get(name) for name in counts))


def together(body: Row) -> Row:
    """All runs as one line."""
    runs = body["runs"]
    names = ("kills", "at_work", "while_it_started")
    return {
        "runs": len(runs),
        **{name: sum(run.get(name, 0) for run in runs) for name in names},
        "ended_otherwise": sum(map(fell_apart, runs)),
    }


def measure(given: argparse.Namespace, body: Row) -> Row:
    """Play what is missing; each run is kept as soon as it is there."""
    if "uninterrupted" not in body:
        with tempfile.TemporaryDirectory() as folder:
            body |= {"uninterrupted": uninterrupted(Path(folder)), "runs": []}
        _keep(given, body)
    with tempfile.TemporaryDirectory() as beside, standing_server(Path(beside)) as standing:
        while (left := given.kills - sum(run["kills"] for run in body["runs"])) > 0:
            number = len(body["runs"])
            prefect = {} if number < given.own else standing
            with tempfile.TemporaryDirectory() as folder:
                row = interrupted(
                    Path(folder), number, min(given.per_run, left), prefect,
                    body["uninterrupted"]["books"],
                )  # fmt: skip
            body["runs"].append(row)
            print(json.dumps(row), flush=True)
            _keep(given, body)
    return body


def _keep(given: argparse.Namespace, body: Row) -> None:
    if not given.record:
        return
    new = given.out.with_suffix(".new")
    new.write_text(json.dumps({"together": together(body), **body}, indent=1) + "\n", "utf-8")
    new.replace(given.out)


def main() -> int:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--per-run", type=int, default=10)
    parser.add_argument("--own", type=int, default=2, help="runs whose Prefect server dies too")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--again", action="store_true", help="also what is recorded already")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    body: Row = {}
    if given.record and given.out.exists() and not given.again:
        body = json.loads(given.out.read_text("utf-8"))
        body.pop("together")
    if body.get("world") != world_digest():
        body = {"world": world_digest()}  # what was recorded was another world's
    body = measure(given, body)
    print(json.dumps(together(body)))
    return int(any(map(fell_apart, body["runs"])))


if __name__ == "__main__":
    sys.exit(main())

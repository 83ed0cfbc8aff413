"""What stops an engine: `python -m bench.kill_engine [--kills 100] [--others 100] [--hang 30]`.

A real engine process against sandbox banks in another process; the Prefect server stays up. Three
parts, each after the other on one case database:

- the engine is killed (SIGKILL) so many times, at a random instant after an officer's stop; every
  stop has to be at its bank exactly once, and the books and the history have to hold;
- another process keeps the database locked for so many seconds; the engine has to live, and what
  waits has to leave within a second of the lock's end;
- a poisoned recovery of each kind among so many others: their stops have to leave within a second.

Figures are seconds from the commit of an order to the bank that has it. Results go to
kill_engine.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench.many_banks import ManyBanks, many_banks
from bench.poisons import poison_all
from bench.report_to_hold import order_stop, percentile
from models.queries.audit.verify import verify
from models.queries.installation.clock import engine_view
from recovery_flows.clock import wall_clock
from recovery_flows.engine.runtime.server import PrefectServer
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.sandbox.worlds.world import open_book

RESULTS = Path(__file__).with_name("kill_engine.json")
_WAIT_SECONDS = 600
_pause = threading.Event().wait


class EngineProcess:
    """`recovery engine` as a user starts it."""

    def __init__(self, at: ManyBanks, api_url: str, credential: str) -> None:
        self._at = at
        folder = at.installation.settings.data_dir
        self._environment = os.environ | {
            "RECOVERY_DATA_DIR": str(folder), "PREFECT_API_URL": api_url,
            "PREFECT_API_AUTH_STRING": credential,
        }  # fmt: skip
        self._log = folder / "engine.log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it; seconds until its first sign of life that is newer than the start."""
        begun, since = time.perf_counter(), wall_clock()
        command = [sys.executable, "-m", "recovery_flows.cli.main", "engine"]
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603
                command, env=self._environment, stdout=log, stderr=log
            )
        until(lambda: self._beat_after(since), "the engine did not start")
        return time.perf_counter() - begun

    def _beat_after(self, since: object) -> bool:
        with self._at.installation.database.reading() as session:
            view = engine_view(session, wall_clock())
        return view.alive and view.beat_at is not None and view.beat_at >= since  # type: ignore[operator]

    def kill(self) -> None:
        """What a power cut does."""
        if self._child is not None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait()

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.poll() is None

    def end(self) -> None:
        """Tell it to end."""
        if self._child is not None:
            self._child.terminate()
            self._child.wait(_WAIT_SECONDS)


def until(holds: object, why: str) -> None:
    """Wait until it holds; TimeoutError with why if it never does."""
    assert callable(holds)
    deadline = time.perf_counter() + _WAIT_SECONDS
    while not holds():
        if time.perf_counter() > deadline:
            raise TimeoutError(why)
        _pause(0.005)


def ordered_at_banks(at: ManyBanks) -> list[str]:
    """Our ids of all holds that the banks have, one for each that they carried out."""
    with closing(open_book(at.book)) as book:
        return [str(row[0]) for row in book.execute("SELECT order_ref FROM hold")]


def seconds_to_bank(at: ManyBanks, hold_id: str, since: float) -> float:
    """Seconds from an instant of the performance counter until a bank has the order."""
    until(lambda: hold_id in ordered_at_banks(at), f"the stop {hold_id} never left")
    return time.perf_counter() - since


def killed(
    at: ManyBanks, engine: EngineProcess, kills: int, numbers: Iterator[int]
) -> dict[str, object]:
    """The first part."""
    dice = random.Random(7)  # noqa: S311 - instants of a bench
    orders, starts = [], []
    for number in range(kills):
        orders.append(order_stop(at, next(numbers)))
        _pause(dice.uniform(0.0, 0.8))
        engine.kill()
        starts.append(engine.start())
        if number % 10 == 9:
            sys.stderr.write(f"killed {number + 1} times\n")
    until(lambda: set(orders) <= set(ordered_at_banks(at)), "a stop was lost")
    there = ordered_at_banks(at)
    twice = len(there) - len(set(there))
    return {
        "kills": kills,
        "stops_ordered": len(orders),
        "stops_lost": len(set(orders) - set(there)),
        "stops_carried_out_twice": twice,
        "start_p50_seconds": round(percentile(starts, 50), 2),
        **_books(at),
    }


def _books(at: ManyBanks) -> dict[str, object]:
    with at.installation.database.reading() as session:
        apart = len(ledger_check(session).differences)
    return {"ledger_differences": apart, "history_findings": len(verify(at.installation.database))}


@contextmanager
def locked(at: ManyBanks) -> Iterator[None]:
    """Another process that hangs in the middle of a write."""
    path = at.installation.database.engine.url.database
    with closing(sqlite3.connect(str(path), isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            raw.execute("ROLLBACK")


def hanging(
    at: ManyBanks, engine: EngineProcess, seconds: float, numbers: Iterator[int]
) -> dict[str, object]:
    """The second part: a stop is committed just before the lock, another one just after it."""
    before = order_stop(at, next(numbers))
    with locked(at):
        _pause(seconds)
        alive = engine.is_alive()
    released = time.perf_counter()
    waited = seconds_to_bank(at, before, released)
    after = order_stop(at, next(numbers))
    return {
        "seconds_locked": seconds,
        "engine_lived": alive and engine.is_alive(),
        "waiting_stop_after_the_lock_seconds": round(waited, 3),
        "next_stop_seconds": round(seconds_to_bank(at, after, time.perf_counter()), 3),
    }


def poisoned(
    at: ManyBanks, engine: EngineProcess, others: int, numbers: Iterator[int]
) -> dict[str, object]:
    """The third part: stops of healthy recoveries beside one poisoned of each kind.

    As many are placed before that: what else the machine does is in those figures too.
    """
    without = _stops(at, others, numbers)
    kinds = poison_all(at, numbers)
    _pause(2)
    return {
        "poisons": kinds,
        "others": others,
        "without_poisons": without,
        "beside_poisons": _stops(at, others, numbers),
        "owned": _open_failures(at),
        "engine_lived": engine.is_alive(),
    }


def _stops(at: ManyBanks, count: int, numbers: Iterator[int]) -> dict[str, float]:
    seconds = []
    for _ in range(count):
        hold_id = order_stop(at, next(numbers))
        seconds.append(seconds_to_bank(at, hold_id, time.perf_counter()))
        _pause(0.1)
    return {
        "p50_seconds": round(percentile(seconds, 50), 3),
        "p99_seconds": round(percentile(seconds, 99), 3),
        "longest_seconds": round(max(seconds), 3),
        "over_a_second": sum(one > 1 for one in seconds),
    }


def _open_failures(at: ManyBanks) -> dict[str, int]:
    query = "SELECT kind, count(*) FROM discrepancy WHERE state = 'open' GROUP BY kind"
    path = at.installation.database.engine.url.database
    with closing(sqlite3.connect(str(path))) as raw:
        return dict(raw.execute(query).fetchall())


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--others", type=int, default=100)
    parser.add_argument("--hang", type=float, default=30)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    victims = given.kills + 2 * given.others + 40
    server = PrefectServer()
    with tempfile.TemporaryDirectory() as folder, many_banks(Path(folder), 4, victims) as at:
        api_url = server.start(Path(folder) / "prefect", 180)
        engine, numbers = EngineProcess(at, api_url, server.credential), iter(range(victims))
        try:
            engine.start()
            parts = {
                "killed": lambda: killed(at, engine, given.kills, numbers),
                "locked": lambda: hanging(at, engine, given.hang, numbers),
                "poisoned": lambda: poisoned(at, engine, given.others, numbers),
            }
            rows = {}
            for name, play in parts.items():
                rows[name] = play()
                sys.stdout.write(json.dumps({name: rows[name]}) + "\n")
                sys.stdout.flush()
        finally:
            engine.end()
            server.stop()
    given.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""How long others wait for the engine: `python -m bench.pauses [--recoveries 10000]`.

Two measures, each with the longest pause of the event loop and the longest hold of the write lock
(from BEGIN IMMEDIATE to the end of its transaction), in seconds:

- a sweep of so many recoveries with traces: all are due at once, each has a statement, is traced
  and decided on, by the same functions as the engine's flows, without Prefect;
- an import of so many bookings from one statement file, while the loop of the engine stands by.

Meanwhile, every second, an officer orders a stop-payment in another process: how long that takes
to be committed is the third figure. Results go to pauses.json.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import inspect
import io
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.camt_file import write_statement
from bench.many_banks import OFFICER, report
from bench.waiting_unit import BANKS, make_unit
from models.engine import Database
from models.entities.officer import Role
from models.store.unit import Actor
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.report_and_stop import stop_at_once
from recovery_flows.cases.stages import STAGES
from recovery_flows.cases.statement_files.storing import StoredFile, store_file
from recovery_flows.cli.composition import open_installation
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide, due_by_stage
from recovery_flows.intake.statements.reading import read_stream

RESULTS = Path(__file__).with_name("pauses.json")
_LOOK_SECONDS = 0.005
_ENTRY_BYTES = 900


class Holds:
    """The longest time that a write transaction of this process kept the lock."""

    def __init__(self, database: Database) -> None:
        self.longest = 0.0
        self._begun: dict[int, float] = {}
        for name, listen in (("commit", self._ended), ("rollback", self._ended)):
            sa.event.listen(database.engine, name, listen)
        sa.event.listen(database.engine, "begin", self._begins)

    def _begins(self, connection: sa.Connection) -> None:
        if connection.get_execution_options().get("write", False):
            self._begun[id(connection)] = time.perf_counter()

    def _ended(self, connection: sa.Connection) -> None:
        begun = self._begun.pop(id(connection), None)
        if begun is not None:
            self.longest = max(self.longest, time.perf_counter() - begun)


class Pauses:
    """The longest time that the event loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        """Look at the clock every few milliseconds until cancelled."""
        before = time.perf_counter()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.perf_counter()
            self.longest = max(self.longest, now - before - _LOOK_SECONDS)
            before = now


def order_stops(folder: str, first: int, stopping: Event, taken: Queue[float]) -> None:
    """In another process: an officer takes a report every second and orders its stop at once."""
    installation = open_installation(Path(folder) / "data")
    database = installation.database
    acting = CaseOfficer(database, installation.laws, by_system_user(database, OFFICER))
    number = first
    taken.put(0.0)
    while not stopping.wait(1):
        fact = report(number, BANKS, datetime.now(UTC))
        begun = time.perf_counter()
        try:
            stop_at_once(acting, fact, f"SYN-{number}")
        except Exception as error:  # noqa: BLE001 - what an officer would see is the figure
            sys.stderr.write(f"the stop failed: {type(error).__name__}\n")
            taken.put(float("inf"))
        else:
            taken.put(time.perf_counter() - begun)
        number += 1
    installation.database.dispose()


@contextlib.contextmanager
def an_officer(folder: Path, first: int) -> Iterator[list[float]]:
    """An officer at work beside; in the list, at the end, how long each stop took."""
    spawn = multiprocessing.get_context("spawn")
    stopping, taken = spawn.Event(), spawn.Queue()
    child = spawn.Process(target=order_stops, args=(str(folder), first, stopping, taken))
    child.start()
    seconds: list[float] = []
    taken.get(timeout=120)  # It is at its desk.
    try:
        yield seconds
    finally:
        stopping.set()
        child.join(30)
        while not taken.empty():
            seconds.append(taken.get())


async def in_loop(engine: Engine, work: Callable[[], Any]) -> tuple[Any, float]:
    """Run work as the engine runs it, and how long its loop paused at most."""
    pauses = Pauses()
    watching = asyncio.create_task(pauses.watch())
    await asyncio.sleep(0.05)
    result = work()
    if inspect.isawaitable(result):
        result = await result
    await asyncio.sleep(0.05)
    watching.cancel()
    await engine.close()
    return result, pauses.longest


def sweep_once(engine: Engine, *, threads: bool) -> Callable[[], Any]:
    """Everything due decided on, stage by stage, as the engine's flows do it."""

    async def sweep() -> int:
        done = 0
        for _ in range(10_000):
            if threads:
                due = await asyncio.to_thread(due_by_stage, engine)
            else:
                due = due_by_stage(engine)
            if not due:
                return done
            for stage in STAGES:
                ids = due.get(stage, [])
                if ids and threads:
                    done += await asyncio.to_thread(decide, engine, ids)
                elif ids:
                    done += decide(engine, ids)
                    await asyncio.sleep(0)
        return done

    return sweep


def measure_sweep(folder: Path, recoveries: int, *, threads: bool) -> dict[str, float]:
    """The sweep of so many recoveries with traces."""
    made = make_unit(folder, recoveries)
    engine = Engine(made.database, made.laws, Pace(), "bench")
    holds = Holds(made.database)
    with an_officer(folder, recoveries + 1) as stops:
        holds.longest = 0.0
        begun = time.perf_counter()
        done, pause = asyncio.run(in_loop(engine, sweep_once(engine, threads=threads)))
        seconds = time.perf_counter() - begun
    made.database.dispose()
    return _figures(seconds, pause, holds.longest, stops) | {"recoveries": done}


def measure_import(folder: Path, bookings: int, *, threads: bool) -> dict[str, float]:
    """The import of one file of so many bookings."""
    made = make_unit(folder, 4)
    path = folder / "large.xml"
    write_statement(path, bookings * _ENTRY_BYTES // 1_000_000)
    raw, actor = path.read_bytes(), Actor(OFFICER, Role.OFFICER)
    now = datetime.now(UTC)
    engine = Engine(made.database, made.laws, Pace(), "bench")
    holds = Holds(made.database)

    def work() -> StoredFile:
        return store_file(
            made.database, actor, now, read_stream(io.BytesIO(raw)), raw, "sandbox-00", made.laws
        )

    with an_officer(folder, 1_000) as stops:
        holds.longest = 0.0
        begun = time.perf_counter()
        # An import is another process than the engine; a thread stands for it here.
        run = (lambda: asyncio.to_thread(work)) if threads else work
        taken, pause = asyncio.run(in_loop(engine, run))
        seconds = time.perf_counter() - begun
    made.database.dispose()
    return _figures(seconds, pause, holds.longest, stops) | {"bookings": taken.lines_new}


def _figures(seconds: float, pause: float, hold: float, stops: list[float]) -> dict[str, float]:
    return {
        "seconds": round(seconds, 1),
        "longest_pause_of_the_loop_seconds": round(pause, 3),
        "longest_hold_of_the_write_lock_seconds": round(hold, 3),
        "stops_ordered_meanwhile": len(stops),
        "median_stop_seconds": round(sorted(stops)[len(stops) // 2] if stops else 0.0, 3),
        "longest_stop_seconds": round(max(stops, default=0.0), 3),
    }


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recoveries", type=int, default=10_000)
    parser.add_argument("--bookings", type=int, default=40_000)
    parser.add_argument("--in-the-loop", action="store_true", help="As it was before threads.")
    parser.add_argument("--only", choices=("sweep", "import"), default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    rows: dict[str, dict[str, float]] = {}
    threads = not given.in_the_loop
    if given.only != "import":
        with tempfile.TemporaryDirectory() as folder:
            rows["sweep"] = measure_sweep(Path(folder), given.recoveries, threads=threads)
    if given.only != "sweep":
        with tempfile.TemporaryDirectory() as folder:
            rows["import"] = measure_import(Path(folder), given.bookings, threads=threads)
    text = json.dumps(rows, indent=1) + "\n"
    sys.stdout.write(text)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

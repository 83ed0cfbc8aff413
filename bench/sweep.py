"""A sweep over many open recoveries: `python -m bench.sweep [--recoveries 1000 10000]`.

Each recovery is accepted and its stop-payment ordered, to be confirmed within two hours. At first
nothing is due (`none due`); then the time of every hundredth recovery is over (`1 % due`), half an
hour later that of all others (`all due`): an alarm is recorded of each. The work is that of the
engine's flows, without Prefect and without banks; what is sent is measured in `many_banks`.
`floor` are the rows that `all due` has written, written bare by SQLAlchemy Core into another
database with the same tables, one executemany a table and transaction. Seconds of CPU are those of
this process. Results go to sweep.json.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.statements import counted
from bench.waiting_unit import make_unit
from models.engine import make_engine
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.recovery import Recovery
from models.migrate import upgrade
from models.queries.installation.clock import case_now
from models.store.clock import set_case_time
from models.store.unit import unit_of_work
from recovery_flows.cli.composition import Installation
from recovery_flows.collecting import collect_seldom
from recovery_flows.engine.context import Engine
from recovery_flows.engine.decisions import decide, due_by_stage

RESULTS = Path(__file__).with_name("sweep.json")
_R, _E = table_of(Recovery), table_of(Event)
_CHUNK = 100
Figures = dict[str, float]


def cpu_seconds() -> float:
    """Seconds of CPU of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _measured(engine: Engine, due: int) -> Figures:
    """What one sweep took."""
    before = last_event(engine.database.engine)
    with counted() as statements:
        begun, cpu = time.perf_counter(), cpu_seconds()
        sweep(engine)
        seconds, cpu = time.perf_counter() - begun, cpu_seconds() - cpu
    return {
        "due": due,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu, 3),
        "due_a_second": round(due / seconds, 1),
        "due_a_cpu_second": round(due / cpu, 1),
        "queries": statements["queries"],
        "events": last_event(engine.database.engine) - before,
    }


def last_event(engine: sa.Engine) -> int:
    """The number of the newest event."""
    with engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.max(_E.c.seq))).scalar() or 0)


def sweep(engine: Engine) -> int:
    """Whatever is due is decided on, until nothing is; how many recoveries changed."""
    done = 0
    while due := due_by_stage(engine):
        for ids in due.values():
            done += decide(engine, ids)
    return done


def floor(engine: sa.Engine, since: int, folder: Path) -> float:
    """Seconds of CPU for the rows written since an event, written bare into the same tables."""
    rows = {table: _written(engine, table, since) for table in _E.metadata.sorted_tables}
    ids = sorted({row["recovery_id"] for row in rows[_E]})
    by_table = {table: _by_recovery(found) for table, found in rows.items() if found}
    bare = make_engine(f"sqlite:///{folder}/bare.sqlite3")
    upgrade(bare)
    bare.dispose()
    # Parents of these rows are not copied.
    sa.event.listen(bare, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
    with bare.connect() as connection:
        cpu = cpu_seconds()
        for start in range(0, len(ids), _CHUNK):
            with connection.begin():
                for table, found in by_table.items():
                    part = [row for name in ids[start : start + _CHUNK] for row in found[name]]
                    if part:
                        connection.execute(table.insert(), part)
        cpu = cpu_seconds() - cpu
    bare.dispose()
    return cpu


def _by_recovery(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {row["recovery_id"]: [] for row in rows}
    for row in rows:
        found[row["recovery_id"]].append(row)
    return found


def _written(engine: sa.Engine, table: sa.Table, since: int) -> list[dict[str, Any]]:
    """Rows of a table that events after `since` have made or changed."""
    if table is _E:
        where: sa.ColumnElement[bool] = table.c.seq > since
    elif "event_seq" in table.c:
        where = table.c.event_seq > since
    elif "id" not in table.c or not ({"recovery_id"} & set(table.c.keys()) or table is _R):
        return []
    else:
        where = table.c.id.in_(sa.select(_E.c.subject_id).where(_E.c.seq > since))
        if table is _R:
            where = table.c.id.in_(sa.select(_E.c.recovery_id).where(_E.c.seq > since))
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(sa.select(table).where(where)).mappings()]
    return [row | {"recovery_id": row["id"]} for row in found] if table is _R else found


def measure(folder: Path, recoveries: int) -> dict[str, Figures]:
    """All figures of one size."""
    made = make_unit(folder, recoveries, with_statements=False)
    engine = Engine(made.database, made.laws, made.pace(), "bench", signer=made.signer)
    collect_seldom()  # as the engine does
    found: dict[str, Figures] = {}
    sweep(engine)
    found["none due"] = _measured(engine, 0)
    few = -(-recoveries // 100)
    for name, minutes, due in (("1 % due", 100, few), ("all due", 30, recoveries - few)):
        _pass_time(made, timedelta(minutes=minutes))
        before = last_event(made.database.engine)
        found[name] = _measured(engine, due)
    bare = floor(made.database.engine, before, folder)
    found["all due"]["floor_cpu_seconds"] = round(bare, 3)
    found["all due"]["of_floor"] = round(bare / found["all due"]["cpu_seconds"], 3)
    made.database.dispose()
    return found


def _pass_time(made: Installation, by: timedelta) -> None:
    with unit_of_work(made.database) as unit:
        set_case_time(unit, case_now(unit.session, datetime.now(UTC)) + by)


def exponent(rows: dict[str, dict[str, Figures]]) -> float:
    """With which power of the number the time of `all due` grows, least size to largest."""
    sizes = sorted(int(size) for size in rows)
    low, high = (rows[str(n)]["all due"]["cpu_seconds"] for n in (sizes[0], sizes[-1]))
    return round(math.log(high / low) / math.log(sizes[-1] / sizes[0]), 3)


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recoveries", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    rows: dict[str, dict[str, Figures]] = {}
    for recoveries in given.recoveries:
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder)
            rows[str(recoveries)] = measure(where, recoveries)
            sys.stderr.write(json.dumps(rows[str(recoveries)], indent=1) + "\n")
    result: dict[str, Any] = dict(rows)
    if len(rows) > 1:
        result["exponent of all due"] = exponent(rows)
    text = json.dumps(result, indent=1) + "\n"
    sys.stdout.write(text)
    given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

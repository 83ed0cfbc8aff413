"""A stored world of any size: a played one, its recoveries copied under new ids.

`python -m bench.stored_world FOLDER --recoveries 10000` plays a small half-year once, beside the
folder, and copies it row by row into a migrated database: states, events, postings and calls are
those of the play. What nobody reads who looks (signed chains, bodies of calls) is copied as it is,
so `audit verify` has much to say about such a world and `ledger check` nothing.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bench.half_year import simulate
from models.engine import make_engine
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.installation.clock import case_now
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.reports.filing import file_reports
from models.store.rollups.keeping import fill
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import open_installation

VICTIMS, DAYS = 60, 30
_SHARED = frozenset(
    {"alembic_version", "beat", "case_clock", "counter", "document", "installation", "line_import",
     "officer", "partner", "queue_entry", "register_change", "table_seal", "tally"}
)  # fmt: skip
_OPENED = frozenset({"holder_sealed", "name_sealed", "number_sealed", "text_sealed"})
_NUMBERS = {("event", "seq"), ("posting", "event_seq")}
_UNIQUE = frozenset({"ref", "external_ref", "end_to_end_id"})
_JSON = frozenset({"result_json"})
_Change = Callable[[Any, str, int, str], Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's rows, and what changes of a row from copy to copy: (place, change)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Any, ...], tuple[tuple[int, _Change], ...]], ...]


def played(folder: Path) -> Path:
    """The small world that others are copied from, played where it is not there yet."""
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        simulate(VICTIMS, 7, DAYS, folder)
        _last_hours(folder / "data")
        (folder / "done").touch()
    return folder


def _last_hours(data: Path) -> None:
    """Reports that nobody has accepted yet, and stops that wait for a second person."""
    made = open_installation(data)
    with made.database.reading() as session:
        now = case_now(session, datetime.now(UTC))
    acting = CaseOfficer(
        made.database, made.laws, by_system_user(made.database, "synthetic-officer"), lambda: now
    )
    facts = [_fact(number, now - timedelta(minutes=7 * number)) for number in range(18)]
    with unit_of_work(made.database) as unit:
        filed = file_reports(unit, Actor("synthetic-officer", Role.OFFICER), now, "CN", facts).filed
    for recovery_id in filed[::3]:
        for _ in range(2):
            acting.advance(recovery_id, case_number=f"SYN-{recovery_id[-6:]}")
    made.database.dispose()


def _fact(number: int, at: datetime) -> ReportFact:
    victim = AccountRef("sandbox-quick", f"99991{number:011d}", "Synthetic Victim")
    mule = AccountRef("sandbox-slow", f"99992{number:011d}", "Synthetic Mule")
    return ReportFact(
        row=1, external_ref=f"SYN-L{number:04d}", victim_name="Synthetic Victim",
        victim_contact="victim@synthetic.example", victim_account=victim, payee_account=mule,
        amount=Money(100_000 + 7_700 * number, "CNY"), paid_at=at - timedelta(minutes=40),
        reported_at=at, end_to_end_id=f"SYN-L{number:05d}",
    )  # fmt: skip


def grow(template: Path, folder: Path, recoveries: int) -> Path:
    """Copy a played world into `folder` until it has so many recoveries; its data folder."""
    folder.mkdir(parents=True)
    for name in ("data", "data-keys"):
        shutil.copytree(template / name, folder / name)
    file = folder / "data" / "recovery.sqlite3"
    multiply(file, Vault.load(folder / "data-keys"), recoveries)
    return folder / "data"


def multiply(file: Path, vault: Vault, recoveries: int) -> None:
    """Copy all recoveries of a database, under new ids, until there are so many."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("PRAGMA cache_size=-400000")
        tables = list(_tables(raw, vault))
        (there,) = raw.execute("SELECT count(*) FROM recovery").fetchone()
        (span,) = raw.execute("SELECT max(seq) FROM event").fetchone()
        guards = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:  # what is copied has gone through them once
            raw.execute(f"DROP TRIGGER {name}")
        for copy in range(1, -(-recoveries // there)):
            for table in tables:
                _copy(raw, table, copy, span)
        for _, text in guards:
            raw.execute(text)
        raw.commit()
    engine = make_engine(f"sqlite:///{file}")
    with Session(engine.execution_options(write=True)) as session, session.begin():
        fill(session)
    engine.dispose()


def _copy(raw: sqlite3.Connection, table: _Table, copy: int, span: int) -> None:
    suffix = f"~{copy}"
    marks = ", ".join("?" * len(table.columns))
    new = []
    for row, changes in table.rows:
        cells = list(row)
        for place, change in changes:
            cells[place] = change(cells[place], suffix, copy * span, str(row[0]))
        new.append(cells)
    raw.executemany(f"INSERT INTO {table.name} VALUES ({marks})", new)  # noqa: S608 - our names


def _tables(raw: sqlite3.Connection, vault: Vault) -> Iterator[_Table]:
    names = [
        name
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in _SHARED and not name.startswith("sqlite_")
    ]
    columns = {n: tuple(c[1] for c in raw.execute(f"PRAGMA table_info({n})")) for n in names}
    ids = {
        row[0]
        for name in names
        if "id" in columns[name]
        for row in raw.execute(f"SELECT id FROM {name}")  # noqa: S608 - our own names
    }
    pattern = re.compile("|".join(sorted(map(re.escape, ids), key=len, reverse=True)))
    for name in names:
        where = " WHERE recovery_id <> ''" if name == "event" else ""
        rows = raw.execute(f"SELECT * FROM {name}{where}").fetchall()  # noqa: S608
        changed = tuple((row, _changes(name, columns[name], row, ids, pattern, vault))
                        for row in rows)  # fmt: skip
        yield _Table(name, columns[name], changed)


def _changes(
    table: str,
    columns: tuple[str, ...],
    row: tuple[Any, ...],
    ids: set[str],
    pattern: re.Pattern[str],
    vault: Vault,
) -> tuple[tuple[int, _Change], ...]:
    found: list[tuple[int, _Change]] = []
    for place, (column, value) in enumerate(zip(columns, row, strict=True)):
        if (table, column) in _NUMBERS:
            found.append((place, lambda v, _s, n, _r: v + n))
        elif (column in _UNIQUE and value) or (isinstance(value, str) and value in ids):
            found.append((place, lambda v, s, _n, _r: f"{v}{s}"))
        elif column in _JSON:
            found.append((place, lambda v, s, _n, _r: pattern.sub(lambda m: m[0] + s, v)))
        elif column in _OPENED and value:
            found.append((place, _sealing(vault, table, column, str(row[0]), value)))
    return tuple(found)


def _sealing(vault: Vault, table: str, column: str, row_id: str, value: str) -> _Change:
    text = vault.open(value, SealedPlace(table, row_id, column))

    def change(_value: object, suffix: str, _n: int, _row: str) -> str:
        return vault.seal(text, SealedPlace(table, row_id + suffix, column))

    return change


def main() -> int:
    """Make a world and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recoveries", type=int, default=10_000)
    given = parser.parse_args()
    begun = time.perf_counter()
    template = played(given.folder.with_name("played"))
    played_at = time.perf_counter()
    grow(template, given.folder, given.recoveries)
    made = time.perf_counter() - played_at
    sys.stdout.write(f"played in {played_at - begun:.1f} s, {given.recoveries:,} in {made:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

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
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.half_year import simulate
from models.entities.officer import Role
from models.facts import AccountRef, ReportFact
from models.money import Money
from models.queries.installation.clock import case_now
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault
from models.store.reports.filing import file_reports
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cli.composition import open_installation

VICTIMS, DAYS = 60, 30
_SHARED = frozenset(
    {"alembic_version", "beat", "case_clock", "counter", "document", "installation", "line_import",
     "officer", "partner", "register_change", "table_seal", "tally"}
)  # fmt: skip
_OPENED = frozenset({"holder_sealed", "name_sealed", "number_sealed", "text_sealed"})
_NUMBERS = {("event", "seq"), ("posting", "event_seq")}
_UNIQUE = frozenset({"ref", "external_ref", "end_to_end_id"})
_TEXTS = frozenset({"deadlines", "result_json", "sought"})
_MARK = "\x01"


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
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4000000"):
            raw.execute(f"PRAGMA {setting}")
        names, columns = _tables(raw)
        (there,) = raw.execute("SELECT count(*) FROM recovery").fetchone()
        copies = -(-recoveries // there)
        marking = _marking(raw, names, columns, vault)
        # What is copied has gone through its triggers once; an index is quicker made of all rows.
        later = raw.execute(
            "SELECT type, name, sql FROM sqlite_master "
            "WHERE type IN ('trigger', 'index') AND sql <> ''"
        ).fetchall()
        for kind, name, _ in later:
            raw.execute(f"DROP {kind} {name}")
        raw.execute("CREATE TEMP TABLE copy (n INTEGER PRIMARY KEY)")
        raw.executemany("INSERT INTO copy VALUES (?)", [(n,) for n in range(1, copies)])
        raw.execute("BEGIN")
        for name in names:
            _copy(raw, marking, name, columns[name])
        # Each of the counts is a sum over recoveries.
        raw.execute("UPDATE tally SET value = value * ?", (copies,))
        for _, _, text in later:
            raw.execute(text)
        raw.execute("COMMIT")


@dataclass(frozen=True, slots=True)
class _Marking:
    """What changes of a row from copy to copy, said in the row itself."""

    ids: frozenset[str]
    pattern: re.Pattern[str]
    """Any id or reference, wherever it stands in a text."""
    vault: Vault
    span: int
    """So many numbers lie between an event and its copy."""

    def marked(self, table: str, column: str, row_id: str, value: Any) -> Any:  # noqa: ANN401
        """A cell as it is copied: `_MARK` stands where the number of the copy goes."""
        if column in _OPENED and value:
            return _MARK + self.vault.open(value, SealedPlace(table, row_id, column))
        if column in _TEXTS:
            return self.pattern.sub(lambda found: found[0] + _MARK, value) if value else value
        if (column in _UNIQUE and value) or (isinstance(value, str) and value in self.ids):
            return f"{value}{_MARK}"
        return value


def _tables(raw: sqlite3.Connection) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    names = [
        name
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name not in _SHARED and not name.startswith("sqlite_")
    ]
    return names, {n: tuple(c[1] for c in raw.execute(f"PRAGMA table_info({n})")) for n in names}


def _marking(
    raw: sqlite3.Connection, names: list[str], columns: dict[str, tuple[str, ...]], vault: Vault
) -> _Marking:
    ids, unique = (
        {
            value
            for name in names
            for column in wanted & set(columns[name])
            for (value,) in raw.execute(f"SELECT {column} FROM {name}")  # noqa: S608 - our names
            if value
        }
        for wanted in ({"id"}, _UNIQUE)
    )
    longest_first = sorted(map(re.escape, ids | unique), key=len, reverse=True)
    (span,) = raw.execute("SELECT max(seq) FROM event").fetchone()
    return _Marking(frozenset(ids), re.compile("|".join(longest_first), re.IGNORECASE), vault, span)


def _copy(raw: sqlite3.Connection, marking: _Marking, name: str, columns: tuple[str, ...]) -> None:
    """Copy a table's rows so often as there are copies, in one statement."""
    vault = marking.vault

    def sealed(text: str, row_id: str, column: str) -> str:
        return vault.seal(text, SealedPlace(name, row_id, column))

    raw.create_function("sealed", 3, sealed)
    where = " WHERE recovery_id <> ''" if name == "event" else ""
    rows = raw.execute(f"SELECT * FROM {name}{where}").fetchall()  # noqa: S608 - our own names
    raw.execute(f"CREATE TEMP TABLE original AS SELECT * FROM {name} LIMIT 0")  # noqa: S608
    marks = ", ".join("?" * len(columns))
    raw.executemany(
        f"INSERT INTO original VALUES ({marks})",  # noqa: S608
        [
            [marking.marked(name, column, str(row[0]), value)
             for column, value in zip(columns, row, strict=True)]
            for row in rows
        ],
    )  # fmt: skip
    cells = ", ".join(_cell(name, column, marking.span) for column in columns)
    raw.execute(f"INSERT INTO {name} SELECT {cells} FROM copy, original")  # noqa: S608
    raw.execute("DROP TABLE original")


def _cell(table: str, column: str, span: int) -> str:
    if (table, column) in _NUMBERS:
        return f"{column} + n * {span}"
    with_copy = f"replace({column}, char(1), '~' || n)"
    if column in _OPENED:
        text = f"sealed(substr({column}, 2), replace(id, char(1), '~' || n), '{column}')"
        return f"CASE WHEN {column} LIKE char(1) || '%' THEN {text} ELSE {column} END"
    return f"CASE typeof({column}) WHEN 'text' THEN {with_copy} ELSE {column} END"


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

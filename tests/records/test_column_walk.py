"""Every column of every table: changed, swapped, a row added, a row removed; each is named.

The tables come from the metadata, so that a column added tomorrow is walked tomorrow. What may
change without being named stands in `MAY_CHANGE` with the reason.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from models.engine import Database
from models.entities.catalogue import BY_NOUN, STATE_COLUMN, STATELESS, TRANSITIONS
from models.entities.event import EntityKind
from models.entities.installation import InstallationKind
from models.entities.officer import Role
from models.ids import digest_bytes
from models.outcome import Outcome, Transition
from models.queries.audit.verify import Finding, verify
from models.rights.decisions import DECISIONS
from models.sealing.sealed_place import SealedPlace
from models.store.clock import beat
from models.store.documents import keep
from models.store.installation import note_made
from models.store.log_ins import Tries, keep_tries
from models.store.record import record
from models.store.statements import line_imports
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, Actor, Unit, unit_of_work
from tests.by_hand import by_hand, without_money_guards

MAY_CHANGE: dict[tuple[str, str], str] = {}
"""(table, column): why `audit verify` may say nothing when it is changed by hand."""

OF_DOCUMENTS = {
    ("call", "letter_digest"), ("call", "answer_document"), ("task", "document"),
    ("hold", "proof"), ("compensation", "proof"), ("recall", "message"),
    ("recall", "answer_document"), ("recall_credit", "proof"),
    ("request", "letter"), ("request", "proof"), ("request", "answer_document"),
    ("request_receipt", "proof"), ("request_message", "letter"), ("request_message", "proof"),
    ("recall", "answer_document"), ("recall_credit", "proof"), ("court_list", "proof"),
    ("recall_credit", "reversal_proof"), ("third_party_claim", "proof"),
    ("third_party_claim", "payment_proof"), ("victim_message", "text"),
}  # fmt: skip
# Rows of these tables vouch for each other or for bytes: they are made by their own writers.
BY_WRITERS = {EntityKind.STATEMENT, EntityKind.CLOCK, EntityKind.INSTALLATION}


@dataclass
class Walked:
    """What the walk found: columns seen, changes that were named, changes that were not."""

    columns: set[tuple[str, str]] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)
    silent: list[str] = field(default_factory=list)
    tried: int = 0


def value_of(work: Unit, column: sa.Column[Any], row_id: str, n: int) -> Any:
    """A value that the n-th row has alone, fit for the column's type."""
    refers = next(iter(column.foreign_keys), None)
    if refers is not None:
        target = refers.column
        ids = work.session.execute(sa.select(target).order_by(target)).scalars().all()
        return ids[n % len(ids)]
    if column.name.endswith("_sealed"):
        place = SealedPlace(column.table.name, row_id, column.name)
        return work.vault.seal(f"invented text {n}", place)
    if (column.table.name, column.name) in OF_DOCUMENTS:
        ids = work.session.execute(sa.text("SELECT digest FROM document ORDER BY digest"))
        return ids.scalars().all()[n]
    if column.name == "body_digest":
        return digest_bytes(f"invented text {n}".encode())
    kind: Any = column.type
    if isinstance(kind, sa.Enum):
        members = list(kind.enum_class or kind.enums)
        return members[n % len(members)]
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat("2026-03-02T05:00:00+00:00") + timedelta(hours=n)
    if isinstance(kind, sa.Boolean):
        return n % 2 == 1
    if isinstance(kind, sa.Integer):
        return 1000 + n
    return f"{column.name[:12]}-{n}"[: column.type.length or 40]  # type: ignore[attr-defined]


def born(work: Unit, noun: EntityKind, n: int) -> None:
    """A row of a noun with a value in every column, made by an event as the program makes it."""
    table = BY_NOUN[noun]
    birth = next(event for state, event in TRANSITIONS[noun] if state is None)
    name = f"{noun}-{n}"
    own = {"id", "row_seal"} | (set() if noun in STATELESS else {STATE_COLUMN[noun]})
    columns = [c for c in table.c if c.name not in own and c.name != "recovery_id"]
    values = {c.name: value_of(work, c, name, n) for c in columns}
    role = next(iter(sorted(DECISIONS.get((noun, birth), {Role.ENGINE}))))
    actor = ENGINE if role is Role.ENGINE else Actor("chen", role)
    of = "" if "recovery_id" not in table.c else work_recovery(work)
    work.confirmed = Transition(noun, name, birth, None, values)
    at = datetime.fromisoformat("2026-03-02T04:00:00+00:00")
    record(work, actor, at, of, Outcome((work.confirmed,)))


def work_recovery(work: Unit) -> str:
    table = BY_NOUN[EntityKind.RECOVERY]
    return str(work.session.execute(sa.select(table.c.id).limit(1)).scalar_one())


@pytest.fixture(scope="module")
def filled(
    installed: Path, copied: Any, second_report: Any, tmp_path_factory: Any
) -> Iterator[Any]:
    """A unit with at least two rows in every table, each column with a value of its own."""
    unit = copied(installed, tmp_path_factory.mktemp("walked") / "unit")
    first = unit.traced()
    unit.report(second_report)
    unit.case_officer().note(first, "an invented remark")
    second = unit.statement([unit.line(1, 5_000, ref="X1"), unit.line(2, 300, ref="X2")],
                            account=unit.accounts[2])  # fmt: skip
    with unit_of_work(unit.database) as work:
        name = keep(work, b"an invented statement", "statement", "text/plain", unit.now)
        record_statement(work, ENGINE, unit.now, first, second, name)
        keep(work, b"an invented document", "letter", "text/plain", unit.now)
        keep(work, b"another invented document", "letter", "text/plain", unit.now)
        beat(work, "engine", 1, "working", "polls", unit.now)
        beat(work, "another", 2, "working", "sends", unit.now + timedelta(seconds=1))
        keep_tries(work, "tries-1", Tries(3), unit.now)
        keep_tries(work, "tries-2", Tries(4, unit.now), unit.now + timedelta(seconds=1))
        line_imports.begin(work, "import-dead", unit.now - timedelta(hours=1))
        line_imports.begin(work, "import-alive", unit.now)
        note_made(work, unit.now, InstallationKind.UNIT)
        with without_money_guards(work.session):
            for noun, n in product(EntityKind, (1, 2)):
                if noun not in BY_WRITERS:
                    born(work, noun, n)
    yield unit
    unit.database.dispose()


def rows_of(raw: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    found = raw.execute(f'SELECT rowid AS rowid_, * FROM "{table}" ORDER BY rowid').fetchall()
    return [dict(row) for row in found]


def other(value: Any, column: sa.Column[Any]) -> Any:
    """Another value that the column could hold."""
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(column.type, sa.Boolean):
        return 0 if value else 1
    if isinstance(column.type, UTCDateTime):
        return "2031-01-01 00:00:00.000000"
    if isinstance(column.type, sa.Integer):
        return (value or 0) + 1
    return "y" if value != "y" else "z"


def names(findings: tuple[Finding, ...], table: str, row: dict[str, Any]) -> bool:
    """Whether a finding is about this row, or about its table."""
    keys = {str(row.get(k)) for k in ("id", "digest", "name", "seq", "event_seq")}
    return any(
        f.noun == table or f.subject_id in keys or str(f.seq) in keys
        or (table == "case_clock" and f.noun == EntityKind.CLOCK)
        for f in findings
    )  # fmt: skip


class Hand:
    """Somebody with the file and no key, who puts everything back after each try."""

    def __init__(self, raw: sqlite3.Connection, database: Database) -> None:
        self.database, self.raw = database, raw
        self.raw.row_factory = sqlite3.Row
        self.raw.commit()

    def is_named(self, table: str, row: dict[str, Any]) -> bool:
        self.raw.commit()
        return names(verify(self.database), table, row)

    def put(self, table: str, column: str, row: dict[str, Any], value: Any) -> None:
        statement = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
        self.raw.execute(statement, (value, row["rowid_"]))
        if (table, column) == ("event", "seq"):
            row["rowid_"] = value  # the key is the row's own number

    def swap(
        self, table: str, name: str, row: dict[str, Any], twin: dict[str, Any], column: Any
    ) -> bool:
        """Put each row's value into the other; False where a third row has it already."""
        self.raw.commit()
        between = -1 if column.primary_key else "swapping"
        try:
            for one, value in ((row, between), (twin, row[name]), (row, twin[name])):
                self.put(table, name, one, value)
        except sqlite3.IntegrityError:
            self.raw.rollback()
            return False
        return True

    def insert(self, table: str, row: dict[str, Any]) -> None:
        values = {k: v for k, v in row.items() if k != "rowid_"}
        columns = ", ".join(f'"{c}"' for c in values)
        marks = ", ".join("?" for _ in values)
        self.raw.execute(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', [*values.values()])

    def delete(self, table: str, rowid: int) -> None:
        self.raw.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))


def walk_columns(hand: Hand, table: sa.Table, walked: Walked) -> None:
    for column in table.c:
        rows = rows_of(hand.raw, table.name)
        at, name = (table.name, column.name), column.name
        walked.columns.add(at)
        if at in MAY_CHANGE:
            continue
        row = rows[-1]
        hand.put(table.name, name, row, other(row[name], column))
        _note(walked, hand.is_named(table.name, row), at, "changed")
        hand.put(table.name, name, row, row[name])
        hand.raw.commit()
        keys = [c.name for c in table.primary_key if column.primary_key and c is not column]
        twins = [r for r in rows[:-1] if r[name] != row[name] and all(r[k] == row[k] for k in keys)]
        twin = next((r for r in twins if hand.swap(table.name, name, row, r, column)), None)
        if twin is not None:
            _note(walked, hand.is_named(table.name, row), at, "swapped")
            hand.swap(
                table.name, name, {**row, name: twin[name]}, {**twin, name: row[name]}, column
            )


def walk_rows(hand: Hand, table: sa.Table, walked: Walked) -> None:
    row = rows_of(hand.raw, table.name)[-1]
    at = (table.name, "")
    added = {**row}
    for column in table.c:
        if column.primary_key or column.unique:
            is_number = isinstance(row[column.name], int)
            added[column.name] = row[column.name] + 1 if is_number else f"{row[column.name]}x"
    for rule in table.constraints:
        if isinstance(rule, sa.UniqueConstraint):
            added[list(rule.columns)[-1].name] += "x"
    hand.insert(table.name, added)
    _note(walked, hand.is_named(table.name, added), at, "row added")
    hand.delete(table.name, hand.raw.execute("SELECT last_insert_rowid()").fetchone()[0])
    hand.delete(table.name, row["rowid_"])
    _note(walked, hand.is_named(table.name, row), at, "row removed")
    hand.insert(table.name, row)


def _note(walked: Walked, is_named: bool, at: tuple[str, str], what: str) -> None:  # noqa: FBT001
    walked.tried += 1
    if is_named:
        walked.named.add(at)
    else:
        walked.silent.append(f"{at[0]}.{at[1]} {what}")


def test_every_column_of_every_table_is_named_when_it_is_changed_by_hand(
    filled: Any, capsys: Any
) -> None:
    assert verify(filled.database) == ()
    walked = Walked()
    with by_hand(filled.path) as raw:
        hand = Hand(raw, filled.database)
        for table in SQLModel.metadata.sorted_tables:
            assert rows_of(hand.raw, table.name), f"no row in {table.name}"
            walk_columns(hand, table, walked)
            walk_rows(hand, table, walked)
        hand.raw.commit()
    listed = {at for at in walked.columns if at in MAY_CHANGE}
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(walked.columns)} columns of {len(SQLModel.metadata.tables)} tables: "
            f"{len({at for at in walked.named if at[1]})} named, {len(listed)} listed; "
            f"{walked.tried} changes tried\n"
        )
    assert walked.silent == []
    assert set(MAY_CHANGE) == listed
    assert verify(filled.database) == ()

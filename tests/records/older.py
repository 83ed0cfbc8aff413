"""A database as an earlier version had it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from alembic import command

from models.engine import Database, make_engine, open_database
from models.migrate import alembic_config, upgrade
from models.schema import schema_is_current
from models.store.installation import has_no_seals, seal_older


def taken_back(unit: Any, path: Path, revision: str) -> Path:
    """Make a database of an earlier revision that holds what a unit's has, as far as it goes."""
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("ATTACH ? AS new", (str(unit.path),))
        tables = raw.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table'"
            " AND name NOT IN ('alembic_version', 'case_clock')"
        ).fetchall()
        for (table,) in tables:
            there = {c[1] for c in raw.execute(f"PRAGMA new.table_info({table})")}
            names = [c[1] for c in raw.execute(f"PRAGMA main.table_info({table})")]
            values = ", ".join(f'"{n}"' if n in there else "''" for n in names)
            into = ", ".join(f'"{n}"' for n in names)
            raw.execute(f"INSERT INTO main.{table} ({into}) SELECT {values} FROM new.{table}")
        raw.commit()
    return path


def brought_up_to_date(unit: Any, path: Path) -> Database:
    """What `recovery init` makes of it: the newest schema, and its rows sealed."""
    engine = make_engine(f"sqlite:///{path}")
    assert has_no_seals(engine)
    upgrade(engine)
    assert schema_is_current(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        keep_case_time(unit, raw)
        # So do the words of its banks: the history that it is given here tells them.
        for table in ("hold", "payout"):
            told = f"(SELECT n.bank_said FROM new.{table} n WHERE n.id = {table}.id)"
            raw.execute(f"UPDATE {table} SET bank_said = {told}")
    database = open_database(f"sqlite:///{path}", unit.folder / "keys")
    _sign_as_then(database)
    seal_older(database)
    return database


def keep_case_time(unit: Any, raw: sqlite3.Connection) -> None:
    """Its case time stood, which earlier versions kept in no event."""
    raw.execute("ATTACH ? AS new", (str(unit.path),))
    raw.execute("INSERT INTO case_clock SELECT * FROM new.case_clock")
    # The seals of its recoveries were made with the day on which the victim is written to.
    told = "(SELECT n.victim_due_at FROM new.recovery n WHERE n.id = recovery.id)"
    raw.execute(f"UPDATE recovery SET victim_due_at = {told}")


def _sign_as_then(database: Database) -> None:
    """Earlier versions signed the same heads, without a word on tables."""
    signed, _ = database.heads.read(database.vault)
    database.heads.path.unlink()
    for head in signed:
        database.heads.sign(database.vault, replace(head, tables={}))


def counted_before(path: Path, revision: str) -> Counter[str]:
    """What all rows of the queue come to after a downgrade; the kept counts say the same."""
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), revision)
    engine.dispose()
    counted = Counter[str]()
    with closing(sqlite3.connect(path)) as raw:
        for (figures,) in raw.execute("SELECT figures FROM queue_entry"):
            counted.update(json.loads(figures))
        assert counted == dict(raw.execute("SELECT name, value FROM tally"))
    return counted

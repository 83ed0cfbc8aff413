"""A database as an earlier version had it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command

from models.engine import make_engine
from models.migrate import alembic_config


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

"""What makes histories fast changes nothing in them: both ways come to the same rows."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest

from tests.simulation.place import place
from tests.simulation.plan import plan_of
from tests.simulation.play import History

_OF_CHANCE = ("seal", "digest", "values_json", "sum", "lease_owner")


def _played(seed: int, *, is_short: bool) -> tuple[object, dict[str, list[object]]]:
    """What a history came to, and its rows, but for what differs each time it is sealed."""
    with place(is_short=is_short) as at, asyncio.Runner() as runner:
        told = runner.run(History(plan_of(seed), at).play())
        with closing(sqlite3.connect(at.path)) as db:
            tables = [
                row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return str(told), {table: _rows(db, table) for table in tables}


def _rows(db: sqlite3.Connection, table: str) -> list[object]:
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    told = [name for name in names if not any(part in name for part in _OF_CHANCE)]
    return sorted(db.execute(f"SELECT {', '.join(told)} FROM {table}"), key=str)


@pytest.mark.parametrize("seed", [3, 11, 42])
def test_the_short_way_comes_to_the_same_rows(seed: int) -> None:
    told, rows = _played(seed, is_short=True)
    told_usually, rows_usually = _played(seed, is_short=False)
    assert told == told_usually
    for table, found in rows.items():
        assert found == rows_usually[table], table
    assert rows["event"]

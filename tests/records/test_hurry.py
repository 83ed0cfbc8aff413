"""What a commit waits for: the disk in a unit's database, nothing in an invented world's."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import models.engine
from models.engine import Database

_FULL, _NORMAL = 2, 1


def _waits(database: Database) -> set[int]:
    """How SQLite is told to wait, by a connection that reads and by one that writes."""
    asked = sa.text("PRAGMA synchronous")
    found = set()
    for engine in (database.engine, database.writer):
        with engine.connect() as connection:
            found.add(int(connection.execute(asked).scalar_one()))
    return found


def test_a_unit_waits_for_the_disk_and_only_who_hurries_does_not(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of_a_user = [one for one in models.engine._PRAGMAS if one != "synchronous=OFF"]
    monkeypatch.setattr(models.engine, "_PRAGMAS", as_of_a_user)
    unit.database.dispose()  # connections that are opened from now on are those of a user
    assert _waits(unit.database) == {_FULL}
    unit.database.hurry()
    assert _waits(unit.database) == {_NORMAL}

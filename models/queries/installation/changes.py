"""Detects commits of other connections without reading any row."""

from __future__ import annotations

import sqlalchemy as sa

from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.event import Event


class ChangeWatch:
    """Tells whether the database changed since it was last asked.

    SQLite: `PRAGMA data_version` on one connection kept for it (microseconds); PostgreSQL: the
    highest event sequence. Not for use from two threads at once.
    """

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.connect()
        self._is_sqlite = database.engine.dialect.name == "sqlite"
        self._seen = self._version()

    def _version(self) -> int:
        try:
            if self._is_sqlite:
                return int(self._connection.exec_driver_sql("PRAGMA data_version").scalar_one())
            highest = sa.select(sa.func.max(table_of(Event).c.seq))
            return int(self._connection.execute(highest).scalar() or 0)
        finally:
            # An open snapshot would show the same version forever and hold up checkpoints.
            self._connection.rollback()

    def changed(self) -> bool:
        """True once after commits by others; several commits may give a single True."""
        version = self._version()
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

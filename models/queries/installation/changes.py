"""Detects commits of other connections without reading any row."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from models.engine import CHANGES, Database


class ChangeWatch:
    """Tells whether the database changed since it was last asked.

    SQLite: `PRAGMA data_version` on one connection kept for it (microseconds). PostgreSQL: each
    unit of work tells those who listen (no question to the server); where the server has gone,
    listening begins anew, and whatever came between counts as a change. Raises what the database
    raises while it is away. Not for use from two threads at once.
    """

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._listens = self._engine.dialect.name == "postgresql"
        self._heard = 0
        self._connection: sa.Connection | None = self._connect()
        self._seen = self._version(self._connection)

    def changed(self) -> bool:
        """True once after commits by others; several commits may give a single True."""
        if self._connection is None:
            self._connection = self._connect()
            return True
        try:
            version = self._version(self._connection)
        except self._engine.dialect.loaded_dbapi.OperationalError:
            self.close()
            return self.changed()
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        with suppress(sa.exc.DBAPIError):
            if connection is not None:
                connection.close()

    def _connect(self) -> sa.Connection:
        connection = self._engine.connect()
        if self._listens:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"LISTEN {CHANGES}")
            # Given back to no pool: whoever had it next would go on listening.
            connection.detach()
        return connection

    def _version(self, connection: sa.Connection) -> int:
        if self._listens:
            driver: Any = connection.connection.dbapi_connection
            self._heard += sum(1 for _ in driver.notifies(timeout=0))
            return self._heard
        try:
            return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())
        finally:
            # An open snapshot would show the same version forever and hold up checkpoints.
            connection.rollback()

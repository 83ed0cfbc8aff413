"""Opening the case database: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlmodel import Session

from models.heads import HeadFile
from models.vault import Vault

# FULL: an intent must be on the disk before its call leaves, also when the power goes.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
# One number for "somebody is writing history": PostgreSQL serialises writers on it.
_HISTORY_LOCK = 7_301_127


# SQLite's primary result codes BUSY and LOCKED; PostgreSQL's lock_not_available and deadlock.
_BUSY_CODES = frozenset({5, 6})
_BUSY_STATES = frozenset({"55P03", "40P01"})
# Permission, busy, locked, memory, read-only, interrupted, disk, damaged, full, cannot be opened,
# locking protocol, not a database; PostgreSQL's classes of connection, resources and system.
_WHOLE_CODES = frozenset({3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26})
_WHOLE_STATES = frozenset({"08", "40", "53", "55", "57", "58"})


class DatabaseMissingError(Exception):
    """There is no case database where one was expected."""


class StoreBusyError(Exception):
    """Another process keeps the case database locked; nothing was written, it can be retried."""

    def __init__(self) -> None:
        super().__init__(
            "another process keeps the case database locked: nothing was written, try again"
        )


def is_of_the_database(error: BaseException) -> bool:
    """Whether the database as a whole failed, such as a full disk, and not one row of it."""
    if isinstance(error, StoreBusyError):
        return True
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", None)
    state = getattr(original, "sqlstate", None) or ""
    return (code is not None and code & 0xFF in _WHOLE_CODES) or state[:2] in _WHOLE_STATES


@contextmanager
def raising_busy() -> Iterator[None]:
    """Tell a locked database from any other failure of a statement, by the driver's code."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", None)
        state = getattr(error.orig, "sqlstate", None)
        if (code is not None and code & 0xFF in _BUSY_CODES) or state in _BUSY_STATES:
            raise StoreBusyError from error
        raise


def make_engine(url: str) -> sa.Engine:
    """An engine whose SQLite connections are WAL and begin as told by `execution_options(write=)`.

    A deferred BEGIN that reads and then writes fails with "database is locked" under load, so a
    writer begins IMMEDIATE (measured: 13,546 such errors against none).
    """
    # An error's text goes to logs: it must not quote what a statement carried.
    engine = sa.create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        sa_event.listen(engine, "connect", _on_connect)
        sa_event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@dataclass(frozen=True, slots=True)
class Database:
    """The case database with the keys that open it and the file that signs its history."""

    engine: sa.Engine
    vault: Vault
    heads: HeadFile
    writer: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "writer", self.engine.execution_options(write=True))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; one consistent picture."""
        with Session(self.engine) as session:
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_database(url: str, key_dir: Path) -> Database:
    """Open an existing, migrated database with the keys in `key_dir`.

    Raises DatabaseMissingError where `recovery init` has not been run, VaultError for the key.
    """
    engine = make_engine(url)
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).exists():
        raise DatabaseMissingError(f"there is no case database at {file}: run `recovery init`")
    return Database(engine, Vault.load(key_dir), HeadFile(key_dir))


def lock_history(session: Session) -> None:
    """Make this transaction the only one that adds to the history (SQLite: it already is)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_HISTORY_LOCK)))

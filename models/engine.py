"""Opening the case database: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as sa_event
from sqlmodel import Session

from models.language.phrase import phrase
from models.postgres.connecting import is_lost, server_engine
from models.rights.hidden import hidden_from, picture_of
from models.sealing.signed_heads import HeadFile
from models.sealing.vault import Vault
from models.sqlite import direct
from models.sqlite.plain_session import PlainSession, TransactionLostError

# FULL: an intent must be on the disk before its call leaves, also when the power goes.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
_BUSY_SECONDS = 10
_LOOK_SECONDS = 0.004
# Parsed statements that a connection keeps: sweeps use some 300, and sqlite3 keeps 128 by itself.
_STATEMENTS_KEPT = 1000
# One number for "somebody is writing history": PostgreSQL serialises writers on it.
_HISTORY_LOCK = 7_301_127
CHANGES = "recovery_changes"
"""What PostgreSQL tells whoever listens, at each commit of a unit of work."""


# SQLite's primary result codes BUSY and LOCKED; PostgreSQL's lock_not_available and deadlock.
_BUSY_CODES = frozenset({5, 6})
_BUSY_STATES = frozenset({"55P03", "40P01"})
# Permission, busy, locked, memory, read-only, interrupted, disk, damaged, full, cannot be opened,
# locking protocol, not a database; PostgreSQL's classes of connection, resources and system.
_WHOLE_CODES = frozenset({3, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 26})
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO})
_WHOLE_STATES = frozenset({"08", "40", "53", "55", "57", "58"})


class DatabaseMissingError(Exception):
    """There is no case database where one was expected."""


class StoreBusyError(Exception):
    """Another process keeps the case database locked; nothing was written, it can be retried."""

    def __init__(self) -> None:
        super().__init__(
            phrase("another process keeps the case database locked: nothing was written, try again")
        )


def is_of_the_database(error: BaseException) -> bool:
    """Whether the database as a whole failed, such as a full disk, and not one row of it."""
    if isinstance(error, StoreBusyError | TransactionLostError):
        return True
    original = getattr(error, "orig", error)
    code = getattr(original, "sqlite_errorcode", None)
    state = getattr(original, "sqlstate", None) or ""
    if is_lost(original) or state[:2] in _WHOLE_STATES:
        return True
    return code is not None and code & 0xFF in _WHOLE_CODES


def what_failed(error: BaseException) -> str:
    """Why the database as a whole cannot be used, in words; empty where it is no such failure.

    For these failures the driver's text is one of a fixed list and quotes no value.
    """
    if isinstance(error, StoreBusyError | TransactionLostError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
        return phrase(
            "the disk cannot be written: {why}; nothing of this was kept",
            why=os.strerror(error.errno),
        )
    if not is_of_the_database(error):
        return ""
    why = str(getattr(error, "orig", error)).partition("\n")[0]
    return phrase("the case database cannot be used: {why}; nothing of this was kept", why=why)


@contextmanager
def raising_busy() -> Iterator[None]:
    """Tell a locked database from any other failure of a statement, by the driver's code."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if _is_busy(error.orig):
            raise StoreBusyError from error
        raise


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    state = getattr(error, "sqlstate", None)
    return (code is not None and code & 0xFF in _BUSY_CODES) or state in _BUSY_STATES


def make_engine(url: str | sa.URL) -> sa.Engine:
    """An engine whose SQLite connections are WAL and begin as told by `execution_options(write=)`.

    A deferred BEGIN that reads and then writes fails with "database is locked" under load, so a
    writer begins IMMEDIATE (measured: 13,546 such errors against none).
    """
    # An error's text goes to logs: it must not quote what a statement carried.
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        return server_engine(address, _BUSY_SECONDS)
    arguments = {"cached_statements": _STATEMENTS_KEPT}
    engine = sa.create_engine(url, hide_parameters=True, connect_args=arguments)
    sa_event.listen(engine, "connect", _on_connect)
    sa_event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _make_picture(engine: sa.Engine, viewer: str, connection: Any, _record: object) -> None:  # noqa: ANN401
    """Shadow the tables of a new connection by views without what is hidden from a viewer."""
    cursor = connection.cursor()
    if engine.dialect.name == "sqlite":
        cursor.execute("PRAGMA temp_store=MEMORY")
    for statement in picture_of(engine.dialect, viewer):
        cursor.execute(statement)
    cursor.close()
    if engine.dialect.name != "sqlite":
        connection.commit()


def _one_picture(engine: sa.Engine) -> sa.Engine:
    """The same engine for readers: all that a transaction reads is of one instant.

    SQLite does so by itself; a server would show each statement what was committed until then.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _hurry(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    connection.execute("PRAGMA synchronous=NORMAL")


def _on_begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("write", False):
        _begin_writing(connection)
    else:
        direct.driver(connection).execute("BEGIN")


def _begin_writing(connection: sa.Connection) -> None:
    """Wait for the write lock by short looks; StoreBusyError after ten seconds.

    SQLite's own waiting looks every tenth of a second, and misses a lock that is given back for
    some milliseconds only: whoever writes in many short transactions would starve the others.
    """
    until = time.monotonic() + _BUSY_SECONDS
    driver = direct.driver(connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise direct.of_sqlalchemy(connection, "BEGIN IMMEDIATE", error) from error
                if time.monotonic() >= until:
                    raise StoreBusyError from error
            else:
                return
            threading.Event().wait(_LOOK_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")


@dataclass(frozen=True, slots=True)
class Database:
    """The case database with the keys that open it and the file that signs its history."""

    engine: sa.Engine
    vault: Vault
    heads: HeadFile
    viewer: str | None = None
    """The id of whoever reads: what is restricted to others is hidden from him. None sees all."""
    pictures: dict[str, sa.Engine] = field(default_factory=dict, repr=False, compare=False)
    """What connects to the database as each viewer may see it; made when it is first needed."""
    writer: sa.Engine = field(init=False)
    reader: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "writer", self.engine.execution_options(write=True))
        object.__setattr__(self, "reader", _one_picture(self.engine))

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; one consistent picture, without what its viewer may not see.

        Where nothing is hidden from him, that costs one question.
        """
        with PlainSession(self.reader) as session:
            session.viewer = self.viewer
            if self.viewer is None or not hidden_from(session, self.viewer):
                yield session
                return
        with PlainSession(self._picture(self.viewer)) as session:
            session.viewer, session.is_picture = self.viewer, True
            yield session

    def seen_by(self, viewer: str) -> Database:
        """The same database as an officer may see it; "" for somebody who is no officer."""
        return replace(self, viewer=viewer)

    @property
    def whole(self) -> Database:
        """The same database with everything in it: for rules, the engine and the audit."""
        return replace(self, viewer=None)

    def _picture(self, viewer: str) -> sa.Engine:
        if viewer not in self.pictures:
            engine = make_engine(self.engine.url)
            sa_event.listen(engine, "connect", partial(_make_picture, engine, viewer))
            self.pictures[viewer] = _one_picture(engine)
        return self.pictures[viewer]

    def hurry(self) -> None:
        """Commit without waiting for the disk from now on: only a power cut can take a commit back.

        For a world that is invented and made again in minutes.
        """
        if self.engine.dialect.name == "sqlite":
            sa_event.listen(self.engine, "connect", _hurry)
            self.engine.dispose()

    def dispose(self) -> None:
        """Close all connections."""
        for engine in (self.engine, *self.pictures.values()):
            engine.dispose()


def open_database(url: str, key_dir: Path) -> Database:
    """Open an existing, migrated database with the keys in `key_dir`.

    Raises DatabaseMissingError where there is none, VaultError for the key.
    """
    engine = make_engine(url)
    file = engine.url.database
    heads = HeadFile(key_dir)
    if engine.dialect.name == "sqlite" and file and not Path(file).exists():
        raise missing(phrase("there is no case database at {file}", file=file), heads)
    return Database(engine, Vault.load(key_dir), heads)


def missing(what: str, heads: HeadFile) -> DatabaseMissingError:
    """The error of a database that holds nothing: begun by `init`, or lost after its history."""
    if heads.is_begun():
        return DatabaseMissingError(
            phrase(
                "{what}, and {path} shows that there was one: restore a copy of it. Do not run "
                "`recovery init`: it would begin another history",
                what=what,
                path=heads.path,
            )
        )
    return DatabaseMissingError(phrase("{what}: run `recovery init`", what=what))


def lock_history(session: Session) -> None:
    """Make this transaction the only one that adds to the history (SQLite: it already is).

    PostgreSQL tells those who listen for changes when it is committed.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK_AND_TELL)


_LOCK_AND_TELL = sa.text("SELECT pg_advisory_xact_lock(:lock), pg_notify(:changes, '')").bindparams(
    lock=_HISTORY_LOCK, changes=CHANGES
)

"""A session for plain statements: it begins, executes, commits and rolls back, and no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.sqlite import direct


class TransactionLostError(Exception):
    """SQLite has undone all of a transaction after an error; what came now would stand alone."""

    def __init__(self) -> None:
        super().__init__("the case database has undone the whole transaction: try again")


class PlainSession(Session):
    """A session whose statements go to its transaction's connection at once.

    Nobody here gives a session objects to be kept. What it does for them at its begin, its end and
    each statement would be a third of what an act at the desk costs, so it has a connection and a
    transaction of its own. The transaction begins with the first statement.
    """

    viewer: str | None = None
    """Who looks or acts, where something may be hidden from him; None for the engine."""
    is_picture = False
    """Whether it reads a picture of the database, without what is hidden from its viewer."""

    _hidden: dict[str, frozenset[str]] | None = None

    def __init__(self, bind: sa.Engine) -> None:
        super().__init__(bind, expire_on_commit=False)
        self._engine = bind
        self._open: sa.Connection | None = None
        self._driver: sqlite3.Connection | None = None
        self._is_plain = False

    def hidden_known(self) -> dict[str, frozenset[str]]:
        """What is hidden from whom, as far as this transaction has asked and changed nothing."""
        if self._hidden is None:
            self._hidden = {}
        return self._hidden

    def forget_hidden(self) -> None:
        """Ask again what is hidden: something of it may have changed."""
        self._hidden = None

    def connection(self, *_: object, **__: object) -> sa.Connection:
        """The connection on which the transaction runs; it begins where there is none yet."""
        if self._open is None:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._open, self._is_plain = connection, direct.is_plain(connection)
            is_sqlite = connection.dialect.name == "sqlite"
            self._driver = direct.driver(connection) if is_sqlite else None
        return self._open

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        """Execute a statement in this transaction; TransactionLostError where it is no more."""
        connection = self._open or self.connection()
        self._refuse_alone()
        if options or not self._is_plain:
            return connection.execute(statement, params, **options)
        return direct.execute(connection, statement, params)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does; roll it back where it fails."""
        try:
            yield
            transaction = self._open and self._open.get_transaction()
            if transaction is not None:
                self._refuse_alone()
                transaction.commit()
        finally:
            self.close()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone alone where it fails."""
        connection = self.connection()
        if not self._is_plain:
            with connection.begin_nested():
                yield
            return
        driver = direct.driver(connection)
        driver.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            # SQLite itself has undone all of it where the disk is full, for example.
            if driver.in_transaction:
                driver.execute("ROLLBACK TO part")
                driver.execute("RELEASE part")
            raise
        driver.execute("RELEASE part")

    def _refuse_alone(self) -> None:
        if self._driver is not None and not self._driver.in_transaction:
            raise TransactionLostError

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._open is not None:
            connection, self._open, self._driver = self._open, None, None
            connection.close()

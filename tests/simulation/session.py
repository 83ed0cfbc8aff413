"""Sessions without what nobody here uses of them: they begin, execute, commit and roll back.

The program gives its sessions plain statements and never an object to be kept; half of a history's
time went into what SQLAlchemy does for objects. Each transaction is a real one of SQLite on the
case database, begun and ended where the program says. A test plays the same seeds both ways.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from unittest.mock import patch

import sqlalchemy as sa

from models.sqlite.plain_session import PlainSession
from tests.simulation.answers import Answer, Changed
from tests.simulation.remembered import Remembered
from tests.simulation.ways import Ways

Hook = Callable[[], None]
_NAMES = (
    "__init__", "__enter__", "__exit__", "execute", "transaction", "savepoint", "get_bind", "close",
)  # fmt: skip


class Transactions:
    """The connections of one place, and who wants to know of its commits."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.ways, self.remembered = engine, Ways(), Remembered()
        self.before_commit: list[Hook] = []
        self.after_commit: list[Hook] = []
        self._idle: list[sqlite3.Connection] = []
        self._open: list[Any] = []

    def forget(self) -> None:
        """Another database lies there now."""
        self.remembered.forget()
        self.ways.forget()

    def take(self) -> sqlite3.Connection:
        """A connection that nobody else is in."""
        if not self._idle:
            proxied = self.engine.raw_connection()
            self._open.append(proxied)
            self._idle.append(proxied.dbapi_connection)  # type: ignore[arg-type]
        return self._idle.pop()

    def give_back(self, raw: sqlite3.Connection) -> None:
        """Its transaction has ended."""
        self._idle.append(raw)

    @contextmanager
    def light(self) -> Iterator[None]:
        """Every session is a light one while the block runs."""
        before = {name: PlainSession.__dict__.get(name) for name in _NAMES}
        _Light.transactions = self
        for name in _NAMES:
            setattr(PlainSession, name, getattr(_Light, name))
        try:
            yield
        finally:
            for name, method in before.items():
                if method is None:
                    delattr(PlainSession, name)
                else:
                    setattr(PlainSession, name, method)
            for proxied in self._open:
                proxied.close()

    @contextmanager
    def usual(self) -> Iterator[None]:
        """Sessions are those of the program; the hooks are called around their commits."""

        def before(connection: sa.Connection) -> None:
            if connection.get_execution_options().get("write", False):
                _call(self.before_commit)

        plain = PlainSession.transaction

        @contextmanager
        def transaction(session: PlainSession) -> Iterator[None]:
            with plain(session):
                yield
            if _is_writing(session):
                self.remembered.note_unknown()
                _call(self.after_commit)

        sa.event.listen(self.engine, "commit", before)
        try:
            with patch.object(PlainSession, "transaction", transaction):
                yield
        finally:
            sa.event.remove(self.engine, "commit", before)


def _call(hooks: list[Hook]) -> None:
    for hook in hooks:
        hook()


class _Light:
    """What every session does meanwhile; its methods stand in the place of those of `Session`."""

    transactions: Transactions
    bind: sa.Engine
    raw: sqlite3.Connection | None
    born: int
    wrote: set[str]
    _depth: int

    def __init__(self, bind: sa.Engine, **_: object) -> None:
        self.bind, self.raw, self._depth = bind, None, 0
        self.born, self.wrote = 0, set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get_bind(self) -> sa.Engine:
        return self.bind

    def execute(self, statement: Any, params: Any = None, **_: object) -> Any:
        raw = self.raw or _begun(self)
        rows = params if isinstance(params, list | tuple) else (params or {},)
        way, bound = _Light.transactions.ways.find(self.bind.dialect, statement, rows)
        remembered = _Light.transactions.remembered
        try:
            if way.is_question:
                return Answer(remembered.rows(self, way, *way.asked(bound, rows[0])))
            if len(rows) > 1:
                changed = way.run_many(raw, bound, rows)
            else:
                changed = Changed(raw.execute(*way.asked(bound, rows[0])).rowcount)
        except sqlite3.Error as error:
            raise _told(self, error) from error
        if changed.rowcount:
            remembered.note_write(self, way.written)
        return changed

    @contextmanager
    def transaction(self) -> Iterator[_Light]:
        try:
            yield self
            _commit(self)
        except BaseException:
            _end(self, "ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[_Light]:
        raw = self.raw or _begun(self)
        self._depth += 1
        name = f"depth_{self._depth}"
        raw.execute(f"SAVEPOINT {name}")
        try:
            yield self
        except BaseException:
            raw.execute(f"ROLLBACK TO {name}")
            raw.execute(f"RELEASE {name}")
            _Light.transactions.remembered.note_undone(self)
            raise
        else:
            raw.execute(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def close(self) -> None:
        _end(self, "ROLLBACK")


def _is_writing(session: Any) -> bool:
    return bool(session.bind.get_execution_options().get("write", False))


def _begun(session: Any) -> sqlite3.Connection:
    """A transaction on the driver's connection, begun as the program's engine begins it."""
    raw = _Light.transactions.take()
    try:
        raw.execute("BEGIN IMMEDIATE" if _is_writing(session) else "BEGIN")
    except sqlite3.Error as error:
        _Light.transactions.give_back(raw)
        raise _told(session, error) from error
    session.raw, session.born = raw, _Light.transactions.remembered.commits
    return raw


def _commit(session: Any) -> None:
    is_writing = session.raw is not None and _is_writing(session)
    if is_writing:
        _call(_Light.transactions.before_commit)
    _end(session, "COMMIT")
    if is_writing:
        _call(_Light.transactions.after_commit)


def _end(session: Any, how: str) -> None:
    raw = session.raw
    if raw is None:
        return
    raw.execute(how)
    _Light.transactions.remembered.note_end(session, is_committed=how == "COMMIT")
    session.raw = None
    _Light.transactions.give_back(raw)


def _told(session: Any, error: sqlite3.Error) -> Exception:
    """The driver's error as SQLAlchemy tells it."""
    found: Exception = sa.exc.DBAPIError.instance(
        "", None, error, sqlite3.Error, hide_parameters=True, dialect=session.bind.dialect
    )
    return found

"""Statements that come again and again go to SQLite's driver as they were compiled once.

SQLAlchemy makes, compiles and names them, and converts their values as ever; only its bookkeeping
for each single run is left out, which costs seven times what SQLite takes for a question about one
recovery. Whatever is not plain (another database, options, an empty list, a value that does not fit
its column) runs in SQLAlchemy's hands, so that the error is the one it always was.
"""

from __future__ import annotations

import re
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from models.sqlite.answers import Answer, Streamed
from models.sqlite.places import MISSING, Place, Process, UnfitError, filling

_PLACE = re.compile(r"\?|__\[POSTCOMPILE_[^\]]+\]")
_tuple_type: Any = namedtuple  # noqa: PYI024 - columns are known at run time only
_WORD = re.compile(r"\w+")
_INSTANT_LENGTH = len("2026-01-02 03:04:05.000006")
_STREAMED = "yield_per"
"""The option of a statement whose answer is long: how many rows of it are held at a time."""
_QUESTIONS, CHANGES = (sa.Select, sa.CompoundSelect), (sa.Insert, sa.Update, sa.Delete)


@dataclass(frozen=True, slots=True)
class Written:
    """What is known of a statement that has written."""

    rowcount: int


class _Prepared:
    """A statement as it was compiled."""

    def __init__(self, statement: Any, dialect: sa.Dialect, columns: Sequence[str] | None) -> None:  # noqa: ANN401
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        names = compiled.positiontup or ()
        self._between = _PLACE.split(compiled.string)
        is_plain = not compiled.literal_execute_params and "RETURNING" not in compiled.string
        if not is_plain or len(self._between) != len(names) + 1:
            raise UnfitError
        defaults = _defaults(compiled)
        places = [
            Place(
                name,
                defaults.get(name, MISSING if bind.required else bind.effective_value),
                bind in compiled.post_compile_params,
                _bind_processor(bind.type, dialect),
            )
            for name, bind in ((name, compiled.binds[name]) for name in names)
        ]
        self.filled = filling(places, self._between)
        """The text and the values at its places, for the parameters that are given."""


def _defaults(compiled: Any) -> dict[str, Any]:  # noqa: ANN401 - what a dialect compiles to
    """What the program writes into columns that a new row does not name."""
    if compiled.isinsert or compiled.isupdate:
        columns = [*compiled.insert_prefetch, *compiled.update_prefetch]
        if any(not column.default.is_scalar for column in columns):
            raise UnfitError
        return {column.key: column.default.arg for column in columns}
    return {}


def _bind_processor(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Process | None:
    if isinstance(kind, UTCDateTime):
        return _stored_instant
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result_processor(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Process | None:
    if isinstance(kind, UTCDateTime):
        return _instant
    usual = kind.dialect_impl(dialect).result_processor(dialect, None)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None and usual is not None:
        return _Members(kind.enum_class, usual).__getitem__
    return usual


class _Members(dict[Any, Any]):
    """Members of an enum by what is stored; what is none fails with SQLAlchemy's error."""

    def __init__(self, kind: type[Enum], usual: Process) -> None:
        super().__init__({None: None, **{member.value: member for member in kind}})
        self._usual = usual

    def __missing__(self, stored: object) -> object:
        return self._usual(stored)


def _stored_instant(value: datetime | None) -> str | None:
    """An aware instant as SQLAlchemy stores it: in UTC, with microseconds, without a zone."""
    if value is None:
        return None
    if value.utcoffset() is None:
        raise ValueError("an instant without a zone")
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat(" ", "microseconds")[:_INSTANT_LENGTH]


def _instant(value: str | None) -> datetime | None:
    """A stored instant: instants are a third of what is read, and pass five functions otherwise."""
    if value is None:
        return None
    if len(value) != _INSTANT_LENGTH:
        raise ValueError("no instant as it is stored")
    return datetime.fromisoformat(value + "+00:00")


class _Question(_Prepared):
    """A statement that reads."""

    def __init__(self, statement: Any, dialect: sa.Dialect, names: Sequence[str]) -> None:  # noqa: ANN401
        super().__init__(statement, dialect, None)
        columns = list(statement.selected_columns)
        if len(columns) != len(names) or statement.get_execution_options().keys() - {_STREAMED}:
            raise UnfitError
        # Any word of its text that is a table's name: rather one too many.
        self.read = (
            frozenset(_WORD.findall("".join(self._between))) & SQLModel.metadata.tables.keys()
        )
        self._names = tuple(names)
        self._named = _tuple_type("Row", names, rename=True)._make
        processors = [_result_processor(column.type, dialect) for column in columns]
        self._processors = [(i, p) for i, p in enumerate(processors) if p is not None]

    def ask(self, own: sqlite3.Connection, given: Mapping[str, Any]) -> Answer:
        """The whole answer."""
        rows = own.execute(*self.filled(given)).fetchall()
        return Answer(self._names, self._named, self._converted(rows))

    def stream(self, own: sqlite3.Connection, given: Mapping[str, Any], size: int) -> Streamed:
        """The answer as it is read on, so many rows at a time."""
        asked = own.execute(*self.filled(given))
        pieces = iter(lambda: asked.fetchmany(size), [])
        return Streamed(self._named, (row for rows in pieces for row in self._converted(rows)))

    def _converted(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if self._processors:
            for n, row in enumerate(rows):
                values = list(row)
                for i, process in self._processors:
                    values[i] = process(values[i])
                rows[n] = tuple(values)
        return rows


_Known = dict[tuple[str, ...], _Prepared | None]
# What a value that does not fit its column, or the driver, raises.
_FAILURES = (
    UnfitError, sqlite3.Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip
_KNOWN: WeakKeyDictionary[Any, _Known] = WeakKeyDictionary()
"""Statements that have come before, by the columns that they were given; None: not sent directly.

One that comes once only is not worth preparing.
"""


def is_plain(connection: sa.Connection) -> bool:
    """Whether statements of a connection may go to its driver: nobody counts them, for example."""
    return connection.dialect.name == "sqlite" and not connection.dispatch.before_cursor_execute


def tables_read(statement: Any) -> frozenset[str] | None:  # noqa: ANN401
    """The tables that a question which came before is about; None where that is not known."""
    question = _KNOWN[statement].get(()) if statement in _KNOWN else None
    return question.read if isinstance(question, _Question) else None


def execute(connection: sa.Connection, statement: Any, params: Any) -> Any:  # noqa: ANN401
    """Execute a statement in a transaction of a plain connection, directly where that can be."""
    is_question = isinstance(statement, _QUESTIONS)
    if not (is_question or (isinstance(statement, CHANGES) and params)):
        return connection.execute(statement, params)
    if is_question and (size := statement.get_execution_options().get(_STREAMED)):
        return _stream(connection, statement, params, size)
    known = _KNOWN.get(statement)
    if known is None:
        _KNOWN[statement] = {}
        return connection.execute(statement, params)
    return (_ask if is_question else _change)(connection, statement, params, known)


def _ask(connection: sa.Connection, statement: Any, params: Any, known: _Known) -> Any:  # noqa: ANN401
    if () not in known:
        answer = connection.execute(statement, params)
        names = list(answer.keys())
        known[()] = _if_fit(lambda: _Question(statement, connection.dialect, names))
        return answer
    question = known[()]
    try:
        if isinstance(question, _Question):
            return question.ask(driver(connection), params or {})
    except _FAILURES:  # asked once more, it fails as ever
        pass
    return connection.execute(statement, params)


def _stream(connection: sa.Connection, statement: Any, params: Any, size: int) -> Any:  # noqa: ANN401
    """A long answer, prepared at once: what fails while it is read fails for its reader."""
    names = list(statement.selected_columns.keys())
    question = _if_fit(lambda: _Question(statement, connection.dialect, names))
    try:
        if isinstance(question, _Question):
            return question.stream(driver(connection), params or {}, size)
    except _FAILURES:  # asked once more, it fails as ever
        pass
    return connection.execute(statement, params)


def _change(connection: sa.Connection, statement: Any, params: Any, known: _Known) -> Any:  # noqa: ANN401
    rows = params if isinstance(params, list) else [params]
    columns = tuple(rows[0])
    if columns not in known:
        known[columns] = _if_fit(lambda: _Prepared(statement, connection.dialect, columns))
    change = known[columns]
    if change is None:
        return connection.execute(statement, params)
    try:
        filled = [change.filled(row) for row in rows]
    except _FAILURES:  # nothing is written yet
        return connection.execute(statement, params)
    return _write(connection, filled[0][0], [values for _, values in filled])


def _write(connection: sa.Connection, text: str, rows: list[Sequence[Any]]) -> Written:
    """Never tried twice: a part of the rows may be written when it fails."""
    own = driver(connection)
    try:
        done = own.execute(text, rows[0]) if len(rows) == 1 else own.executemany(text, rows)
    except sqlite3.Error as error:
        raise of_sqlalchemy(connection, text, error) from error
    return Written(done.rowcount)


def of_sqlalchemy(connection: sa.Connection, text: str, error: sqlite3.Error) -> Exception:
    """The error that SQLAlchemy makes of one of the driver's; it quotes no value."""
    dialect = connection.dialect
    return sa.exc.DBAPIError.instance(
        text, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect
    )


def _if_fit(prepare: Callable[[], _Prepared]) -> _Prepared | None:
    try:
        return prepare()
    except UnfitError:
        return None


def driver(connection: sa.Connection) -> sqlite3.Connection:
    """SQLite's own connection behind one of SQLAlchemy's."""
    found: sqlite3.Connection = connection.connection.dbapi_connection  # type: ignore[assignment]
    return found

"""What was read is not read again while nothing was written: the same rows, without the queries.

A file's rows are frozen, so the same value can be given twice. Two thirds of a history's time would
go into reading what has not changed.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session

from models.file import RecoveryFile
from models.queries.files import (
    FileUnreadableError,
    NoSuchRecoveryError,
    load_each,
    load_files,
)

_READERS = (
    "recovery_flows.flows.deciding", "recovery_flows.flows.preparing",
    "recovery_flows.flows.settling", "recovery_flows.flows.feed",
    "recovery_flows.desk.recording", "recovery_flows.desk.desk",
)  # fmt: skip


class _Direct:
    """What file reading needs of a session; known statements go to SQLite as they were compiled.

    Same SQL, same parameters, same conversions by column type: only the way there is shorter.
    """

    def __init__(self, session: Session, compiled: dict[tuple[int, int], _Compiled]) -> None:
        self._session, self._compiled = session, compiled

    def execute(self, statement: Any, given: dict[str, list[str]] | None = None) -> Any:
        """Rows of one of the statements of `models.queries.files`; others go the usual way."""
        if given is None:
            return self._session.execute(statement)
        key = (id(statement), len(given["ids"]))
        found = self._compiled.get(key)
        if found is None:
            dialect = self._session.get_bind().dialect  # type: ignore[union-attr]
            found = self._compiled[key] = _Compiled(statement, given["ids"], dialect)
        raw: Any = self._session.connection().connection.dbapi_connection
        return found.rows(raw, given["ids"])


class _Compiled:
    """One statement for so many ids: its text, its parameters, its columns' conversions."""

    def __init__(self, statement: Any, ids: Sequence[str], dialect: sa.Dialect) -> None:
        self._statement = statement  # kept, so that no other one gets its identity
        compiled = statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state({"ids": list(ids)})
        self._text = state.statement
        fixed = {
            name: state.processors[name](value) if name in state.processors else value
            for name, value in state.parameters.items()
        }
        # "ids_1", "ids_2", …: which of the ids stands at which place.
        self._places = [
            (int(name[4:]) - 1, None) if name.startswith("ids_") else (-1, fixed[name])
            for name in state.positiontup or ()
        ]
        columns = compiled._result_columns
        self._row = namedtuple("_Row", [c.keyname for c in columns], rename=True)  # noqa: PYI024
        self._convert = [
            (at, convert)
            for at, column in enumerate(columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def rows(self, raw: Any, ids: Sequence[str]) -> list[Any]:
        """The rows, converted as SQLAlchemy converts them."""
        given = [ids[at] if at >= 0 else value for at, value in self._places]
        found = []
        for values in raw.execute(self._text, given):
            row = list(values)
            for at, convert in self._convert:
                row[at] = convert(row[at])
            found.append(self._row._make(row))
        return found


class Unchanged:
    """Gives a file again while no transaction has written and this one has not either."""

    def __init__(self, engine: sa.Engine) -> None:
        self._files: dict[str, RecoveryFile] = {}
        self._begun: dict[int, int] = {}
        self._compiled: dict[tuple[int, int], _Compiled] = {}
        self._engine = engine

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Serve everybody who reads files while the block runs."""
        listeners: tuple[tuple[object, str, Callable[..., None]], ...] = (
            (self._engine, "begin", self._begin),
            (Session, "after_commit", self._committed),
        )
        for target, name, act in listeners:
            sa.event.listen(target, name, act)
        given: dict[str, object] = {
            "load_files": self.files, "load_file": self.file, "load_each": self.each,
        }  # fmt: skip
        before: list[tuple[Any, str, object]] = []
        for module in map(import_module, _READERS):
            for name, reader in given.items():
                if hasattr(module, name):
                    before.append((module, name, getattr(module, name)))
                    setattr(module, name, reader)
        try:
            yield
        finally:
            for module, name, reader in before:
                setattr(module, name, reader)
            for target, name, act in listeners:
                sa.event.remove(target, name, act)

    def _direct(self, session: Session) -> Session:
        return cast("Session", _Direct(session, self._compiled))

    def forget(self) -> None:
        """Another database lies there now."""
        self._files.clear()

    def files(self, session: Session, recovery_ids: Sequence[str]) -> list[RecoveryFile]:
        """`load_files`, from what is known where nothing was written since."""
        if self._has_written(session):
            return load_files(self._direct(session), recovery_ids)
        ids = list(dict.fromkeys(recovery_ids))
        unknown = [i for i in ids if i not in self._files]
        for file in load_files(self._direct(session), unknown):
            self._files[file.recovery.id] = file
        return [self._files[i] for i in ids if i in self._files]

    def file(self, session: Session, recovery_id: str) -> RecoveryFile:
        """`load_file`, likewise."""
        found = self.files(session, [recovery_id])
        if not found:
            raise NoSuchRecoveryError(recovery_id)
        return found[0]

    def each(
        self, session: Session, recovery_ids: Sequence[str]
    ) -> tuple[list[RecoveryFile], dict[str, FileUnreadableError]]:
        """`load_each`, likewise."""
        if any(i not in self._files for i in recovery_ids) or self._has_written(session):
            files, unreadable = load_each(self._direct(session), recovery_ids)
            if not self._has_written(session):
                self._files |= {file.recovery.id: file for file in files}
            return files, unreadable
        return [self._files[i] for i in dict.fromkeys(recovery_ids)], {}

    def _has_written(self, session: Session) -> bool:
        raw: Any = session.connection().connection.dbapi_connection
        changes: int = raw.total_changes
        return changes != self._begun.get(id(raw), changes)

    def _begin(self, connection: sa.Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        self._begun[id(raw)] = raw.total_changes

    def _committed(self, session: Session) -> None:
        if session.get_bind().get_execution_options().get("write", False):  # type: ignore[union-attr]
            self._files.clear()

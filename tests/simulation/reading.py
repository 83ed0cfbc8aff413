"""What was read is not read again while nothing was written: the same rows, without the queries.

A file's rows are frozen, so the same value can be given twice. Two thirds of a history's time would
go into reading what has not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.file import RecoveryFile
from models.queries.files import NoSuchRecoveryError, load_files

_READERS = (
    "recovery_flows.flows.deciding", "recovery_flows.flows.settling",
    "recovery_flows.flows.outbox", "recovery_flows.flows.feed", "recovery_flows.desk.recording",
    "recovery_flows.desk.desk", "recovery_flows.flows.quarantine",
)  # fmt: skip


class Unchanged:
    """Gives a file again while no transaction has written and this one has not either."""

    def __init__(self, engine: sa.Engine) -> None:
        self._files: dict[str, RecoveryFile] = {}
        self._begun: dict[int, int] = {}
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
        given = {"load_files": self.files, "load_file": self.file}
        before: list[tuple[Any, str, object]] = []
        for module in map(_module, _READERS):
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

    def forget(self) -> None:
        """Another database lies there now."""
        self._files.clear()

    def files(self, session: Session, recovery_ids: Sequence[str]) -> list[RecoveryFile]:
        """`load_files`, from what is known where nothing was written since."""
        if self._has_written(session):
            return load_files(session, recovery_ids)
        ids = list(dict.fromkeys(recovery_ids))
        unknown = [i for i in ids if i not in self._files]
        for file in load_files(session, unknown):
            self._files[file.recovery.id] = file
        return [self._files[i] for i in ids if i in self._files]

    def file(self, session: Session, recovery_id: str) -> RecoveryFile:
        """`load_file`, likewise."""
        found = self.files(session, [recovery_id])
        if not found:
            raise NoSuchRecoveryError(recovery_id)
        return found[0]

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


def _module(name: str) -> object:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None

"""What was read is not read again while nothing was written: the same rows, without the queries.

A file's rows are frozen, so the same value can be given twice. Two thirds of a history's time would
go into reading what has not changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sqlmodel import Session

from models.case_file import CaseFile
from models.queries.cases.case_files import (
    FileUnreadableError,
    NoSuchRecoveryError,
    load_each,
    load_files,
)
from tests.simulation.session import Transactions

_READERS = (
    "recovery_flows.engine.decisions", "recovery_flows.engine.outbox.preparation",
    "recovery_flows.engine.outbox.settlement", "recovery_flows.engine.event_feed",
    "recovery_flows.cases.commit", "recovery_flows.cases.case_officer",
    "recovery_flows.access.acting_officer",
)  # fmt: skip


class Unchanged:
    """Gives a file again while no transaction has written and this one has not either."""

    def __init__(self, transactions: Transactions) -> None:
        self._files: dict[str, CaseFile] = {}
        self._transactions = transactions

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Serve everybody who reads files while the block runs."""
        self._transactions.after_commit.append(self.forget)
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
            self._transactions.after_commit.remove(self.forget)

    def forget(self) -> None:
        """Something was written, or another database lies there now."""
        self._files.clear()

    def files(self, session: Session, recovery_ids: Sequence[str]) -> list[CaseFile]:
        """`load_files`, from what is known where nothing was written since."""
        if self._has_written(session):
            return load_files(session, recovery_ids)
        ids = list(dict.fromkeys(recovery_ids))
        unknown = [i for i in ids if i not in self._files]
        for file in load_files(session, unknown):
            self._files[file.recovery.id] = file
        return [self._files[i] for i in ids if i in self._files]

    def file(self, session: Session, recovery_id: str) -> CaseFile:
        """`load_file`, likewise."""
        found = self.files(session, [recovery_id])
        if not found:
            raise NoSuchRecoveryError(recovery_id)
        return found[0]

    def each(
        self, session: Session, recovery_ids: Sequence[str]
    ) -> tuple[list[CaseFile], dict[str, FileUnreadableError]]:
        """`load_each`, likewise."""
        if any(i not in self._files for i in recovery_ids) or self._has_written(session):
            files, unreadable = load_each(session, recovery_ids)
            if not self._has_written(session):
                self._files |= {file.recovery.id: file for file in files}
            return files, unreadable
        return [self._files[i] for i in dict.fromkeys(recovery_ids)], {}

    @staticmethod
    def _has_written(session: Any) -> bool:
        return bool(session.wrote)

"""Answers of SQLite that are given again while no table was written that the question is about.

Which tables a question is about is read off its text: every table whose name stands in it. Two
thirds of a history's questions are about what has not changed since they were asked.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from tests.simulation.ways import Way

Rows = list[sa.Row[Any]]


class Reader(Protocol):
    """A session: its connection, and when it began."""

    raw: sqlite3.Connection | None
    born: int
    wrote: set[str]


class Remembered:
    """The answers that are known, each with the versions of the tables that it was read from."""

    def __init__(self) -> None:
        self._answers: dict[object, tuple[list[int], Any]] = {}
        self._versions: dict[str, int] = defaultdict(int)
        self._committed: dict[str, int] = defaultdict(int)
        self._unsettled: set[str] = set()
        self.commits = self._unknown = 0

    def forget(self) -> None:
        """Another database lies there now."""
        self._answers.clear()

    def rows(self, reader: Reader, way: Way, text: str, given: Sequence[Any]) -> Rows:
        """What SQLite answers, or answered."""
        raw = reader.raw
        assert raw is not None
        key = (way, text, tuple(given))
        rows: Rows = self.value(reader, way.read, key, lambda: way.rows(raw, text, given))
        return rows

    def value(
        self, reader: Reader, tables: Sequence[str], key: object, read: Callable[[], Any]
    ) -> Any:
        """What was read from these tables, or is now."""
        if not self._sees_the_latest(reader, tables):
            return read()
        versions = [self._versions[table] for table in tables]
        known = self._answers.get(key)
        if known is None or known[0] != versions:
            known = self._answers[key] = (versions, read())
        return known[1]

    def _sees_the_latest(self, reader: Reader, tables: Sequence[str]) -> bool:
        """Nobody else is writing to these tables, and nobody did since the reader began."""
        if reader.wrote:
            return True
        return not any(
            table in self._unsettled or self._committed[table] > reader.born for table in tables
        )

    def note_write(self, writer: Reader, table: str) -> None:
        """A row of the table was changed; nobody else sees it before the commit."""
        self._versions[table] += 1
        self._unsettled.add(table)
        writer.wrote.add(table)

    def note_undone(self, writer: Reader) -> None:
        """What was written is as it was before, or some of it."""
        for table in writer.wrote:
            self._versions[table] += 1

    def note_unknown(self) -> None:
        """Somebody has committed whose statements were not seen here."""
        self.commits += 1
        self._unknown = self.commits

    def last_commit(self, tables: Sequence[str]) -> int:
        """The number of the last commit that may have changed one of these tables."""
        committed = self._committed
        return max(self._unknown, *[committed[table] for table in tables], 0)

    def note_end(self, writer: Reader, *, is_committed: bool) -> None:
        """The transaction has ended."""
        if not writer.wrote:
            return
        self.commits += 1
        for table in writer.wrote:
            self._unsettled.discard(table)
            self._committed[table] = self.commits
        if not is_committed:
            self.note_undone(writer)
        writer.wrote = set()

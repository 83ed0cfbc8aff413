"""Who only looks at a history's database, by SQL of his own: what was read is not read again.

A question is asked anew when a table whose name stands in it was committed to since, or when the
witness has written himself, as the tests of the oracle do. A commit that no session knows of would
be missed by that: `PRAGMA data_version` tells of it.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from tests.simulation.remembered import Remembered

_WORD = re.compile(r"\w+")
_STATEMENTS_KEPT = 1000
Rows = list[tuple[Any, ...]]


class Witness(sqlite3.Connection):
    """A connection beside those of the program; it sees what is committed."""

    def __init__(self, path: Path, remembered: Remembered) -> None:
        super().__init__(path, isolation_level=None, cached_statements=_STATEMENTS_KEPT)
        self._remembered = remembered
        self._known: dict[tuple[str, tuple[object, ...]], tuple[object, Rows]] = {}
        self._about: dict[str, tuple[str, ...]] = {}
        self._version = self._commits = -1

    def all(self, query: str, *given: object) -> Rows:
        """The rows that answer a question: whoever gets them changes none."""
        about = self._about.get(query)
        if about is None:
            words = set(_WORD.findall(query))
            about = self._about[query] = tuple(words & set(SQLModel.metadata.tables))
        stamp = self._remembered.last_commit(about), self.total_changes
        known = self._known.get((query, given))
        if known is None or known[0] != stamp:
            rows = self.execute(query, given).fetchall()
            known = self._known[query, given] = stamp, rows
        return known[1]

    def look_up(self) -> None:
        """Forget everything if somebody has written here whom nobody knows of."""
        (version,) = self.execute("PRAGMA data_version").fetchone()
        if version != self._version and self._remembered.commits == self._commits:
            self._known.clear()
        self._version, self._commits = version, self._remembered.commits

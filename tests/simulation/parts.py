"""The parts of a recovery file that are given again while their tables were not written.

Two thirds of a history's statements read files anew of which one row has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from models.queries import file_parts
from models.queries.cases import case_files
from models.queries.partners import feeds
from tests.simulation.session import Transactions

Read = Callable[..., Any]


class Parts:
    """Stands in the place of what `load_files` calls, and asks it where something was written."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._made: dict[int, tuple[Any, Any]] = {}
        """What was made of a row that stays the same one while it is remembered here."""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Serve everybody who reads files while the block runs."""
        part_of: Any = file_parts._Part
        before: list[tuple[Any, str, Any]] = [(part_of, "read", part_of.read)]
        before += [(case_files, name, getattr(case_files, name)) for name in _QUERIES]
        # What is remembered costs nothing to ask: no need to ask first of what there are rows.
        before += [(file_parts, "_FEW", file_parts._FEW)]
        file_parts._FEW = 0
        part_of.read = lambda part, session, ids: self._known(
            session,
            (part.name, *ids),
            part._query,
            {"ids": ids},
            lambda: self._read(part, session, ids),
        )
        for name, query in _QUERIES.items():
            setattr(case_files, name, self._standing_for(name, query))
        try:
            yield
        finally:
            for owner, name, read in before:
                setattr(owner, name, read)

    def _read(self, part: Any, session: Any, ids: list[str]) -> dict[str, list[Any]]:
        """`_Part.read`, with the frozen row again that was made of an equal one."""
        found: dict[str, list[Any]] = defaultdict(list)
        for row in session.execute(part._query, {"ids": ids}):
            known = self._made.get(id(row))
            if known is None:
                known = self._made[id(row)] = row, part._fill(row[1:])
            found[row[0]].append(known[1])
        return found

    def forget(self) -> None:
        """Another database lies there now."""
        self._made.clear()

    def _standing_for(self, name: str, query: Any) -> Read:
        usual: Read = getattr(case_files, name)

        def read(session: Any, *ids: list[str]) -> Any:
            given = {"ids": ids[0]} if ids else {}
            key = (name, *(ids[0] if ids else ()))
            return self._known(session, key, query, given, lambda: usual(session, *ids))

        return read

    def _known(
        self, session: Any, key: tuple[str, ...], query: Any, given: dict[str, Any], read: Read
    ) -> Any:
        ways, remembered = self._transactions.ways, self._transactions.remembered
        way, _ = ways.find(session.bind.dialect, query, (given,))
        return remembered.value(session, way.read, key, read)


_QUERIES = {
    "_traces": case_files._TRACES, "_balances": case_files._BALANCES, "_shared": case_files._SHARED,
    "letters_and_feeds": feeds._LETTERS_AND_FEEDS,
}  # fmt: skip

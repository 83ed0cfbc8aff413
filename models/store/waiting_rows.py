"""Rows of a unit of work that wait to be written together: one statement for many rows of a table.

A row that is changed while it waits is changed in memory; it is written once, as it is at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.entities.catalogue import BY_NOUN, STATE_COLUMN
from models.entities.event import EntityKind
from models.language.phrase import phrase
from models.prepared import KEY, changing, reading, to

Execute = Callable[[Any, Any], Any]


class StaleFileError(Exception):
    """Somebody else changed what this decision was made on; it was not recorded."""

    def __init__(self, noun: EntityKind, subject_id: str, expected: str | None, found: str) -> None:
        super().__init__(
            phrase(
                "the {noun} {subject_id} is {found} now and was {expected} when you looked: "
                "review it and try again",
                noun=noun,
                subject_id=subject_id,
                found=found,
                expected=expected,
            )
        )


class TornUnitError(Exception):
    """Rows of a unit of work could not all be written, and it went on: it is to be undone."""

    def __init__(self) -> None:
        super().__init__(phrase("some rows of this transaction could not be written: try again"))


@dataclass(slots=True)
class _Change:
    """Columns of one row that change, where its state is still the one that was `seen`."""

    seen: str
    values: dict[str, Any]


class WaitingRows:
    """New rows by table, changed rows by entity, and what is to be written after them."""

    def __init__(self) -> None:
        self._new: dict[sa.Table, dict[object, dict[str, Any]]] = defaultdict(dict)
        self._changed: dict[EntityKind, dict[str, _Change]] = defaultdict(dict)
        self._set: dict[sa.Table, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._last: dict[sa.Update, list[dict[str, Any]]] = defaultdict(list)
        self._tables: set[str] = set()
        self._is_torn = False

    def __bool__(self) -> bool:
        return bool(self._new or self._changed or self._set or self._last)

    def is_apart_from(self, tables: frozenset[str] | None) -> bool:
        """Whether no row of these tables waits here; tables that are not known might have one."""
        return tables is not None and tables.isdisjoint(self._tables)

    def add(self, table: sa.Table, key: object, row: dict[str, Any]) -> None:
        """Let a new row wait."""
        self._new[table][key] = row
        self._tables.add(table.name)

    def is_new(self, table: sa.Table, key: object) -> bool:
        """Whether a row waits to be written for the first time."""
        return key in self._new.get(table, ())

    def is_changed(self, noun: EntityKind) -> bool:
        """Whether a change of a row that was written before waits."""
        return noun in self._changed

    def change(self, noun: EntityKind, row_id: str, seen: str, values: Mapping[str, Any]) -> None:
        """Let a change wait; StaleFileError where a change before it left another state."""
        column, waiting = STATE_COLUMN[noun], self._new.get(BY_NOUN[noun], {}).get(row_id)
        before = self._changed.get(noun, {}).get(row_id)
        if waiting is None and before is not None:
            waiting = before.values
        if waiting is None:
            self._changed[noun][row_id] = _Change(seen, dict(values))
            self._tables.add(BY_NOUN[noun].name)
            return
        if waiting[column] != seen:
            raise StaleFileError(noun, row_id, seen, str(waiting[column]))
        waiting.update(values)

    def set(self, table: sa.Table, key: str, values: Mapping[str, Any]) -> None:
        """Let columns wait that no event carries; what is set later counts."""
        row = self._new.get(table, {}).get(key)
        (self._set[table].setdefault(key, {}) if row is None else row).update(values)
        self._tables.add(table.name)

    def last(self, statement: sa.Update, row: dict[str, Any]) -> None:
        """Let a change of one row wait that is made after all others, in the order given."""
        self._last[statement].append(row)
        self._tables.add(cast("sa.Table", statement.table).name)

    def write(self, execute: Execute) -> None:
        """Write all of it, once; StaleFileError where a row's state is not the one that was seen.

        Where it fails a part may be written. TornUnitError from then on, so that whoever takes the
        error for that of his own query neither goes on nor commits that part.
        """
        if self._is_torn:
            raise TornUnitError
        self._is_torn = True
        for table in sorted(self._new, key=_rank):
            for rows in _alike(self._new[table].values()):
                execute(_insert_into(table), rows)
        for noun, changes in self._changed.items():
            by_columns = defaultdict[tuple[str, ...], list[str]](list)
            for row_id, change in changes.items():
                by_columns[tuple(change.values)].append(row_id)
            for columns, ids in by_columns.items():
                _write_changes(execute, noun, columns, {i: changes[i] for i in ids})
        for table, given in self._set.items():
            for some in _alike({KEY: key, **to(values)} for key, values in given.items()):
                names = tuple(name.removeprefix("to_") for name in some[0] if name != KEY)
                execute(changing(table, names), some)
        for statement, rows in self._last.items():
            execute(statement, rows)


def _write_changes(
    execute: Execute, noun: EntityKind, columns: tuple[str, ...], changes: Mapping[str, _Change]
) -> None:
    rows = [{KEY: i, "at_state": one.seen, **to(one.values)} for i, one in changes.items()]
    if execute(_update_of(noun, columns), rows).rowcount == len(rows):
        return
    table, column = BY_NOUN[noun], STATE_COLUMN[noun]
    for row_id, change in changes.items():
        found = execute(reading(table.c.id, table.c[column]), {"of": row_id})
        state = found.scalar_one_or_none()
        if len(changes) == 1 or state != change.values[column]:
            raise StaleFileError(noun, row_id, change.seen, str(state))
    raise StaleFileError(noun, next(iter(changes)), None, "changed")


def _alike(rows: Any) -> list[list[dict[str, Any]]]:  # noqa: ANN401 - a view of a dict's values
    """Rows with the same columns together: one statement has the columns of its first row."""
    found = defaultdict[tuple[str, ...], list[dict[str, Any]]](list)
    for row in rows:
        found[tuple(row)].append(row)
    return list(found.values())


def _rank(table: sa.Table) -> int:
    return _ranks()[table]


@lru_cache(maxsize=1)
def _ranks() -> dict[sa.Table, int]:
    """Tables before those that refer to them."""
    return {table: rank for rank, table in enumerate(SQLModel.metadata.sorted_tables)}


@lru_cache(maxsize=64)
def _insert_into(table: sa.Table) -> sa.Insert:
    return table.insert()


@lru_cache(maxsize=512)
def _update_of(noun: EntityKind, columns: tuple[str, ...]) -> sa.Update:
    """The statement that changes these columns where the state is still the one that was seen."""
    table, column = BY_NOUN[noun], STATE_COLUMN[noun]
    seen = sa.bindparam("at_state", type_=table.c[column].type)
    changes = {c: sa.bindparam(f"to_{c}", type_=table.c[c].type) for c in columns}
    where = (table.c.id == sa.bindparam(KEY), table.c[column] == seen)
    return table.update().where(*where).values(changes)

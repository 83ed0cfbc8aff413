"""Statements as they go to SQLite: what SQLAlchemy compiles once is kept, and no more is asked.

Kept are the text, the order of the parameters and the conversions of parameters and columns: same
SQL, same parameters, same conversions. What needs more than that at its execution is refused.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlmodel import SQLModel

from tests.simulation.answers import Changed

_PLAIN = (sa.Select, sa.CompoundSelect, sa.Insert, sa.Update, sa.Delete)
_KNOWN_MAX = 3000
_WORD = re.compile(r"\w+")
_Row = Mapping[str, Any]
_Known = tuple[Any, "Way", Sequence[Any]]


class _Place:
    """One parameter of a compiled statement: where its value is found, and what it becomes."""

    __slots__ = ("convert", "index", "is_list", "key", "name", "value")

    def __init__(self, compiled: Any, name: str, defaults: Mapping[str, Any]) -> None:
        bound = compiled.binds[name]
        self.key, self.name = bound.key, name
        self.is_list = bound in compiled.post_compile_params
        self.convert: Callable[[Any], Any] | None = compiled._bind_processors.get(name)
        self.value = defaults.get(name, bound.value)
        matched = compiled._cache_key_bind_match[0]
        mine = (n for n, b in enumerate(compiled.cache_key[1]) if bound in matched[b])
        self.index = next(mine, -1)

    def of(self, given: _Row, bound: Sequence[Any]) -> Any:
        """The value: as it was given now, as this statement carries it, or as the first did."""
        if self.key in given:
            return given[self.key]
        if self.name in given:
            return given[self.name]
        return bound[self.index].value if self.index >= 0 else self.value


class Way:
    """One compiled statement: its text by the lengths of its lists, its parameters, its columns.

    `read` are the tables whose names stand anywhere in its text, `written` the one that it changes.
    """

    def __init__(self, compiled: Any, dialect: sa.Dialect) -> None:
        self._compiled = compiled
        self._text = str(compiled.string)
        defaults = _defaults(compiled)
        self._places = [_Place(compiled, name, defaults) for name in compiled.positiontup]
        self._texts: dict[tuple[int, ...], str] = {}
        columns = compiled._result_columns
        converts = [c.type._cached_result_processor(dialect, None) for c in columns]
        names, objects = [c.keyname for c in columns], [c.objects for c in columns]
        self._rows = SimpleResultMetaData(names, objects, converts)
        self._converts = converts if any(converts) else None
        self._known: dict[tuple[Any, ...], sa.Row[Any]] = {}
        self.is_question = bool(columns)
        self.written = "" if columns else str(compiled.statement.table.name)
        words = set(_WORD.findall(self._text))
        self.read = tuple(sorted(words & set(SQLModel.metadata.tables))) if columns else ()

    def asked(self, bound: Sequence[Any], given: _Row) -> tuple[str, list[Any]]:
        """The text and the parameters with which the driver is asked."""
        found: list[Any] = []
        lengths: list[int] = []
        for place in self._places:
            key, convert = place.key, place.convert
            value = given[key] if key in given else place.of(given, bound)
            if place.is_list:
                lengths.append(len(value))
                found += map(convert, value) if convert else value
            else:
                found.append(convert(value) if convert else value)
        if not lengths:
            return self._text, found
        return self._texts.get(tuple(lengths)) or self._with_lists(lengths, bound, given), found

    def rows(self, raw: sqlite3.Connection, text: str, given: Sequence[Any]) -> list[sa.Row[Any]]:
        """What the driver answers, as its columns' types make it; of an equal row once."""
        known, found = self._known, []
        for row in raw.execute(text, given):
            made = known.get(row)
            if made is None:
                made = known[row] = sa.Row(
                    self._rows, self._converts, self._rows._key_to_index, row
                )
            found.append(made)
        return found

    def forget(self) -> None:
        """Another database lies there now: its rows are others."""
        self._known.clear()

    def run_many(
        self, raw: sqlite3.Connection, bound: Sequence[Any], rows: Sequence[_Row]
    ) -> Changed:
        """Execute it for each of these rows."""
        given = [self.asked(bound, row)[1] for row in rows]
        return Changed(raw.executemany(self._text, given).rowcount)

    def _with_lists(self, lengths: Sequence[int], bound: Sequence[Any], given: _Row) -> str:
        """The statement as the driver takes it, for lists of these lengths."""
        named = {place.name: place.of(given, bound) for place in self._places}
        expanded = self._compiled._process_parameters_for_postcompile(named)
        found = self._texts[tuple(lengths)] = str(expanded.statement)
        return found


def _defaults(compiled: Any) -> dict[str, Any]:
    """What columns are set to that an insert leaves out."""
    named = compiled._within_exec_param_key_getter if compiled.insert_prefetch else None
    return {named(c): c.default.arg for c in compiled.insert_prefetch if c.default.is_scalar}


def _compiled(statement: Any, dialect: sa.Dialect, cache_key: Any, asked: tuple[Any, bool]) -> Any:
    names, is_many = asked
    compiled = statement._compiler(
        dialect, cache_key=cache_key, column_keys=sorted(names), for_executemany=is_many
    )
    columns = [c.keyname for c in compiled._result_columns]
    more = (
        compiled.update_prefetch, compiled.effective_returning, compiled.literal_execute_params,
        compiled.escaped_bind_names, len(columns) != len(set(columns)),
        any(not c.default.is_scalar for c in compiled.insert_prefetch),
        any(b.callable or b.type._is_tuple_type for b in compiled.bind_names),
    )  # fmt: skip
    if any(more):
        raise TypeError(f"no short way for: {compiled.string}")
    return compiled


class Ways:
    """The statements that are known."""

    def __init__(self) -> None:
        self._ways: dict[object, Way] = {}
        # A statement that is kept cannot give its identity to another one.
        self._known: dict[tuple[int, object], _Known] = {}

    def forget(self) -> None:
        """Another database lies there now."""
        for way in self._ways.values():
            way.forget()

    def find(
        self, dialect: sa.Dialect, statement: Any, rows: Sequence[_Row]
    ) -> tuple[Way, Sequence[Any]]:
        """The way of a statement with parameters of these names, and the values that it carries."""
        asked = (tuple(rows[0]), len(rows) > 1)
        key = (id(statement), asked)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _KNOWN_MAX:
                self._known.clear()
            known = self._known[key] = self._found(dialect, statement, asked)
        return known[1], known[2]

    def _found(
        self, dialect: sa.Dialect, statement: Any, asked: tuple[tuple[str, ...], bool]
    ) -> _Known:
        cache_key = statement._generate_cache_key() if isinstance(statement, _PLAIN) else None
        if cache_key is None or cache_key.params:
            raise TypeError(f"no short way for: {statement}")
        key = (cache_key.key, asked)
        way = self._ways.get(key)
        if way is None:
            compiled = _compiled(statement, dialect, cache_key, asked)
            way = self._ways[key] = Way(compiled, dialect)
        return statement, way, cache_key.bindparams

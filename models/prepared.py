"""Prepared SQL statements, built once: building one costs more than running it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

KEY = "at_id"
"""The parameter that names the one row which a change is about, in every such statement."""


def to(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the parameters of a change."""
    return {f"to_{name}": value for name, value in values.items()}


@lru_cache(maxsize=512)
def changing(table: sa.Table, columns: tuple[str, ...]) -> sa.Update:
    """Sets these columns, by `to`, of the row whose key is `KEY`."""
    (key,) = table.primary_key.columns
    new = {name: sa.bindparam(f"to_{name}", type_=table.c[name].type) for name in columns}
    return table.update().where(key == sa.bindparam(KEY)).values(new)


@lru_cache(maxsize=512)
def reading(by: sa.Column[Any], *wanted: sa.Column[Any]) -> sa.Select[Any]:
    """The wanted columns (all of the table if none is named) of the rows where `by` is `of`."""
    return sa.select(*(wanted or by.table.c)).where(by == sa.bindparam("of", type_=by.type))


@lru_cache(maxsize=512)
def reading_any(by: sa.Column[Any], *wanted: sa.Column[Any]) -> sa.Select[Any]:
    """The wanted columns (all if none is named) of the rows where `by` is one of the list `of`."""
    among = sa.bindparam("of", expanding=True, type_=by.type)
    return sa.select(*(wanted or by.table.c)).where(by.in_(among))


def looked_through(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column to compare in rows that another condition finds, without an index of its own.

    SQLite has counted no rows: it takes a state for rarer than one of a list of recoveries, and
    walks all rows that were ever in that state for each of them.
    """
    return sa.func.coalesce(column, sa.null(), type_=column.type)

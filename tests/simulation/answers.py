"""Rows as the program's readers take them: what of a SQLAlchemy result is used, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa


class Scalars:
    """The first values of rows."""

    __slots__ = ("_values",)

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def all(self) -> list[Any]:
        return self._values


class Mappings:
    """Rows by the names of their columns."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[sa.Row[Any]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[sa.RowMapping]:
        return (row._mapping for row in self._rows)

    def first(self) -> sa.RowMapping | None:
        return self._rows[0]._mapping if self._rows else None

    def all(self) -> list[sa.RowMapping]:
        return list(self)


class Answer:
    """What a question came to."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[sa.Row[Any]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[sa.Row[Any]]:
        return iter(self._rows)

    def all(self) -> list[sa.Row[Any]]:
        return list(self._rows)

    def first(self) -> sa.Row[Any] | None:
        return self._rows[0] if self._rows else None

    def one(self) -> sa.Row[Any]:
        (row,) = self._rows
        return row

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        return self.one()[0] if self._rows else None

    def scalars(self) -> Scalars:
        return Scalars([row[0] for row in self._rows])

    def mappings(self) -> Mappings:
        return Mappings(self._rows)


class Changed:
    """What an insert, update or delete came to."""

    __slots__ = ("rowcount",)

    def __init__(self, rowcount: int) -> None:
        self.rowcount = rowcount

"""What a question that went to SQLite directly came to: whole, as tuples.

It is what of a result of SQLAlchemy the program's readers use; making one of those costs as much
as asking about one recovery.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

Named = dict[str, Any]


class Scalars:
    """The first values of rows."""

    __slots__ = ("_values",)

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def all(self) -> list[Any]:
        """All of them."""
        return self._values

    def first(self) -> Any:  # noqa: ANN401 - whatever a column holds
        """The first of them; None where there is none."""
        return self._values[0] if self._values else None

    def one(self) -> Any:  # noqa: ANN401
        """The only one."""
        return _only(self._values)


class Mappings:
    """Rows by the names of their columns."""

    __slots__ = ("_names", "_rows")

    def __init__(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        self._names, self._rows = names, rows

    def __iter__(self) -> Iterator[Named]:
        return (dict(zip(self._names, row, strict=True)) for row in self._rows)

    def all(self) -> list[Named]:
        """All of them."""
        return list(self)

    def first(self) -> Named | None:
        """The first of them; None where there is none."""
        return next(iter(self), None)

    def one(self) -> Named:
        """The only one."""
        only: Named = _only(self.all())
        return only


class Answer:
    """The rows of an answer in their order: named tuples, made when they are asked for."""

    __slots__ = ("_make", "_names", "_rows")

    def __init__(
        self, names: Sequence[str], make: Callable[[Any], Any], rows: list[tuple[Any, ...]]
    ) -> None:
        self._names, self._make, self._rows = names, make, rows

    @property
    def unnamed(self) -> list[tuple[Any, ...]]:
        """All rows, without names."""
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._rows)

    def all(self) -> list[Any]:
        """All rows."""
        return list(self)

    def first(self) -> Any:  # noqa: ANN401 - a row
        """The first row; None where there is none."""
        return self._make(self._rows[0]) if self._rows else None

    def one(self) -> Any:  # noqa: ANN401
        """The only row."""
        return self._make(_only(self._rows))

    def scalar(self) -> Any:  # noqa: ANN401
        """The first value of the first row; None where there is none."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:  # noqa: ANN401
        """The first value of the only row."""
        return _only(self._rows)[0]

    def scalar_one_or_none(self) -> Any:  # noqa: ANN401
        """The first value of the only row; None where there is none."""
        return _only(self._rows)[0] if self._rows else None

    def scalars(self) -> Scalars:
        """The first value of each row."""
        return Scalars([row[0] for row in self._rows])

    def mappings(self) -> Mappings:
        """The rows by the names of their columns."""
        return Mappings(self._names, self._rows)


class Streamed:
    """The rows of a long answer in their order, each once: named tuples as they are read on."""

    __slots__ = ("_make", "unnamed")

    def __init__(self, make: Callable[[Any], Any], rows: Iterator[tuple[Any, ...]]) -> None:
        self._make, self.unnamed = make, rows

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self.unnamed)


def unnamed(answer: Any) -> Iterable[Sequence[Any]]:  # noqa: ANN401 - ours, or SQLAlchemy's
    """The rows of any answer for a reader who takes them by place."""
    return answer.unnamed if isinstance(answer, Answer | Streamed) else answer


def _only(rows: Sequence[Any]) -> Any:  # noqa: ANN401
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise sa.exc.MultipleResultsFound("several rows were found where one was expected")
    raise sa.exc.NoResultFound("no row was found where one was expected")

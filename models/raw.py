"""Reads rows without their column types, so that a corrupt value cannot fail the read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel.sql.sqltypes import UTCDateTime

from models.ids import digest_bytes
from models.outcome import Scalar, spelled

Raw = str | int | bool | bytes | datetime | None


@lru_cache(maxsize=128)
def raw_select(table: sa.Table, names: tuple[str, ...] = ()) -> sa.Select[Any]:
    """The columns of these names, or all, of a table's rows without their types.

    Reading a spoilt value cannot fail. Built once, since building costs more than reading.
    """
    wanted = names or table.c.keys()
    columns: list[Any] = [
        sa.literal_column(f'"{table.name}"."{name}"').label(name) for name in wanted
    ]
    return sa.select(*columns).select_from(table)


def spelling(kind: sa.types.TypeEngine[object]) -> Callable[[Raw], Scalar] | None:
    """How a column's stored value is spelled by an event; None: as it is stored."""
    if isinstance(kind, UTCDateTime):
        return instant
    if isinstance(kind, sa.LargeBinary):
        return _bytes
    return _truth if isinstance(kind, sa.Boolean) else None


def instant(value: Raw) -> Scalar:
    """A stored instant as ISO text in UTC; an unreadable one is named, not raised."""
    if isinstance(value, str):
        try:
            stored = datetime.fromisoformat(value)
        except ValueError:
            return f"unreadable {value}"
        return spelled(stored) if stored.tzinfo else f"{stored.isoformat()}+00:00"
    if value is None:
        return None
    if not isinstance(value, datetime):
        return f"unreadable {value!r}"
    return spelled(value if value.tzinfo else value.replace(tzinfo=UTC))


def plain(value: object) -> Scalar:
    """A value on its way into a row, spelled as the stored one will be."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return spelled(value)
    if isinstance(value, bytes):
        return digest_bytes(value)
    return value  # type: ignore[return-value]


def _truth(value: Raw) -> Scalar:
    return bool(value) if value in (0, 1) else f"unreadable {value!r}"


def _bytes(value: Raw) -> Scalar:
    return digest_bytes(value) if isinstance(value, bytes) else f"unreadable {value!r}"

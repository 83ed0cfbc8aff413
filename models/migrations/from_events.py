"""Columns that an upgrade adds and that events have told of before: a way back and forth again.

Going back to an earlier version drops them, and its events keep what they were. Without this the
rows would be empty after the next upgrade, and `recovery audit verify` would name each of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op


def refill(noun: str, columns: Sequence[sa.Column[Any]]) -> None:
    """Set the new columns of a table of this name to what the last event of each row says."""
    events = sa.table("event", *map(sa.column, ("seq", "noun", "subject_id", "values_json")))
    told = sa.or_(*(events.c.values_json.contains(f'"{column.name}":') for column in columns))
    query = sa.select(events.c.subject_id, events.c.values_json).where(events.c.noun == noun, told)
    rows: dict[str, dict[str, Any]] = {}
    connection = op.get_bind()
    for name, values in connection.execute(query.order_by(events.c.seq)):
        found = json.loads(values)
        known = rows.setdefault(name, {})
        known |= {c.name: _read(c, found[c.name]) for c in columns if c.name in found}
    typed = (sa.column(c.name, c.type) for c in columns)
    table = sa.table(noun, sa.column("id"), *typed)
    for name, values in rows.items():
        connection.execute(table.update().where(table.c.id == name).values(values))


def _read(column: sa.Column[Any], value: Any) -> Any:  # noqa: ANN401 - of any column
    is_instant = isinstance(column.type, sa.DateTime | sa.TypeDecorator) and value is not None
    return datetime.fromisoformat(str(value)) if is_instant else value

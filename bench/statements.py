"""Counts the statements that are sent to the case database, without slowing them down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from models.sqlite import direct


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Count while the block runs, under "queries"."""
    found, execute = {"queries": 0}, direct.execute

    def count(connection: sa.Connection, statement: Any, params: Any) -> Any:  # noqa: ANN401
        found["queries"] += 1
        return execute(connection, statement, params)

    direct.execute = count
    try:
        yield found
    finally:
        direct.execute = execute

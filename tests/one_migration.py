"""A new database is made by the migrations once in a process, and then by their result.

The first one of each process goes through every migration; the others get its statements. A
database that holds anything, or that is brought to a version before the newest, is migrated.
"""

from __future__ import annotations

import sqlite3
from typing import cast

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_statements: list[str] = []
_upgrade = command.upgrade


def _upgrade_once(config: Config, revision: str) -> None:
    connection: sa.Connection = config.attributes["connection"]
    is_new = connection.dialect.name == "sqlite" and not sa.inspect(connection).get_table_names()
    if not is_new or revision != "head":
        _upgrade(config, revision)
    elif _statements:
        for statement in _statements:
            connection.exec_driver_sql(statement)
    else:
        _upgrade(config, revision)
        raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
        _statements.extend(list(raw.iterdump())[1:-1])  # without BEGIN and COMMIT


def migrate_once() -> None:
    command.upgrade = _upgrade_once

"""What the database is made of: its tables, indexes and triggers are those of the migrations.

Who can write to the database can also take away the triggers that keep history append-only, or add
one that changes rows whenever the program writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from alembic import command
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from models.migrate import alembic_config, upgrade
from models.queries.audit.server_schema import MADE_ON_A_SERVER

_MASTER = sa.table("sqlite_master", sa.column("type"), sa.column("name"), sa.column("sql"))
_ALL = sa.select(_MASTER.c.type, _MASTER.c.name, _MASTER.c.sql)
_NOT_ALLOWED = "42501"
_NOT_COMPARED = (
    "tables, triggers and the rest of the schema could not be compared: the database's user may "
    "not make an empty schema beside it; let that user own the database"
)
_Made = tuple[str, str]
"""What kind of thing it is (table, index, trigger, view), and its name."""


def schema_differences(session: Session, engine: sa.Engine) -> Iterator[tuple[str, str, str]]:
    """(kind, name, sentence) of every object that is missing, was added or differs."""
    if engine.dialect.name == "sqlite":
        expected, there = _expected(), _made_of(session.execute(_ALL))
    else:
        try:
            expected = _expected_on_a_server(engine)
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "sqlstate", "") != _NOT_ALLOWED:
                raise
            yield "schema", "", _NOT_COMPARED
            return
        there = _made_of(session.execute(MADE_ON_A_SERVER))
    for kind, name in sorted(expected.keys() | there.keys()):
        told, found = expected.get((kind, name)), there.get((kind, name))
        if found is None:
            yield kind, name, f"the {kind} {name} is not there any more"
        elif told is None:
            yield kind, name, f"the {kind} {name} was added by hand"
        elif told != found:
            yield kind, name, f"the {kind} {name} is another one than the program made"


@lru_cache(maxsize=1)
def _expected() -> Mapping[_Made, str]:
    """The schema that all migrations create in an empty database."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    upgrade(engine)
    with engine.connect() as connection:
        made = _made_of(connection.execute(_ALL))
    engine.dispose()
    return made


def _expected_on_a_server(engine: sa.Engine) -> Mapping[_Made, str]:
    """The same in an empty schema of the server, of which nothing is kept: it is rolled back.

    The database's user has to be allowed to make one, as who owns a database is.
    """
    with engine.connect() as connection, connection.begin() as transaction:
        name = f"recovery_expected_{connection.exec_driver_sql('SELECT pg_backend_pid()').scalar()}"
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        connection.exec_driver_sql(f"SET LOCAL search_path TO {name}")
        command.upgrade(alembic_config(connection), "head")
        made = _made_of(connection.execute(MADE_ON_A_SERVER))
        transaction.rollback()
    return made


def _made_of(rows: Iterable[Any]) -> Mapping[_Made, str]:
    return MappingProxyType(
        {
            (kind, name): " ".join(str(text).split())
            for kind, name, text in rows
            if not name.startswith("sqlite_")
        }
    )

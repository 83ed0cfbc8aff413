"""Bringing a database to the newest schema; a new database is made the same way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlmodel import AutoString, Session, SQLModel

from models.engine import is_of_the_database, raising_busy
from models.entities import catalogue  # noqa: F401 - fills the metadata
from models.schema import MIGRATIONS, schema_number, schema_numbers
from models.store.rollups.keeping import fill


class UpgradeRefusedError(ValueError):
    """What a database holds cannot be brought to this version; nothing was changed."""


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without an ini file, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Run all migrations that are still missing, in one transaction where the database allows.

    What lists and counts are read from is worked out anew after them.

    Raises UpgradeRefusedError where the tables are not those of the version that is marked, and
    StoreBusyError where others keep them locked; nothing is changed then.
    """
    before = schema_number(engine)
    try:
        with raising_busy(), engine.begin() as connection:
            if before is not None and before >= _CLASSES_SINCE:
                _add_classes(connection)
            command.upgrade(alembic_config(connection), "head")
            if lacking := _lacking(connection):
                raise UpgradeRefusedError(
                    f"the database is marked as version {before} and lacks {', '.join(lacking)}: a "
                    "version between two releases has made it; restore it from a copy, or make a "
                    "new one"
                )
            if before not in (None, schema_numbers()[-1]):
                fill(Session(connection))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        if is_of_the_database(error):
            raise
        marked = schema_number(engine) or "none"
        raise UpgradeRefusedError(
            f"the database cannot be brought up to date from its version mark {marked}, which its "
            f"tables do not fit: restore it from a copy ({str(error.orig).splitlines()[0]})"
        ) from error


_CLASSES_SINCE = "0030"


def _add_classes(connection: sa.Connection) -> None:
    """Give claims the columns of their class, which databases made by the first 0030 lack."""
    if "priority" in {column["name"] for column in sa.inspect(connection).get_columns("claim")}:
        return
    operations = Operations(MigrationContext.configure(connection))
    for name, kind, default in (
        ("priority", AutoString(40), ""),
        ("priority_rank", sa.Integer(), "0"),
    ):
        column: sa.Column[object] = sa.Column(name, kind, nullable=False, server_default=default)
        operations.add_column("claim", column)


def _lacking(connection: sa.Connection) -> list[str]:
    """The first columns, as table.column, that the program has and the upgraded database has not.

    A migration that was put before the mark of a database is never run on it.
    """
    found = sa.inspect(connection)
    there = {name: {c["name"] for c in found.get_columns(name)} for name in found.get_table_names()}
    wanted = ((t.name, c.name) for t in SQLModel.metadata.sorted_tables for c in t.columns)
    return [f"{name}.{column}" for name, column in wanted if column not in there.get(name, ())][:3]

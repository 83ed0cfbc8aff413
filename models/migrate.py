"""Bringing a database to the newest schema; a new database is made the same way."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without an ini file, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Run all migrations that are still missing, in one transaction where the database allows."""
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def has_schema(engine: sa.Engine) -> bool:
    """Whether any migration has been run on the database."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is not None


def schema_is_current(engine: sa.Engine) -> bool:
    """Whether the database is at the newest migration."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest

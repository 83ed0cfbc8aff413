"""Bringing a database to the newest schema; a new database is made the same way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from models.schema import MIGRATIONS, schema_number


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

    Raises UpgradeRefusedError where the tables are not those of the version that is marked.
    """
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        marked = schema_number(engine) or "none"
        raise UpgradeRefusedError(
            f"the database cannot be brought up to date from its version mark {marked}, which its "
            f"tables do not fit: restore it from a copy ({str(error.orig).splitlines()[0]})"
        ) from error

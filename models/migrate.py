"""Bringing a database to the newest schema; a new database is made the same way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlmodel import Session

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

    Raises UpgradeRefusedError where the tables are not those of the version that is marked.
    """
    before = schema_number(engine)
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            if before not in (None, schema_numbers()[-1]):
                fill(Session(connection))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        marked = schema_number(engine) or "none"
        raise UpgradeRefusedError(
            f"the database cannot be brought up to date from its version mark {marked}, which its "
            f"tables do not fit: restore it from a copy ({str(error.orig).splitlines()[0]})"
        ) from error

"""Bringing a database to the newest schema; a new database is made the same way."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session

from models.store.rollups import fill


class UpgradeRefusedError(ValueError):
    """What a database holds cannot be brought to this version; nothing was changed."""


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration without an ini file, bound to a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Run all migrations that are still missing, in one transaction where the database allows.

    What lists and counts are read from is worked out anew after them.

    Raises UpgradeRefusedError where the tables are not those of the version that is marked.
    """
    before = _revision(engine)
    try:
        with engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            if before is not None and before != _marked(connection):
                fill(Session(connection))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        marked = _revision(engine) or "none"
        raise UpgradeRefusedError(
            f"the database cannot be brought up to date from its version mark {marked}, which its "
            f"tables do not fit: restore it from a copy ({str(error.orig).splitlines()[0]})"
        ) from error


def schema_is_current(engine: sa.Engine) -> bool:
    """Whether the database is at the newest migration."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return _revision(engine) == newest


def has_schema(engine: sa.Engine) -> bool:
    """Whether the database has any table: its version mark alone can be taken away by hand."""
    return bool(sa.inspect(engine).get_table_names())


def is_known(engine: sa.Engine) -> bool:
    """Whether the database is at one of the migrations of this version, the newest or older."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return _revision(engine) in {script.revision for script in scripts.walk_revisions()}


def _revision(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        return _marked(connection)


def _marked(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()

"""The number of a database's schema against the newest one: one query, without Alembic."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

MIGRATIONS = Path(__file__).with_name("migrations")
_MARK = sa.table("alembic_version", sa.column("version_num"))


@lru_cache(maxsize=1)
def schema_numbers() -> tuple[str, ...]:
    """The numbers of all migrations, the oldest first; each is the beginning of its file's name."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def schema_number(engine: sa.Engine) -> str | None:
    """The number that a database is marked with; None where it has no mark."""
    if not sa.inspect(engine).has_table(_MARK.name):
        return None
    with engine.connect() as connection:
        found: str | None = connection.execute(sa.select(_MARK.c.version_num)).scalar()
    return found


def schema_is_current(engine: sa.Engine) -> bool:
    """Whether the database is at the newest migration."""
    return schema_number(engine) == schema_numbers()[-1]


def is_known(engine: sa.Engine) -> bool:
    """Whether the database is at one of the migrations of this version, the newest or older."""
    return schema_number(engine) in schema_numbers()


def has_schema(engine: sa.Engine) -> bool:
    """Whether the database has any table: its version mark alone can be taken away by hand."""
    return bool(sa.inspect(engine).get_table_names())

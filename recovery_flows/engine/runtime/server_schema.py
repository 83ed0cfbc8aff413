"""The database of a new Prefect home, made from a file: Prefect's migrations take it many seconds.

The file is what the migrations of the oldest Prefect that this program takes make of an empty
database (Apache-2.0, Prefect Technologies); a newer Prefect brings it up to date when it starts.
`python -m recovery_flows.engine.runtime.server_schema` writes it anew from the installed Prefect.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

SCHEMA = Path(__file__).with_name("server_schema.sql")
DATABASE = "prefect.db"
_ALL = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
    "ORDER BY type DESC, rowid"
)


def make_database(home: Path) -> None:
    """Make the server's database where a home has none yet."""
    path = home / DATABASE
    if path.exists():
        return
    draft = home / f"{DATABASE}.new"
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as connection:
        connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    draft.replace(path)


def schema_of(path: Path) -> str:
    """All that a migrated database is made of, as statements."""
    with closing(sqlite3.connect(path)) as connection:
        made = [row[0] for row in connection.execute(_ALL)]
        (mark,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    made.append(f"INSERT INTO alembic_version VALUES ('{mark}')")  # noqa: S608 (Prefect's own)
    return "BEGIN;\n" + "".join(f"{one.strip()};\n" for one in made) + "COMMIT;\n"


def migrated(home: Path) -> Path:
    """A database that the installed Prefect makes by its migrations."""
    os.environ["PREFECT_HOME"] = str(home)
    # Imported here: Prefect reads its home when it is imported.
    from prefect.server.database import provide_database_interface

    asyncio.run(provide_database_interface().create_db())
    return home / DATABASE


def main() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as home:
        SCHEMA.write_text(schema_of(migrated(Path(home))), encoding="utf-8")


if __name__ == "__main__":
    main()

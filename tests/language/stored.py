"""What of a database's plain columns is Chinese: nothing, whatever the screens show."""

from __future__ import annotations

import re

from sqlalchemy import inspect, text

from models.engine import Database
from models.language.phrase import Phrase

CHINESE = re.compile("[\u4e00-\u9fff]")


def stored_in_chinese(database: Database) -> set[str]:
    """Table, column and text of each column that can be read without a key and is Chinese."""
    found: set[str] = set()
    with database.reading() as session:
        connection = session.connection()
        for table in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
            found |= {
                f"{table}.{column}: {value}"
                for row in rows
                for column, value in row.items()
                if isinstance(value, str) and (CHINESE.search(value) or isinstance(value, Phrase))
            }
    return found

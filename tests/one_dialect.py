"""Each SQL statement is compiled once in a process, and not once for each database of a test.

SQLAlchemy keeps what it compiled for each engine, and a unit at work opens one; the tests open
thousands, and a third of their time went into compiling the same statements anew.
"""

from __future__ import annotations

from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache


class OneDialect(SQLiteDialect_pysqlite):
    """SQLite as it is; all engines of a process count as speaking one dialect."""

    supports_statement_cache = True
    _type_memos: ClassVar[WeakKeyDictionary[Any, Any]] = WeakKeyDictionary()
    _compiled: ClassVar[LRUCache[Any, Any]] = LRUCache(3000)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: sa.Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._compiled)


def compile_once() -> None:
    registry.register("sqlite", __name__, OneDialect.__name__)

"""What a database of an earlier version needs besides its new columns."""

from __future__ import annotations

import sqlalchemy as sa

from models.engine import Database
from models.store.sealing import seal_all
from models.store.unit import unit_of_work


class SealsLostError(Exception):
    """The signed heads tell of seals that the database does not have any more."""


def has_no_seals(engine: sa.Engine) -> bool:
    """Whether a database is there that was made before rows were sealed."""
    tables = set(sa.inspect(engine).get_table_names())
    return "event" in tables and "table_seal" not in tables


def seal_older(database: Database) -> None:
    """Seal all rows of an upgraded database, once; SealsLostError where they were sealed before.

    What was changed by hand before this is not found by the seals, only by what older versions
    checked.
    """
    heads, _ = database.heads.read(database.vault)
    if any(head.tables for head in heads):
        raise SealsLostError(
            "this database had seals and has none any more: restore it from a copy, "
            "`recovery audit verify` tells what was changed"
        )
    with unit_of_work(database) as unit:
        seal_all(unit.session)

"""A database is made or comes from an earlier version: its mark, and the seals of older rows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from models.engine import Database
from models.entities.event import EntityKind
from models.entities.installation import THIS, InstallationKind
from models.outcome import Outcome, Transition
from models.store.record import record
from models.store.sealing import seal_all
from models.store.unit import ENGINE, Unit, unit_of_work


class SealsLostError(Exception):
    """The signed heads tell of seals that the database does not have any more."""


def note_made(unit: Unit, now: datetime, kind: InstallationKind) -> None:
    """Mark a new installation as a unit's or as a demo; the mark cannot be changed afterwards."""
    event = "made_for_demo" if kind is InstallationKind.DEMO else "made"
    record(
        unit, ENGINE, now, "", Outcome((Transition(EntityKind.INSTALLATION, THIS, event, None),))
    )


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

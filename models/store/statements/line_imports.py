"""Imports of bookings in many short transactions, visible to nobody until they are finished."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models.engine import Database
from models.entities.catalogue import table_of
from models.entities.statement import LineImport, StatementLine
from models.language.phrase import phrase
from models.store.pacing import for_a_while, rest_of_the_lock
from models.store.unit import Unit, unit_of_work

_IMPORTS, _LINES = table_of(LineImport), table_of(StatementLine)
LEASE = timedelta(seconds=60)
_BEING_UNDONE = datetime(1970, 1, 1, tzinfo=UTC)
"""The lease of an import from the moment at which its bookings begin to be deleted."""
_TOGETHER = 200


class ImportRunningError(Exception):
    """Another import is running: two at once could store one booking twice."""

    def __init__(self) -> None:
        super().__init__(
            phrase("another import of statements is running: try again when it is done")
        )


class ImportLostError(Exception):
    """This import was undone because it had not reported itself alive in time."""

    def __init__(self) -> None:
        super().__init__(phrase("the import was interrupted and taken out again: try again"))


def is_there(lines: sa.FromClause = _LINES) -> sa.ColumnElement[bool]:
    """The condition that excludes the bookings of imports that are still running."""
    return lines.c.import_id.not_in(sa.select(_IMPORTS.c.id))


def begin(unit: Unit, import_id: str, wall_now: datetime) -> None:
    """Begin an import; ImportRunningError while another one is alive. The others are over."""
    alive = sa.select(_IMPORTS.c.id).where(_IMPORTS.c.lease_until > wall_now)
    if unit.session.execute(alive).first():
        raise ImportRunningError
    # One that is only slow must not go on beside this one: see `go_on`.
    _mark(unit, _IMPORTS.c.lease_until <= wall_now)
    unit.session.execute(
        _IMPORTS.insert().values(id=import_id, begun_at=wall_now, lease_until=wall_now + LEASE)
    )


def go_on(unit: Unit, import_id: str, wall_now: datetime) -> None:
    """Report that an import is alive; ImportLostError where another one has begun to undo it.

    One that was only slow goes on: nobody has touched what it stored.
    """
    mine = _IMPORTS.update().where(
        _IMPORTS.c.id == import_id, _IMPORTS.c.lease_until > _BEING_UNDONE
    )
    changed = unit.session.execute(mine.values(lease_until=wall_now + LEASE))
    if changed.rowcount == 0:
        raise ImportLostError


def finish(unit: Unit, import_id: str, wall_now: datetime) -> None:
    """Finish an import: its bookings are visible from the commit on."""
    go_on(unit, import_id, wall_now)
    unit.session.execute(_IMPORTS.delete().where(_IMPORTS.c.id == import_id))


def lines_of_others(session: Session, account_ids: Iterable[str], import_id: str) -> int:
    """The number of these accounts' bookings from elsewhere: it changes when one is added."""
    query = sa.select(sa.func.count()).where(
        _LINES.c.account_id.in_(sorted(account_ids)), _LINES.c.import_id != import_id
    )
    return int(session.execute(query).scalar_one())


def is_running(session: Session, import_id: str) -> bool:
    """Whether an import has begun, and was neither finished nor undone."""
    query = sa.select(_IMPORTS.c.id).where(_IMPORTS.c.id == import_id)
    return session.execute(query).first() is not None


def undo_dead(database: Database, wall_now: datetime) -> int:
    """Undo interrupted imports; return how many there were."""
    with database.reading() as session:
        query = sa.select(_IMPORTS.c.id).where(_IMPORTS.c.lease_until <= wall_now)
        dead = list(session.execute(query).scalars())
    undone = 0
    for import_id in dead:
        with unit_of_work(database) as unit:
            # It may have reported itself alive since it was found.
            is_dead = _mark(unit, _IMPORTS.c.id == import_id, _IMPORTS.c.lease_until <= wall_now)
        if is_dead:
            _delete(database, import_id)
            undone += 1
    return undone


def _mark(unit: Unit, *where: sa.ColumnElement[bool]) -> bool:
    """Say of an import that it is being undone; whether there is one."""
    marked = unit.session.execute(_IMPORTS.update().where(*where).values(lease_until=_BEING_UNDONE))
    return bool(marked.rowcount)


def undo(database: Database, import_id: str) -> None:
    """Delete the bookings of an import, a few at a time, then the import itself."""
    with unit_of_work(database) as unit:
        _mark(unit, _IMPORTS.c.id == import_id)
    _delete(database, import_id)


def _delete(database: Database, import_id: str) -> None:
    with database.reading() as session:
        query = sa.select(_LINES.c.id).where(_LINES.c.import_id == import_id)
        ids = list(session.execute(query).scalars())
    rest = deque(ids[n : n + _TOGETHER] for n in range(0, len(ids), _TOGETHER))
    while rest:
        with unit_of_work(database) as unit:
            for some in for_a_while(rest):
                _delete_lines(unit, import_id, some)
        rest_of_the_lock(rest)
    with unit_of_work(database) as unit:
        unit.session.execute(_IMPORTS.delete().where(_IMPORTS.c.id == import_id))


def _delete_lines(unit: Unit, import_id: str, ids: Sequence[str]) -> None:
    """Delete bookings that only this import has; one that a bank has stated since stays."""
    unit.session.execute(
        _LINES.delete().where(_LINES.c.id.in_(ids), _LINES.c.import_id == import_id)
    )

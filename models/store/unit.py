"""One unit of work: one transaction, one commit, one signed head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.engine import Database, lock_history, raising_busy
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.officer import Role
from models.entities.recovery import Recovery
from models.facts import AccountRef
from models.outcome import Transition
from models.sealing.signed_heads import Head
from models.sealing.vault import Vault
from models.store.rollups.keeping import keep
from models.store.sealing import SealingSession

EVENTS = table_of(Event)
FIRST_DIGEST = "0" * 64
RECOVERIES = table_of(Recovery)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role; what the store checks permissions against."""

    id: str
    role: Role


ENGINE = Actor("engine", Role.ENGINE)


@dataclass(slots=True)
class Unit:
    """An open write transaction, and the end of the history that grows in it."""

    session: SealingSession
    vault: Vault
    seq: int
    digest: str
    began_seq: int
    at: datetime | None = None
    recovery_seq: dict[str, int] = field(default_factory=dict)
    last_seq: dict[str, int] = field(default_factory=dict)
    """Numbers of the last events of recoveries that this transaction has asked for in advance."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Accounts that this transaction knows to be stored, with their currency."""
    absent: set[str] = field(default_factory=set)
    """Accounts, people and documents that are not stored, as far as was asked here in advance."""
    counted: dict[str, int] = field(default_factory=dict)
    """Counters as far as this transaction has counted."""
    opened: dict[str, AccountRef] = field(default_factory=dict)
    """Accounts that this transaction has opened in advance, for orders to banks."""
    calls: dict[str, bool] = field(default_factory=dict)
    """Whether a call is there, as far as this transaction has asked."""
    banks: frozenset[str] | None = None
    confirmed: Transition | None = None
    """The change of a register that a second person confirms in this transaction."""
    active: set[str] = field(default_factory=set)
    """Who has acted in this transaction already, and is not dismissed."""
    hidden: dict[str, frozenset[str]] = field(default_factory=dict)
    """Recoveries that somebody may not see, as far as this transaction has asked."""
    deadlines: dict[str, str | None] = field(default_factory=dict)
    """What runs out, of recoveries of which nothing was recorded since the rules told it."""
    rerouted: set[str] = field(default_factory=set)
    """Partners whose channel may be another now."""
    broken: set[tuple[str, str]] = field(default_factory=set)
    """Rows that this unit changed and that had been changed by hand before: (table, key)."""


_LAST = sa.select(EVENTS.c.seq, EVENTS.c.digest).order_by(EVENTS.c.seq.desc()).limit(1)


def _last_event(session: Session) -> tuple[int, str]:
    row = session.execute(_LAST).first()
    return (row.seq, row.digest) if row else (0, FIRST_DIGEST)


@contextmanager
def unit_of_work(database: Database) -> Iterator[Unit]:
    """Begin writing; commit on leaving, roll back on an error; sign the head after the commit.

    Queue and tally are kept, and rows that no event carries are sealed before the commit. Raises
    StoreBusyError when another process keeps the database locked; nothing was written then.
    """
    with SealingSession(database.writer, database.vault) as session, session.transaction():
        session.viewer = database.viewer
        with raising_busy():
            lock_history(session)
            seq, digest = _last_event(session)
        unit = Unit(session, database.vault, seq, digest, seq, broken=session.broken)
        yield unit
        session.write_waiting()
        touched = (session.touched(RECOVERIES) | unit.recovery_seq.keys()) - {""}
        keep(session, touched, unit.deadlines, unit.rerouted)
        session.seal()
    if unit.seq > unit.began_seq and unit.at is not None:
        counts = dict(unit.recovery_seq)
        at = unit.at.isoformat()
        head = Head(unit.seq, unit.digest, at, counts, dict(session.revisions))
        database.heads.sign(database.vault, head)


@contextmanager
def savepoint(unit: Unit) -> Iterator[None]:
    """A part of a transaction that may fail alone: an error undoes this part and is raised.

    The unit's position in the history goes back too, so that the next event follows the last one
    that is still there, and the signed head names it.
    """
    unit.session.write_waiting()
    seq, digest, at, banks = unit.seq, unit.digest, unit.at, unit.banks
    recovery_seq, accounts, calls = dict(unit.recovery_seq), dict(unit.accounts), dict(unit.calls)
    counted, deadlines = dict(unit.counted), dict(unit.deadlines)
    try:
        with unit.session.savepoint():
            yield
            unit.session.write_waiting()
    except BaseException:
        unit.session.forget_waiting()
        unit.seq, unit.digest, unit.at, unit.banks = seq, digest, at, banks
        unit.recovery_seq, unit.accounts, unit.calls = recovery_seq, accounts, calls
        unit.counted, unit.deadlines = counted, deadlines
        raise

"""Events and notes of one recovery."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.recovery import Note
from models.queries.cases.views import EventLine, NoteLine
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_EVENTS, _NOTES = table_of(Event), table_of(Note)


def events_of(session: Session, recovery_id: str, limit: int | None = None) -> list[EventLine]:
    """Events of a recovery, the newest first."""
    query = (
        sa.select(_EVENTS)
        .where(_EVENTS.c.recovery_id == recovery_id)
        .order_by(_EVENTS.c.seq.desc())
        .limit(limit)
    )
    return [
        EventLine(
            seq=row.seq,
            at=row.at,
            actor=row.actor_id,
            role=row.role,
            noun=row.noun,
            subject_id=row.subject_id,
            event=row.event,
            old_state=row.old_state,
            new_state=row.new_state,
            reason=row.reason,
            legal_basis=row.legal_basis,
            digest=row.digest,
        )
        for row in session.execute(query)
    ]


def reasons_of(session: Session, recovery_id: str, noun: str, event: str) -> dict[str, str]:
    """Why such an event came about, by what it is about; the last of several."""
    query = (
        sa.select(_EVENTS.c.subject_id, _EVENTS.c.reason)
        .where(
            _EVENTS.c.recovery_id == recovery_id, _EVENTS.c.noun == noun, _EVENTS.c.event == event
        )
        .order_by(_EVENTS.c.seq)
    )
    return {row.subject_id: row.reason for row in session.execute(query)}


def notes_of(session: Session, vault: Vault, recovery_id: str) -> list[NoteLine]:
    """Notes of a recovery, the newest first."""
    query = (
        sa.select(_NOTES)
        .where(_NOTES.c.recovery_id == recovery_id)
        .order_by(_NOTES.c.written_at.desc(), _NOTES.c.id)
    )
    return [
        NoteLine(
            row.written_at,
            row.author_id,
            vault.open(row.text_sealed, SealedPlace("note", row.id, "text_sealed")),
        )
        for row in session.execute(query)
    ]

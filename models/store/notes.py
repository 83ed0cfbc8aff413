"""A person's words about a recovery."""

from __future__ import annotations

from datetime import datetime

from models.entities.event import EntityKind
from models.ids import derive_id
from models.outcome import Outcome, Transition, Values
from models.sealing.sealed_place import SealedPlace
from models.store.record import record
from models.store.unit import Actor, Unit


def write_note(unit: Unit, actor: Actor, now: datetime, recovery_id: str, text: str) -> str:
    """Keep a note, sealed; the event covers it by a keyed fingerprint."""
    fingerprint = unit.vault.fingerprint(text)
    note_id = derive_id("note", recovery_id, actor.id, unit.seq + 1, fingerprint)
    values: Values = {
        "author_id": actor.id,
        "written_at": now,
        "text_sealed": unit.vault.seal(text, SealedPlace("note", note_id, "text_sealed")),
        "fingerprint": fingerprint,
    }
    move = Transition(EntityKind.NOTE, note_id, "written", None, values)
    record(unit, actor, now, recovery_id, Outcome((move,)))
    return note_id

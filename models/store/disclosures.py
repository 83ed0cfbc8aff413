"""Who saw or wrote out personal data of a recovery: one signed event each, without any value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.outside.disclosure import DisclosureKind
from models.entities.recovery import Recovery
from models.ids import derive_id
from models.language.phrase import phrase
from models.outcome import Outcome, Transition, Values
from models.sealing.sealed_place import SealedPlace
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import Actor, Unit

_RECOVERIES = table_of(Recovery)
_EVENTS = {
    DisclosureKind.REVEAL: "revealed", DisclosureKind.KEPT_TEXT: "text_kept",
    DisclosureKind.FOUND_BY_NAME: "revealed",
}  # fmt: skip
_OF_WHO_IS_IN_CHARGE = frozenset({DisclosureKind.REVEAL, DisclosureKind.KEPT_TEXT})


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What is disclosed: the fields or documents by name, of whom, and why, never the values."""

    kind: DisclosureKind
    what: str
    subject_id: str = ""
    reason: str = ""
    digest: str = ""


def note_disclosure(
    unit: Unit, actor: Actor, now: datetime, recovery_id: str, disclosed: Disclosed
) -> str:
    """Write into the history who has what disclosed and why, the reason sealed; return its id.

    NotPermittedError where an officer asks to see what is another's, or to let it stand in a text:
    that takes the officer in charge of the recovery, or a supervisor.
    """
    if disclosed.kind in _OF_WHO_IS_IN_CHARGE:
        _check_in_charge(unit, actor, recovery_id)
    name = derive_id("disclosure", recovery_id, actor.id, unit.seq + 1)
    place = SealedPlace("disclosure", name, "reason_sealed")
    values: Values = {
        "kind": disclosed.kind,
        "subject_id": disclosed.subject_id,
        "what": disclosed.what,
        "reason_sealed": unit.vault.seal(disclosed.reason, place),
        "digest": disclosed.digest,
        "disclosed_by": actor.id,
        "disclosed_at": now,
    }
    event = _EVENTS.get(disclosed.kind, "file_made")
    move = Transition(EntityKind.DISCLOSURE, name, event, None, values)
    record(unit, actor, now, recovery_id, Outcome((move,)))
    return name


def _check_in_charge(unit: Unit, actor: Actor, recovery_id: str) -> None:
    query = sa.select(_RECOVERIES.c.owner_id).where(_RECOVERIES.c.id == recovery_id)
    owner = unit.session.execute(query).scalar_one()
    if actor.role is not Role.SUPERVISOR and owner != actor.id:
        nobody = phrase("nobody is in charge of it yet")
        charge = phrase("{owner} is in charge", owner=owner) if owner else nobody
        raise NotPermittedError(
            phrase(
                "personal data is disclosed by the officer in charge or a supervisor; {charge}",
                charge=charge,
            )
        )

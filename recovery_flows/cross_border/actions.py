"""What an officer does to requests abroad beyond the next step."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from models.entities.officer import Role
from models.ids import canonical
from models.queries.cases.requests import fields_place, sealed_fields
from models.queries.installation.clock import case_now
from models.sealing.sealed_place import SealedPlace
from models.store.notes import write_note
from recovery_flows.access.acting_officer import ActingOfficer
from recovery_flows.cross_border import request_edits
from recovery_flows.errors import MisuseError


def resubmit(
    acting: ActingOfficer,
    recovery_id: str,
    request_id: str,
    reason: str,
    grounds: Mapping[str, Sequence[str]],
    seen: int | None = None,
) -> str:
    """Draft a new version of a request that was refused; the reason is kept sealed in a note."""
    if not reason.strip():
        raise MisuseError("this takes a reason: whoever reads the file later will ask for it")
    with acting.editing(recovery_id, seen) as (unit, changes):
        actor = acting.actor(Role.OFFICER)
        request = request_edits.request_of(changes.file, request_id)
        text = unit.vault.open(sealed_fields(unit.session, request.id), fields_place(request.id))

        def seal(fields: object, place: SealedPlace) -> str:
            return unit.vault.seal(canonical(fields).decode(), place)

        given = json.loads(text or "{}")
        draft = request_edits.resubmit(changes, request.id, given, grounds, acting.laws, seal)
        words = f"request {request.id} resubmitted as {draft}: {reason.strip()}"
        now = case_now(unit.session, acting.wall_now())
        write_note(unit, actor, now, recovery_id, words)
        ref = changes.file.recovery.ref
    return f"{ref}: {draft} drafted in the place of {request_id}"

"""Answers to calls that a join has moved to another recovery while the bank was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.queries.cases.work import calls_now
from models.store.unit import Unit

if TYPE_CHECKING:
    from recovery_flows.engine.outbox.results import Result


def as_joined(unit: Unit, group: list[Result]) -> list[Result]:
    """The results with their calls as they are now: a join may have moved them meanwhile."""
    places = calls_now(unit.session, [r.call.id for r in group])
    moved = []
    for result in group:
        recovery_id, asset_id, subject_id = places[result.call.id]
        call = replace(
            result.call, recovery_id=recovery_id, asset_id=asset_id, subject_id=subject_id
        )
        moved.append(replace(result, call=call))
    return moved

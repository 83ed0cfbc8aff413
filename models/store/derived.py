"""Columns that follow from the rest of a file, written with it so that the queue is a query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.file import Step
from models.recovery import Recovery
from models.states import Stage
from models.store.unit import Unit
from models.tables import table_of

_RECOVERIES = table_of(Recovery)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the queue shows of a recovery: stage, next step, nearest legal end, next wake-up."""

    stage: Stage
    step: Step
    due_at: datetime | None
    wake_at: datetime | None


def write_derived(unit: Unit, recovery_id: str, derived: Derived) -> None:
    """Store the derived columns; the version counts up, so a screen's stale picture is noticed."""
    unit.session.execute(
        _RECOVERIES.update()
        .where(_RECOVERIES.c.id == recovery_id)
        .values(
            stage=derived.stage,
            step_action=derived.step.action,
            step_role=derived.step.role,
            step_subject=derived.step.subject_id,
            step_sentence=derived.step.sentence[:300],
            due_at=derived.due_at,
            wake_at=derived.wake_at,
            version=_RECOVERIES.c.version + 1,
        )
    )

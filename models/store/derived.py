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


def lease_recoveries(
    unit: Unit, owner: str, ids: list[str], until: datetime, wall: datetime
) -> list[str]:
    """Of `ids`, those that nobody else is working on now; they are ours until `until`."""
    free = (_RECOVERIES.c.lease_until.is_(None)) | (_RECOVERIES.c.lease_until < wall)
    mine = (_RECOVERIES.c.lease_owner == owner) | free
    taken = list(
        unit.session.execute(
            _RECOVERIES.select()
            .with_only_columns(_RECOVERIES.c.id)
            .where(_RECOVERIES.c.id.in_(ids), mine)
        ).scalars()
    )
    unit.session.execute(
        _RECOVERIES.update()
        .where(_RECOVERIES.c.id.in_(taken))
        .values(lease_owner=owner, lease_until=until)
    )
    return taken


def free_recoveries(unit: Unit, ids: list[str]) -> None:
    """Give leases back."""
    unit.session.execute(
        _RECOVERIES.update()
        .where(_RECOVERIES.c.id.in_(ids))
        .values(lease_owner="", lease_until=None)
    )

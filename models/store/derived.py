"""Columns that follow from the rest of a file, written with it so that the queue is a query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from models.case_file import Step
from models.entities.asset import Stage
from models.entities.catalogue import table_of
from models.entities.recovery import Recovery
from models.prepared import KEY
from models.store.unit import Unit

_RECOVERIES = table_of(Recovery)


@dataclass(frozen=True, slots=True)
class Derived:
    """What the queue shows of a recovery: stage, next step, nearest legal end, next wake-up."""

    stage: Stage
    step: Step
    due_at: datetime | None
    wake_at: datetime | None
    victim_due_at: datetime | None = None
    """By when the first victim is to be told of a stage that his report has reached."""
    deadlines: str | None = None
    """All that runs out, as `models.queries.cases.deadline_views` stores it; None: not known."""


def _write() -> sa.Update:
    c = _RECOVERIES.c

    def to(name: str, column: sa.Column[Any]) -> sa.BindParameter[Any]:
        return sa.bindparam(f"to_{name}", type_=column.type)

    return (
        _RECOVERIES.update()
        .where(c.id == sa.bindparam(KEY))
        .values(
            stage=to("stage", c.stage),
            step_action=to("action", c.step_action),
            step_role=to("role", c.step_role),
            step_subject=to("subject", c.step_subject),
            step_wording=to("wording", c.step_wording),
            due_at=to("due", c.due_at),
            wake_at=to("wake", c.wake_at),
            victim_due_at=to("victim", c.victim_due_at),
            version=c.version + 1,
        )
    )


_WRITE = _write()


def write_derived(unit: Unit, recovery_id: str, derived: Derived) -> None:
    """Store the derived columns; the version counts up, so a screen's stale picture is noticed."""
    step = derived.step
    unit.deadlines[recovery_id] = derived.deadlines
    unit.session.waiting.last(
        _WRITE,
        {
            KEY: recovery_id,
            "to_stage": derived.stage,
            "to_action": step.action,
            "to_role": step.role,
            "to_subject": step.subject_id,
            "to_wording": step.wording.stored(),
            "to_due": derived.due_at,
            "to_wake": derived.wake_at,
            "to_victim": derived.victim_due_at,
        },
    )


def make_due(unit: Unit, recovery_ids: Collection[str], at: datetime) -> None:
    """Let the engine look at recoveries of which the file cannot be read: it finds out why."""
    where = _RECOVERIES.c.id.in_(list(recovery_ids))
    values = {"wake_at": at, "version": _RECOVERIES.c.version + 1}
    unit.session.execute(_RECOVERIES.update().where(where).values(**values))


def point_at(unit: Unit, recovery_id: str, step: Step, wake_at: datetime | None = None) -> None:
    """Put one step at the front of the queue where the rest of the file cannot be derived.

    `wake_at` is when the engine must look again; None leaves it as it is.
    """
    values: dict[str, Any] = {
        "step_action": step.action, "step_role": step.role, "step_subject": step.subject_id,
        "step_wording": step.wording.stored(), "version": _RECOVERIES.c.version + 1,
    }  # fmt: skip
    if wake_at is not None:
        values["wake_at"] = wake_at
    where = _RECOVERIES.c.id == recovery_id
    unit.session.execute(_RECOVERIES.update().where(where).values(**values))

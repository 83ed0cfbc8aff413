"""Tasks always come to an end that somebody hears of: in closed files, and when taken back."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.multi_agency import TaskKind, TaskState
from models.entities.officer import Role
from models.outcome import Outcome, Transition
from models.queries.cases.case_files import load_file
from models.store.derived import write_derived
from models.store.record import record
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases import deadlines
from recovery_flows.cases.commit import derived
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.sandbox.worlds.world import World
from tests.by_hand import without_money_guards
from tests.faults.sending.partners import (
    PLATFORM,
    SITE,
    ended,
    events,
    start,
    task,
    with_partners,
)


@pytest.fixture
def world(world: World) -> World:
    return with_partners(world)


async def preserved(unit: Any) -> None:
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    await ended(unit)
    assert task(unit, TaskKind.PRESERVE).state is TaskState.PRESERVED


async def test_what_is_preserved_for_a_closed_file_ends_as_an_event(unit: Any) -> None:
    await preserved(unit)
    now = unit.sandbox.now
    with unit_of_work(unit.database) as work:
        state = load_file(work.session, unit.recovery_id).recovery.state
        closed = Transition(
            EntityKind.RECOVERY, unit.recovery_id, "closed_no_recovery", state, {"closed_at": now}
        )
        with without_money_guards(work.session):
            record(
                work, Actor("the-supervisor", Role.SUPERVISOR), now, unit.recovery_id,
                Outcome((closed,)),
            )  # fmt: skip
        file = load_file(work.session, unit.recovery_id)
        write_derived(work, unit.recovery_id, derived(file, now, unit.installation.laws))
    unit.later(24 * 92)
    await unit.sweep()
    assert task(unit, TaskKind.PRESERVE).state is TaskState.EXPIRED
    assert "expired" in [event[0] for event in events(unit)]


async def test_a_taking_back_that_no_partner_answers_has_a_clock_and_climbs(unit: Any) -> None:
    await preserved(unit)
    unit.sandbox.plant(
        {"call": "POST /v1/tasks/{id}/cancel", "kind": "down", "times": 90}, bank=PLATFORM
    )
    kept = task(unit, TaskKind.PRESERVE)
    multi_agency_actions.cancel_task(
        unit.case_officer(), unit.recovery_id, kept.id, "not needed any more"
    )
    await unit.sweep()
    whats = [c.what for c in deadlines.running(unit.file(), unit.installation.laws)]
    assert "taking back due" in whats
    for _ in range(3):
        unit.later(12)
        await unit.sweep(after_seconds=130)
    assert task(unit, TaskKind.PRESERVE).escalated_at is not None

"""Deadlines of a multi-agency request over HTTP: late answers, preservations, cancelled tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.multi_agency import TaskKind, TaskState
from models.entities.officer import Role
from recovery_flows.cases.deadlines import running
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.multi_agency import actions as multi_agency_actions, stage as multi_agency
from recovery_flows.sandbox.worlds.world import World
from tests.faults.sending.partners import (
    PHONE,
    PLATFORM,
    SITE,
    TELECOM,
    ended,
    events,
    start,
    task,
    told,
    with_partners,
)


@pytest.fixture
def world(world: World) -> World:
    """The small world with a telecom, a platform and an authority."""
    return with_partners(world)


async def test_what_is_preserved_is_renewed_with_one_step_ten_days_before_its_end(
    unit: Any,
) -> None:
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    await ended(unit)
    before = task(unit, TaskKind.PRESERVE).expires_at
    assert timedelta(days=90) <= before - unit.sandbox.START < timedelta(days=92)
    unit.later(24 * 80 - 12)
    await unit.sweep()
    assert "renew_preservation" not in {s.action for s in unit.page().steps}
    unit.later(24 * 2)
    await unit.sweep()
    (step,) = (s for s in unit.page().steps if s.action == "renew_preservation")
    assert (step.role, step.due_at) == (Role.OFFICER, before)
    assert step.sentence == "renew what the-platform preserves: domain l··.example"
    unit.officer_does("renew_preservation")
    await unit.sweep()
    after = task(unit, TaskKind.PRESERVE)
    assert (after.renewals, after.renewal) == (1, "")
    assert after.expires_at - before == timedelta(days=90)
    (there,) = (t for t in told(unit, PLATFORM) if t["kind"] == "preserve")
    assert there["preservedUntil"] == after.expires_at.isoformat().replace("+00:00", "Z")
    assert "renew_preservation" not in {s.action for s in unit.page().steps}
    unit.assert_books_hold()


async def test_a_refused_renewal_is_asked_for_again_and_its_end_is_never_silent(unit: Any) -> None:
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    await ended(unit)
    unit.sandbox.plant({"call": "POST /v1/tasks/{id}/extend", "kind": "not_allowed"}, bank=PLATFORM)
    multi_agency_actions.renew(
        unit.case_officer(), unit.recovery_id, task(unit, TaskKind.PRESERVE).id
    )
    with pytest.raises(StepRefusedError, match="on its way"):
        multi_agency_actions.renew(
            unit.case_officer(), unit.recovery_id, task(unit, TaskKind.PRESERVE).id
        )
    await unit.sweep()
    assert task(unit, TaskKind.PRESERVE).renewal == "refused"
    unit.later(24 * 85)
    await unit.sweep()
    steps = [s.sentence for s in unit.page().steps if s.action == "renew_preservation"]
    assert steps == [
        "renew what the-platform preserves again: the partner refused it: domain l··.example"
    ]
    unit.later(24 * 6)
    await unit.sweep()
    gone = task(unit, TaskKind.PRESERVE)
    assert gone.state is TaskState.EXPIRED
    assert "the partner had refused" in next(e.reason for e in events(unit) if e.event == "expired")
    unit.officer_does("see_expiry")
    assert "see_expiry" not in {s.action for s in unit.page().steps}


async def test_a_renewal_that_was_just_refused_is_not_offered_before_the_next_reminder(
    unit: Any,
) -> None:
    """It was the next step at once: officer and partner could go round all day."""
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    await ended(unit)
    refuses = {"call": "POST /v1/tasks/{id}/extend", "kind": "not_allowed", "times": 9}
    unit.sandbox.plant(refuses, bank=PLATFORM)
    ladder = unit.installation.laws["CN"].preservation_reminder_hours
    left = task(unit, TaskKind.PRESERVE).expires_at - unit.sandbox.now
    unit.later(left.total_seconds() / 3600 - ladder[0] + 1)
    laws, offered = unit.installation.laws, []
    for hours in (0, 1, ladder[0] - ladder[1], 1):
        unit.later(hours)
        await unit.sweep()
        offers = [s for s in unit.page().steps if s.action == "renew_preservation"]
        offered.append(len(offers))
        if offers:
            unit.officer_does("renew_preservation")
            await unit.sweep()
    assert offered == [1, 0, 1, 0]
    ends = [d for d in running(unit.file(), laws) if d.what == "preservation ends"]
    assert {d.note for d in ends} == {"renewal refused"}
    unit.assert_books_hold()


async def test_partners_that_are_late_are_brought_to_mind_and_then_told_to_the_unit(
    unit: Any,
) -> None:
    start(unit, PHONE, partners=[TELECOM])
    unit.sandbox.plant({"call": "*", "kind": "down", "times": 500}, bank=TELECOM)
    for hours in (0, 13, 10, 2):
        unit.later(hours)
        await unit.sweep(after_seconds=100)
    kinds = [e.event for e in events(unit) if e.event != "ordered"]
    assert kinds.count("reminded") == 4
    assert kinds.count("escalated") == 2
    waits = [s.sentence for s in unit.page().steps if s.sentence.startswith("late: ")]
    slow = f"the slowest: {unit.file().tasks[0].kind} at the-telecom"
    assert waits == [f"late: multi-agency request: 2 of 2 tasks open, {slow}"]
    (alarm,) = unit.file().approvals
    assert alarm.alarmed
    assert list(multi_agency.instants(unit.file(), unit.installation.laws)) == []
    assert all(t.is_late for t in unit.page().multi_agency_requests[0].tasks)


async def test_an_officer_takes_one_task_back_and_the_others_stand(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    await ended(unit)
    suspended = task(unit, TaskKind.SUSPEND)
    with pytest.raises(MisuseError, match="reason"):
        multi_agency_actions.cancel_task(unit.case_officer(), unit.recovery_id, suspended.id, " ")
    multi_agency_actions.cancel_task(
        unit.case_officer(), unit.recovery_id, suspended.id, "the number was given back"
    )
    await unit.sweep()
    assert {t["kind"]: t["status"] for t in told(unit, TELECOM)} == {
        "preserve": "PRESERVED", "suspend": "CANCELLED",
    }  # fmt: skip
    assert task(unit, TaskKind.SUSPEND).state is TaskState.CANCELLED
    with pytest.raises(StepRefusedError, match="cannot be withdrawn"):
        multi_agency_actions.cancel_task(
            unit.case_officer(), unit.recovery_id, suspended.id, "again"
        )


async def test_a_partner_that_lets_go_early_is_found_out_within_one_watch(unit: Any) -> None:
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    await ended(unit)
    kept = task(unit, TaskKind.PRESERVE)
    path = f"/v1/tasks/{kept.partner_ref}/cancel"
    assert unit.sandbox.post(path, {"reason": "a mistake"}, "a-key", PLATFORM).is_success
    unit.later(7)
    await unit.sweep()
    assert task(unit, TaskKind.PRESERVE).state is TaskState.EXPIRED
    assert unit.page().steps[0].action in ("see_expiry", "order_stop")
    (gone,) = (e for e in events(unit) if e.event == "expired")
    assert gone.reason.startswith("the partner let it go without being told to; answer 4")

"""A telecom, a platform and an authority beside the small world's banks, and looks at them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from models.entities.call import CallKind
from models.entities.multi_agency import SubjectKind, TaskKind, TaskState
from models.entities.officer import Role
from recovery_flows.multi_agency import actions as multi_agency_actions
from recovery_flows.multi_agency.identifiers import Subject
from recovery_flows.sandbox.worlds.world import Bank, World, WorldSubject

TELECOM, PLATFORM, AUTHORITY = "the-telecom", "the-platform", "the-authority"
NUMBER, DOMAIN, IP = "+999000110001", "lure.example", "203.0.113.7"
PHONE = Subject(SubjectKind.NUMBER, NUMBER)
SITE = Subject(SubjectKind.DOMAIN, DOMAIN)
ADDRESS = Subject(SubjectKind.IP, IP)
MINUTES = 20
CALLS = (CallKind.TASK, CallKind.TASK_EXTEND, CallKind.TASK_CANCEL)


def with_partners(world: World) -> World:
    """The world with three others than banks, that answer in 20 minutes."""
    others = ((TELECOM, "telecom"), (PLATFORM, "platform"), (AUTHORITY, "authority"))
    known = ((TELECOM, "number", NUMBER), (TELECOM, "ip", IP), (PLATFORM, "domain", DOMAIN),
             (PLATFORM, "ip", IP))  # fmt: skip
    return replace(
        world,
        banks=(*world.banks, *(Bank(n, n, "CN", "CNY", MINUTES, 0, kind) for n, kind in others)),
        subjects=tuple(WorldSubject(*row, "Synthetic Caller") for row in known),
    )


def start(unit: Any, *found: Subject, **more: Any) -> str:
    if not unit.file().assets:
        unit.advance()
    return multi_agency_actions.start(unit.case_officer(), unit.recovery_id, found, **more)


async def ended(unit: Any) -> None:
    """Every partner has answered."""
    await unit.sweep()
    for _ in range(4):
        unit.later(MINUTES / 60)
        await unit.sweep()


def deny(unit: Any) -> None:
    """The supervisor says no to the multi-agency request."""
    (asked,) = (a for a in unit.file().approvals if a.action == "linkage")
    unit.case_officer(Role.SUPERVISOR).deny(asked.id, "the wrong number")


def told(unit: Any, partner: str) -> list[Any]:
    """The tasks in a partner's own book."""
    tasks: list[Any] = unit.sandbox.get("/sandbox/book", partner).json()["tasks"]
    return tasks


async def about_to_ask(unit: Any) -> None:
    """The platform is to preserve a site, and is asked nothing else."""
    unit.report()
    start(unit, SITE, partners=[PLATFORM])
    unit.approve()
    _take_back(unit, TaskKind.TAKE_DOWN)


async def about_to_prolong(unit: Any) -> None:
    """What it preserves ends in ten days, and is to be preserved for another term."""
    await about_to_ask(unit)
    await ended(unit)
    unit.later(24 * 81)
    await unit.sweep()
    multi_agency_actions.renew(
        unit.case_officer(), unit.recovery_id, task(unit, TaskKind.PRESERVE).id
    )


async def about_to_take_back(unit: Any) -> None:
    """What it preserves is not needed any longer."""
    await about_to_ask(unit)
    await ended(unit)
    _take_back(unit, TaskKind.PRESERVE)


def _take_back(unit: Any, kind: TaskKind) -> None:
    multi_agency_actions.cancel_task(
        unit.case_officer(), unit.recovery_id, task(unit, kind).id, "not needed"
    )


def states(unit: Any) -> dict[tuple[str, TaskKind], TaskState]:
    return {(t.partner_id, t.kind): t.state for t in unit.file().tasks}


def task(unit: Any, kind: TaskKind) -> Any:
    (found,) = (t for t in unit.file().tasks if t.kind is kind)
    return found


def events(unit: Any, noun: str = "task") -> list[Any]:
    query = "SELECT event, subject_id, values_json, reason FROM event WHERE noun = :n ORDER BY seq"
    with unit.database.reading() as session:
        return list(session.execute(sa.text(query), {"n": noun}))

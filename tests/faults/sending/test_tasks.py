"""A linkage over real HTTP: who is asked what, once; three answers each; denied, late, refused."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from models.ids import digest_bytes
from models.queries.linkages import document_of
from models.states import ApprovalState, LinkageState, Role, SubjectKind, TaskKind, TaskState
from recovery_flows.desk import linking
from recovery_flows.errors import MisuseError
from recovery_flows.rules.acts import StepRefusedError
from recovery_flows.rules.identifiers import Subject
from recovery_flows.sandbox.world import Bank, World, WorldSubject

TELECOM, PLATFORM, AUTHORITY = "the-telecom", "the-platform", "the-authority"
NUMBER, DOMAIN, IP = "+999000110001", "lure.example", "203.0.113.7"
PHONE = Subject(SubjectKind.NUMBER, NUMBER)
SITE = Subject(SubjectKind.DOMAIN, DOMAIN)
ADDRESS = Subject(SubjectKind.IP, IP)
MINUTES = 20


@pytest.fixture
def world(world: World) -> World:
    """The small world with a telecom, a platform and an authority that answer in 20 minutes."""
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
    return linking.start(unit.desk(), unit.recovery_id, found, **more)


async def ended(unit: Any) -> None:
    """Every partner has answered."""
    await unit.sweep()
    for _ in range(4):
        unit.later(MINUTES / 60)
        await unit.sweep()


def deny(unit: Any) -> None:
    """The supervisor says no to the linkage."""
    (asked,) = (a for a in unit.file().approvals if a.action == "linkage")
    unit.desk(Role.SUPERVISOR).deny(asked.id, "the wrong number")


def told(unit: Any, partner: str) -> list[Any]:
    """The tasks in a partner's own book."""
    tasks: list[Any] = unit.sandbox.get("/sandbox/book", partner).json()["tasks"]
    return tasks


def states(unit: Any) -> dict[tuple[str, TaskKind], TaskState]:
    return {(t.partner_id, t.kind): t.state for t in unit.file().tasks}


def task(unit: Any, kind: TaskKind) -> Any:
    (found,) = (t for t in unit.file().tasks if t.kind is kind)
    return found


def events(unit: Any, noun: str = "task") -> list[Any]:
    query = "SELECT event, subject_id, values_json, reason FROM event WHERE noun = :n ORDER BY seq"
    with unit.database.reading() as session:
        return list(session.execute(sa.text(query), {"n": noun}))


async def test_one_act_gives_four_tasks_to_four_partners_in_the_same_second(unit: Any) -> None:
    done = start(unit, ADDRESS)
    assert "4 tasks to 4 partners in one second; another person confirms it" in done
    tasks = unit.file().tasks
    assert len({t.partner_id for t in tasks}) == 4
    assert len({t.ordered_at for t in tasks}) == len({t.due_at for t in tasks}) == 1
    assert len(unit.file().calls) == 4
    await unit.sweep()
    partners = (TELECOM, PLATFORM, AUTHORITY, unit.sandbox.SLOW)
    (received,) = {told(unit, p)[0]["answers"][0]["at"] for p in partners}
    assert received.startswith("2026-03-02T03:00:00")
    (board,) = unit.page().linkages
    assert [t.task_id for t in board.tasks if t.is_slowest] == [t.task_id for t in board.tasks][:1]
    assert {t.subject for t in board.tasks} == {
        "address ··.7", "account ···· 0001", "incident R-2026-0001",
    }  # fmt: skip


async def test_each_of_three_answers_is_an_event_with_the_digest_of_its_document(
    unit: Any,
) -> None:
    start(unit, PHONE, partners=[TELECOM])
    await ended(unit)
    kept = task(unit, TaskKind.PRESERVE)
    assert (kept.state, kept.answers) == (TaskState.PRESERVED, 3)
    assert task(unit, TaskKind.SUSPEND).state is TaskState.DONE
    told_to_us = [e for e in events(unit) if e.subject_id == kept.id]
    assert [e.event for e in told_to_us] == ["ordered", "acknowledged", "updated", "preserved"]
    digests = [json.loads(e.values_json)["document"] for e in told_to_us[1:]]
    (resource,) = (t for t in told(unit, TELECOM) if t["taskRef"] == kept.id)
    assert digests == [a["sha256"] for a in resource["answers"]]
    assert kept.document == digests[-1]
    with unit.database.reading() as session:
        for digest in digests:
            raw, _ = document_of(session, unit.database.vault, digest)
            assert digest_bytes(raw) == digest
    unit.assert_books_hold()


@pytest.mark.parametrize("kind", ["timeout_after_acting", "down", "error_500"])
async def test_a_task_whose_answer_is_lost_is_asked_for_by_key_and_done_once(
    unit: Any, kind: str
) -> None:
    start(unit, PHONE, partners=[TELECOM])
    fault = {"call": "POST /v1/tasks", "kind": kind, "times": 2, "seconds": 2}
    unit.sandbox.plant(fault, bank=TELECOM)
    await unit.sweep()
    assert {t.state for t in unit.file().tasks} == {TaskState.ORDERED}
    for _ in range(3):
        await unit.sweep(after_seconds=3)
    assert sorted(t["kind"] for t in told(unit, TELECOM)) == ["preserve", "suspend"]
    assert {t.state for t in unit.file().tasks} == {TaskState.ACKNOWLEDGED}
    unit.assert_books_hold()


async def test_a_confirmed_linkage_ends_with_its_last_answer(unit: Any) -> None:
    start(unit, PHONE, SITE)
    await ended(unit)
    assert unit.file().linkages[0].state is LinkageState.RUNNING
    unit.approve()
    await unit.sweep()
    assert unit.file().linkages[0].state is LinkageState.ENDED
    (board,) = unit.page().linkages
    assert board.confirmation == ApprovalState.APPROVED
    assert {t.state for t in board.tasks} == {TaskState.DONE, TaskState.PRESERVED}


async def test_a_denial_takes_every_task_back_at_every_partner(unit: Any) -> None:
    start(unit, PHONE, SITE)
    await ended(unit)
    assert states(unit)[TELECOM, TaskKind.SUSPEND] is TaskState.DONE
    deny(unit)
    await unit.sweep()
    assert {t.state for t in unit.file().tasks} == {TaskState.CANCELLED}
    for partner in (TELECOM, PLATFORM, AUTHORITY, unit.sandbox.SLOW):
        assert {t["status"] for t in told(unit, partner)} == {"CANCELLED"}
    assert unit.file().linkages[0].state is LinkageState.DENIED
    unit.assert_books_hold()


async def test_what_was_denied_before_it_left_never_leaves(unit: Any) -> None:
    start(unit, PHONE, SITE)
    deny(unit)
    await unit.sweep()
    assert {t.state for t in unit.file().tasks} == {TaskState.CANCELLED}
    for partner in (TELECOM, PLATFORM, AUTHORITY, unit.sandbox.SLOW):
        assert told(unit, partner) == []
    unit.assert_books_hold()


async def test_a_withdrawal_that_is_refused_is_said_and_not_tried_for_ever(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    await ended(unit)
    fault = {"call": "POST /v1/tasks/{id}/cancel", "kind": "too_large", "times": 50}
    unit.sandbox.plant(fault, bank=TELECOM)
    deny(unit)
    await unit.sweep()
    assert {t.state for t in unit.file().tasks} == {TaskState.DONE, TaskState.PRESERVED}
    assert {t.reason for t in unit.file().tasks} == {"ResponseTooLarge"}
    assert unit.sandbox.planted(TELECOM)[0]["times"] == 48


async def test_a_task_in_doubt_when_it_is_denied_is_taken_back_once_it_is_known(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    fault = {"call": "POST /v1/tasks", "kind": "timeout_after_acting", "times": 2, "seconds": 2}
    unit.sandbox.plant(fault, bank=TELECOM)
    await unit.sweep()
    deny(unit)
    await unit.sweep(after_seconds=3)
    assert {t["status"] for t in told(unit, TELECOM)} == {"CANCELLED"}
    assert {t.state for t in unit.file().tasks} == {TaskState.CANCELLED}


async def test_a_partner_that_does_not_know_the_subject_refuses_and_says_so(unit: Any) -> None:
    start(unit, Subject(SubjectKind.NUMBER, "+999000119999"), partners=[TELECOM])
    await ended(unit)
    assert {t.state for t in unit.file().tasks} == {TaskState.REFUSED}
    assert {t.reason for t in unit.file().tasks} == {"NOT_FOUND"}


async def test_a_call_that_is_refused_for_good_refuses_the_task(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    unit.sandbox.plant({"call": "POST /v1/tasks", "kind": "too_large", "times": 9}, bank=TELECOM)
    await unit.sweep()
    assert {t.reason for t in unit.file().tasks} == {"ResponseTooLarge"}
    assert {t.state for t in unit.file().tasks} == {TaskState.REFUSED}


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
    unit.sandbox.plant({"call": "POST /v1/tasks/{id}/extend", "kind": "too_large"}, bank=PLATFORM)
    linking.renew(unit.desk(), unit.recovery_id, task(unit, TaskKind.PRESERVE).id)
    with pytest.raises(StepRefusedError, match="on its way"):
        linking.renew(unit.desk(), unit.recovery_id, task(unit, TaskKind.PRESERVE).id)
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
    assert waits == [f"late: waiting for 2 of 2 tasks of the linkage, {slow}"]
    (alarm,) = unit.file().approvals
    assert alarm.alarmed
    assert all(t.is_late for t in unit.page().linkages[0].tasks)


async def test_the_authoritys_copy_holds_nothing_of_a_victim_in_any_byte_at_its_desk(
    unit: Any,
) -> None:
    start(unit, PHONE, SITE)
    await ended(unit)
    (copy,) = told(unit, AUTHORITY)
    whole = json.dumps(copy, ensure_ascii=False).casefold()
    for private in ('victim"', "synthetic victim", unit.sandbox.VICTIM, unit.sandbox.MULE,
                    "invented-1", "mule", NUMBER, DOMAIN, "the-officer"):  # fmt: skip
        assert private.casefold() not in whole, private
    assert copy["order"]["subject"]["value"] == "R-2026-0001"
    incident = copy["order"]["subject"]["incident"]
    assert incident["reported"] == {"currency": "CNY", "amount": "800.00"}
    assert (incident["victims"], incident["accounts"]) == (1, 1)
    assert incident["tasks"] == {"bank": 1, "telecom": 2, "platform": 2}
    (warned,) = told(unit, unit.sandbox.SLOW)
    assert warned["order"]["subject"] == {"type": "bank_account", "value": unit.sandbox.MULE}


async def test_nobody_is_asked_the_same_twice_while_it_stands(unit: Any) -> None:
    start(unit, PHONE)
    with pytest.raises(StepRefusedError, match="nobody to ask"):
        start(unit, PHONE)
    assert "2 tasks to 1 partners" in start(unit, PHONE, SITE)
    assert len(unit.file().linkages) == 2


async def test_an_officer_takes_one_task_back_and_the_others_stand(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    await ended(unit)
    suspended = task(unit, TaskKind.SUSPEND)
    with pytest.raises(MisuseError, match="reason"):
        linking.take_back(unit.desk(), unit.recovery_id, suspended.id, " ")
    linking.take_back(unit.desk(), unit.recovery_id, suspended.id, "the number was given back")
    await unit.sweep()
    assert {t["kind"]: t["status"] for t in told(unit, TELECOM)} == {
        "preserve": "PRESERVED", "suspend": "CANCELLED",
    }  # fmt: skip
    assert task(unit, TaskKind.SUSPEND).state is TaskState.CANCELLED
    with pytest.raises(StepRefusedError, match="cannot be taken back"):
        linking.take_back(unit.desk(), unit.recovery_id, suspended.id, "again")


async def test_only_partners_at_home_that_were_named_are_asked(unit: Any) -> None:
    unit.advance()
    for name, why in ((unit.sandbox.ABROAD, "no partner of ours at home"), ("x", "no partner")):
        with pytest.raises(MisuseError, match=why):
            start(unit, PHONE, partners=[name])
    assert unit.file().tasks == ()


async def test_numbers_stand_in_no_log_and_in_no_event(
    unit: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    start(unit, PHONE, SITE, ADDRESS, ask=True)
    await ended(unit)
    with unit.database.reading() as session:
        rows = session.execute(sa.text("SELECT values_json, reason FROM event")).all()
        tasks = session.execute(sa.text("SELECT * FROM task")).all()
    text = caplog.text + repr(rows) + repr(tasks) + repr(unit.file()) + repr(unit.page())
    for private in (NUMBER, NUMBER[1:], DOMAIN, IP):
        assert private not in text


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

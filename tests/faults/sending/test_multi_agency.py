"""A multi-agency request over HTTP: who is asked what, once; three answers each; denials."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.approval import ApprovalState
from models.entities.multi_agency import MultiAgencyRequestState, SubjectKind, TaskKind, TaskState
from models.ids import digest_bytes
from models.queries.cases.multi_agency import document_of
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.multi_agency.identifiers import Subject
from recovery_flows.sandbox.worlds.world import World
from tests.faults.sending.partners import (
    ADDRESS,
    AUTHORITY,
    DOMAIN,
    IP,
    NUMBER,
    PHONE,
    PLATFORM,
    SITE,
    TELECOM,
    deny,
    ended,
    events,
    start,
    states,
    task,
    told,
    with_partners,
)


@pytest.fixture
def world(world: World) -> World:
    """The small world with a telecom, a platform and an authority."""
    return with_partners(world)


async def test_one_act_gives_four_tasks_to_four_partners_in_the_same_second(unit: Any) -> None:
    done = start(unit, ADDRESS)
    assert "4 tasks to 4 partners at once; another person confirms it" in done
    tasks = unit.file().tasks
    assert len({t.partner_id for t in tasks}) == 4
    assert len({t.ordered_at for t in tasks}) == len({t.due_at for t in tasks}) == 1
    assert len(unit.file().calls) == 4
    await unit.sweep()
    partners = (TELECOM, PLATFORM, AUTHORITY, unit.sandbox.SLOW)
    (received,) = {told(unit, p)[0]["answers"][0]["at"] for p in partners}
    assert received.startswith("2026-03-02T03:00:00")
    (board,) = unit.page().multi_agency_requests
    assert [t.task_id for t in board.tasks if t.is_slowest] == [t.task_id for t in board.tasks][:1]
    assert {t.subject for t in board.tasks} == {
        "address ··.7", "account ···· 0001", "R-2026-0001",
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


async def test_a_task_whose_answer_is_lost_is_asked_for_by_key_and_done_once(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    fault = {"call": "POST /v1/tasks", "kind": "timeout_after_acting", "times": 2}
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
    assert unit.file().multi_agency_requests[0].state is MultiAgencyRequestState.RUNNING
    unit.approve()
    await unit.sweep()
    assert unit.file().multi_agency_requests[0].state is MultiAgencyRequestState.ENDED
    (board,) = unit.page().multi_agency_requests
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
    assert unit.file().multi_agency_requests[0].state is MultiAgencyRequestState.DENIED
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
    fault = {"call": "POST /v1/tasks/{id}/cancel", "kind": "not_allowed", "times": 50}
    unit.sandbox.plant(fault, bank=TELECOM)
    deny(unit)
    await unit.sweep()
    assert {t.state for t in unit.file().tasks} == {TaskState.DONE, TaskState.PRESERVED}
    assert {t.reason for t in unit.file().tasks} == {"Forbidden"}
    assert unit.sandbox.planted(TELECOM)[0]["times"] == 48


async def test_a_task_in_doubt_when_it_is_denied_is_taken_back_once_it_is_known(unit: Any) -> None:
    start(unit, PHONE, partners=[TELECOM])
    fault = {"call": "POST /v1/tasks", "kind": "timeout_after_acting", "times": 2}
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
    unit.sandbox.plant({"call": "POST /v1/tasks", "kind": "not_allowed", "times": 9}, bank=TELECOM)
    await unit.sweep()
    assert {t.reason for t in unit.file().tasks} == {"Forbidden"}
    assert {t.state for t in unit.file().tasks} == {TaskState.REFUSED}


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
    assert len(unit.file().multi_agency_requests) == 2


async def test_only_partners_at_home_that_were_named_are_asked(unit: Any) -> None:
    unit.advance()
    for name, why in (
        (unit.sandbox.ABROAD, "no registered partner at home"),
        ("x", "no registered partner"),
    ):
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

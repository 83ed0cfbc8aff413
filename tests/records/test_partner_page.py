"""What a partner's page measures: each kind of order from its own rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.call import Call, CallKind, CallState
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.multi_agency import (
    MultiAgencyRequest,
    MultiAgencyRequestState,
    Task,
    TaskKind,
    TaskState,
)
from models.entities.partner import PartnerKind
from models.measures.order_times import OrderKind
from models.queries.cases.case_files import load_file
from models.queries.partners.register import partner_rows
from models.store.calls import mark_sent, settle
from models.store.partner_register import NoSuchPartnerError
from models.store.partners import note_contact
from models.store.unit import ENGINE, unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.advice import ADVICE
from recovery_flows.partners.page import PartnerPage, partner_pages


def page(unit: Any, partner_id: str) -> PartnerPage:
    with unit.database.reading() as session:
        (found,) = partner_pages(session, unit.database.vault, unit.laws, unit.now, partner_id)
    return found


def of_kind(unit: Any, partner_id: str, kind: OrderKind) -> tuple[int, int, int]:
    found = next(k.ever for k in page(unit, partner_id).kinds if k.kind is kind)
    return found.answered, found.open, found.undated


def test_a_no_to_the_call_itself_is_an_answer_at_the_time_when_it_was_heard(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        (call,) = (c for c in changes.file.calls if c.kind is CallKind.HOLD)
        mark_sent(work, unit.now, recovery_id, call.id, call.state)
    assert of_kind(unit, "bank-home", OrderKind.STOP) == (0, 1, 0)
    unit.later(2)
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        answers.apply_refusal(changes, call.kind, call.noun, call.subject_id, "Forbidden", unit.now)
        settle(work, unit.now, recovery_id, call.id, CallState.SENT, "refused")
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    assert unit.file(recovery_id).holds[0].state is HoldState.REJECTED_BY_BANK
    assert of_kind(unit, "bank-home", OrderKind.STOP) == (1, 0, 0)
    unit.tamper("UPDATE partner SET agreed_minutes = 60")
    (late,) = page(unit, "bank-home").breaches
    assert (late.ref, late.minutes) == ("R-2026-0001", 120)


def test_tasks_of_a_linkage_are_measured_too(unit: Any) -> None:
    recovery_id = unit.traced()
    asset_id = unit.file(recovery_id).assets[0].id
    unit.tamper(f"UPDATE partner SET kind = '{PartnerKind.TELECOM}' WHERE id = 'bank-slow'")
    with unit_of_work(unit.database) as work:
        multi_agency_request = {
            "id": "l",
            "recovery_id": recovery_id,
            "state": MultiAgencyRequestState.RUNNING,
        }
        work.session.execute(
            table_of(MultiAgencyRequest).insert(), multi_agency_request | {"started_at": unit.now}
        )
        for n, (state, after) in enumerate(((TaskState.DONE, 30), (TaskState.ORDERED, None))):
            task = {
                "id": f"t{n}", "recovery_id": recovery_id, "linkage_id": "l", "asset_id": asset_id,
                "partner_id": "bank-slow", "kind": TaskKind.SUSPEND, "state": state,
                "ordered_at": unit.now,
                "answered_at": unit.now + timedelta(minutes=after) if after else None,
            }  # fmt: skip
            work.session.execute(table_of(Task).insert(), task)
            call = {
                "id": f"c{n}", "recovery_id": recovery_id, "asset_id": asset_id,
                "partner_id": "bank-slow", "kind": CallKind.TASK, "noun": EntityKind.TASK,
                "subject_id": f"t{n}", "state": CallState.PLANNED, "planned_at": unit.now,
            }  # fmt: skip
            work.session.execute(table_of(Call).insert(), call)
            mark_sent(work, unit.now, recovery_id, call["id"], CallState.PLANNED)
    assert of_kind(unit, "bank-slow", OrderKind.TASK) == (1, 1, 0)
    assert page(unit, "bank-slow").row.kind is PartnerKind.TELECOM


def test_a_partner_that_is_not_there_is_named(unit: Any) -> None:
    with pytest.raises(NoSuchPartnerError, match="there is no partner 'nobody'"):
        page(unit, "nobody")
    with unit.database.reading() as session:
        assert [p.id for p in partner_rows(session)] == ["bank-abroad", "bank-home", "bank-slow"]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_the_advice_follows_from_the_code_whatever_the_sentence_says(
    unit: Any, trouble: Trouble
) -> None:
    with unit_of_work(unit.database) as work:
        sentence = "cannot be reached, HTTP 401, its gate is closed"
        note_contact(work, "bank-home", error=sentence, trouble=trouble)
    told = page(unit, "bank-home").advice
    assert told == ADVICE[trouble or Trouble.OTHER]
    with unit_of_work(unit.database) as work:
        note_contact(work, "bank-home", answered_at=unit.now)
    assert page(unit, "bank-home").advice == ""

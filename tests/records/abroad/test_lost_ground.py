"""A request whose money is traced to its account no more: it still counts, and a person ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.entities.catalogue import table_of
from models.entities.request import RequestState
from models.entities.statement import StatementLine
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import (
    actions,
    ceiling,
    doable,
    lifecycle,
    over_connection,
    request_edits,
)
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests
from recovery_flows.tracing.case_trace import trace_file
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import FOREIGN, SENDER, VALUES, Abroad
from tests.records.abroad.test_board import agrees


def came_back(abroad: Abroad) -> None:
    """A later statement shows that the bank abroad took the payment back."""
    unit = abroad.unit
    lines = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, -50_000, counter=FOREIGN, at_hours=2),
        unit.line(3, 50_000, counter=FOREIGN, at_hours=2.5),
    ]
    unit.trace(abroad.recovery_id, unit.statement(lines, to_hours=72))
    with unit_of_work(unit.database) as work:
        booked = table_of(StatementLine)
        back = booked.c.booked_at == unit.now - timedelta(hours=0.5)
        work.session.execute(booked.update().where(back).values(is_reversal=True))
        changes = Changeset(load_file(work.session, abroad.recovery_id))
        trace_requests.request_trace(changes)
        trace_file(work.session, work.vault, changes, unit.now, unit.laws)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def first_act(abroad: Abroad, name: str) -> str:
    file = abroad.unit.file(abroad.recovery_id)
    return doable.acts_of(file, abroad.row(name))[0]


def test_what_is_frozen_there_still_counts_until_a_person_withdraws_the_request(
    abroad: Abroad,
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    came_back(abroad)
    file = unit.file(rid)
    assert file.asset(abroad.row(name).asset_id).traced_minor == 0
    assert ceiling.ceiling(file).asked.minor == 50_000
    step, _ = abroad.steps(name)
    assert step == (
        "withdraw the request: of GBP 500.00 frozen by Synthetic NCB none is traced there any more"
    )
    assert first_act(abroad, name) == "withdraw"
    assert agrees(abroad) == [("executed", "ours")]
    view = request_view(unit.database, unit.laws, CHANNELS, rid, name, SENDER, unit.now)
    assert any(
        "no money is traced to the account any more: withdraw it" in text
        for text in page_lines(written(view))
    )
    message_actions.withdraw(unit.case_officer(), rid, name, "it came back", SENDER, CHANNELS)
    assert ceiling.ceiling(unit.file(rid)).asked.minor == 0
    assert abroad.steps(name) == ["tell Synthetic NCB: at once, that the request is withdrawn"]
    abroad.decide()
    abroad.sound()


def test_what_has_not_left_does_not_leave(abroad: Abroad) -> None:
    draft = abroad.new()
    came_back(abroad)
    (step,) = abroad.steps(draft)
    assert step == ("withdraw the request to Synthetic NCB: its money is not traced there any more")
    with pytest.raises(StepRefusedError, match="its money is not traced there any more"):
        abroad.submit(draft)


def test_an_approved_request_is_not_sent_any_more(abroad: Abroad) -> None:
    name = abroad.new()
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    came_back(abroad)
    with pytest.raises(StepRefusedError, match="no money is traced any more to the account"):
        abroad.sent(name)
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    left_open = replace(file, requests=(replace(row, sent_by="li", carrier_id="body"),))
    assert over_connection.is_dispatched(left_open, name)
    assert not over_connection.may_leave(left_open, name), "the engine does not send it either"
    assert first_act(abroad, name) == "withdraw"


def test_what_is_only_asked_about_stands_without_a_trace(abroad: Abroad) -> None:
    name = abroad.out("police_liaison", wanted="information")
    came_back(abroad)
    assert not any("traced there any more" in step for step in abroad.steps(name))


def own(abroad: Abroad) -> str:
    """The request that the program drafted itself, complete."""
    abroad.decide()
    (row,) = abroad.unit.file(abroad.recovery_id).requests
    fields = {name: VALUES.get(name, "as attached") for name in row.missing.split(",")}
    abroad.unit.case_officer().advance(abroad.recovery_id, to=row.id, fields=fields)
    return row.id


def test_the_program_s_own_draft_is_not_submitted_and_is_withdrawn(abroad: Abroad) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = own(abroad)
    assert first_act(abroad, name) == "submit"
    came_back(abroad)
    (step,) = abroad.steps(name)
    assert step == "withdraw the request to bank-abroad: its money is not traced there any more"
    assert first_act(abroad, name) == "withdraw"
    with pytest.raises(StepRefusedError, match="its money is not traced there any more"):
        abroad.submit(name)
    message_actions.withdraw(unit.case_officer(), rid, name, "it came back", SENDER, CHANNELS)
    assert abroad.row(name).state is RequestState.WITHDRAWN
    abroad.decide()
    assert abroad.steps(name) == []
    abroad.sound()


def test_the_program_s_own_request_is_not_approved_any_more(abroad: Abroad) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = own(abroad)
    abroad.submit(name)
    came_back(abroad)
    with pytest.raises(StepRefusedError, match="no money is traced any more to the account"):
        unit.approve(rid)
    assert not any(hold.request_id for hold in unit.file(rid).holds)


def test_what_a_bank_abroad_asks_more_about_is_not_completed_to_a_request_for_nothing(
    abroad: Abroad,
) -> None:
    name = own(abroad)
    came_back(abroad)
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    asked = replace(row, state=RequestState.NEEDS_INFO, sent_at=abroad.unit.now)
    changes = Changeset(replace(file, requests=(asked,)))
    with pytest.raises(StepRefusedError, match="no money is traced any more to the account"):
        request_edits.complete_request(
            changes, name, {"facts": "more"}, abroad.unit.laws, lambda *_: "sealed"
        )
    assert doable.acts_of(changes.file, asked)[0] == "withdraw"
    assert lifecycle.withdraw(changes, name, "in a note") is False, "its bank has nothing of it"
    nothing = replace(row, requested_minor=0, claim_minor=0)
    of_nothing = replace(file, requests=(nothing,))
    assert ceiling.ceiling(of_nothing).asked.minor == 0, "an earlier version drafted such a one"
    assert doable.acts_of(of_nothing, nothing)[0] == "withdraw"


@pytest.mark.parametrize("ended", ["refused", "executed"])
def test_what_lost_its_ground_is_not_asked_for_by_a_next_version(
    abroad: Abroad, ended: str
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, ended, until=abroad.at(days=30) if ended == "executed" else None)
    came_back(abroad)
    with pytest.raises(StepRefusedError, match="no money is traced to the account"):
        actions.resubmit(unit.case_officer(), rid, name, "it came back", CHANNELS)


def test_what_the_body_asks_more_about_is_not_completed_once_its_ground_is_lost(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "needs_info")
    came_back(abroad)
    with pytest.raises(StepRefusedError, match="its money is not traced there any more"):
        abroad.fill(name, facts="as attached")

"""Requests abroad that wait for an approval, and an assurance that another State wants of one."""

from __future__ import annotations

from typing import Any

from models.entities.request import RequestState
from models.facts import BankHoldState, HoldFact
from models.money import Money
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.ledger.changeset import Changeset
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER


def request_submitted(case: Any) -> Any:
    """Its request is filled and submitted."""
    (request,) = case.file().requests
    missing = [name for name in request.missing.split(",") if name]
    while case.file().requests[0].state is RequestState.DRAFT:
        case.unit.case_officer().advance(
            case.recovery_id, fields=dict.fromkeys(missing, "as attached")
        )
    return case


def assurance_asked(case: Any) -> Any:
    """A request whose partner sets a condition: an officer asks for the assurance."""
    unit = case.unit
    unit.approve(case.recovery_id)
    (hold,) = [h for h in case.file().holds if h.request_id]
    with unit_of_work(unit.database) as work:
        changes = Changeset(case.file())
        fact = HoldFact(
            bank_ref="H-cond", revision=1, order_ref=hold.id, state=BankHoldState.ACKNOWLEDGED,
            requested=Money(hold.requested_minor, hold.currency), held=Money(0, hold.currency),
            acted_at=None, expires_at=None, modified_at=unit.now, reason="CONDITIONAL",
        )  # fmt: skip
        answers.apply_hold_fact(changes, hold.id, fact, unit.laws, unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    (request,) = case.file().requests
    acting = unit.case_officer()
    message_actions.assure(
        acting, case.recovery_id, request.id, "used for this case alone", SENDER, CHANNELS
    )
    return case

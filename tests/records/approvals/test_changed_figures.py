"""A figure that changes while a second person is asked: the old yes is void, the new is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.entities.hold import HoldKind
from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.approvals.kinds import ApprovalKind
from recovery_flows.approvals.upkeep import CHANGED
from recovery_flows.cases import next_steps
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.correspondence.call_validity import may_leave
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as hold_actions

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
Asked = Callable[[str], Any]


def test_a_renewal_of_which_the_bank_holds_less_is_void_and_asked_anew(asked: Asked) -> None:
    case = asked(ApprovalKind.RENEW)
    before, freeze = case.pending(ApprovalKind.RENEW), case.hold(HoldKind.FREEZE)
    case.unit.bank_says(case.recovery_id, freeze.id, 10_000, revision=9)
    with pytest.raises(StepRefusedError, match="is void already"):
        case.unit.case_officer(SUPERVISOR).approve(before.id)
    anew = case.pending(ApprovalKind.RENEW)
    assert (anew.asked_by, anew.due_at) == (before.asked_by, before.due_at)
    (line,) = pending_approvals(case.unit.database, case.unit.laws)
    assert (line.approval_id, line.headline) == (anew.id, "CNY 100.00")
    case.unit.case_officer(SUPERVISOR).approve(anew.id)
    assert case.hold(HoldKind.FREEZE).renewal == "ordered"
    query = f"SELECT reason FROM event WHERE subject_id = '{before.id}' AND event = 'voided'"
    assert case.unit.one(query) == CHANGED
    assert verify(case.unit.database) == ()


def test_a_renewal_shows_the_end_from_which_it_is_prolonged(asked: Asked) -> None:
    case = asked(ApprovalKind.RENEW)
    (line,) = pending_approvals(case.unit.database, case.unit.laws)
    assert dict(line.figures)["prolonged from"] == "2026-09-03 00:00 CST"


def test_the_queue_the_table_and_the_figures_name_the_same_sum(
    asked: Asked, kind: ApprovalKind
) -> None:
    case = asked(kind)
    page = recovery_page(case.unit.database, case.unit.laws, case.recovery_id, case.unit.now)
    (line,) = (a for a in page.approvals if a.act == kind)
    (step,) = (s for s in page.steps if s.subject_id == line.approval_id)
    texts = [text for _, text in line.figures]
    if line.headline:
        assert line.headline in texts
        assert step.sentence.endswith(f" of {line.headline}") or kind is ApprovalKind.LETTER_ANSWER
    else:
        assert " of CNY" not in step.sentence


def test_a_release_names_what_is_held_not_what_was_once_requested(asked: Asked) -> None:
    case = asked(ApprovalKind.FREEZE)
    case.unit.approve(case.recovery_id)
    freeze = case.hold(HoldKind.FREEZE)
    case.unit.bank_says(case.recovery_id, freeze.id, 6_000)
    held = case.hold(HoldKind.FREEZE)
    assert held.held_minor != held.requested_minor
    hold_actions.find_unrelated(case.unit.case_officer(), case.recovery_id, freeze.id, "wages")
    page = recovery_page(case.unit.database, case.unit.laws, case.recovery_id, case.unit.now)
    (line,) = page.approvals
    assert dict(line.figures)["amount"] == line.headline == "CNY 60.00"
    assert any(s.sentence == "approve the release of CNY 60.00" for s in page.steps)


def test_a_release_of_which_the_bank_holds_more_does_not_leave(asked: Asked) -> None:
    case = asked(ApprovalKind.RELEASE)
    case.unit.approve(case.recovery_id)
    file = case.file()
    (call,) = (c for c in file.calls if c.kind == "release")
    assert may_leave(file, call.kind, call.approval_id)
    case.unit.tamper(f"UPDATE hold SET held_minor = held_minor + 1 WHERE id = '{call.subject_id}'")
    assert not may_leave(case.file(), call.kind, call.approval_id)


def test_the_preview_before_asking_shows_what_the_approval_then_shows(asked: Asked) -> None:
    case = asked(ApprovalKind.FREEZE)
    unit = case.unit
    unit.case_officer(SUPERVISOR).deny(case.pending(ApprovalKind.FREEZE).id, "look again")
    case.decide()
    before = recovery_page(unit.database, unit.laws, case.recovery_id, unit.now)
    assert next(s.action for s in before.steps if s.role is Role.OFFICER) == "submit_freeze"
    unit.case_officer().advance(case.recovery_id)
    after = recovery_page(unit.database, unit.laws, case.recovery_id, unit.now)
    (line,) = after.approvals
    assert before.next_figures == line.figures


def test_a_closing_whose_balances_change_is_void_and_left_to_the_officer(asked: Asked) -> None:
    case = asked(ApprovalKind.CLOSE)
    before = case.pending(ApprovalKind.CLOSE)
    case.unit.tamper("UPDATE approval SET subject_digest = 'of another version'")
    case.decide()
    states = {a.id: a.state for a in case.file().approvals}
    assert states[before.id] == "void"
    assert "pending" not in states.values()
    page = recovery_page(case.unit.database, case.unit.laws, case.recovery_id, case.unit.now)
    assert page.steps[0].action == "submit_close"


def test_each_pending_approval_of_an_older_version_is_void_and_asked_in_this_spelling(
    asked: Asked, kind: ApprovalKind
) -> None:
    if kind is ApprovalKind.CLOSE:
        pytest.skip("a closing is left to the officer, see above")
    case = asked(kind)
    before = case.pending(kind)
    case.unit.tamper(f"UPDATE approval SET subject_digest = 'older' WHERE id = '{before.id}'")
    case.decide()
    anew = case.pending(kind)
    assert anew.id != before.id
    assert (anew.asked_by, anew.post_hoc) == (before.asked_by, before.post_hoc)
    case.unit.case_officer(SUPERVISOR).approve(anew.id)
    assert {a.id: a.state for a in case.file().approvals}[anew.id] == "approved"


def test_a_recovery_is_not_closed_over_a_hold_that_came_after_the_closing_was_asked_for(
    asked: Any,
) -> None:
    case = asked(ApprovalKind.CLOSE)
    before = case.pending(ApprovalKind.CLOSE)
    asset = case.file().assets[0]
    hold_actions.record_voluntary(
        case.unit.case_officer(), case.recovery_id, asset.id, "50.00", case.unit.now, None,
        "their desk called",
    )  # fmt: skip
    file = case.file()
    assert [a.state for a in file.approvals if a.id == before.id] == ["void"]
    with pytest.raises(StepRefusedError):
        case.unit.case_officer(SUPERVISOR).approve(before.id)
    assert file.recovery.state == "open"
    assert next_steps.steps(file, case.unit.laws)[0].action != "submit_close"

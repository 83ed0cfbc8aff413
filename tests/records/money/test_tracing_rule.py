"""The rule of a trace is one officer's choice with a reason, in force by a second person's yes."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.allocation import AllocationState
from models.entities.approval import ApprovalState
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.queries.cases.history import notes_of
from models.store.unit import Actor
from recovery_flows.cases.views.pending_approvals import pending_approvals
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.tracing.page import trace_page

SUPERVISOR, OTHER = Actor("wu", Role.SUPERVISOR), Actor("chen", Role.SUPERVISOR)
WHY = "the victims' money is mixed with the holder's wages"


@pytest.fixture
def mixed(unit: Any, acting: Any) -> str:
    """1,000.00 came to 2,000.00 of the holder's own; 500.00 left in cash: rules differ."""
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 90_000)
    wages = unit.line(1, 200_000, counter=None, at_hours=0.5)
    came = unit.line(2, 100_000, at_hours=1, ref="E1")
    left = unit.line(3, -250_000, counter=None, at_hours=2)
    unit.trace(recovery_id, unit.statement([wages, came, left]))
    acting(unit).close_calls(recovery_id)
    return str(recovery_id)


def ask(unit: Any, recovery_id: str, rule: str = "lifo", why: str = WHY, among: str = "") -> str:
    unit.case_officer().choose_rule(recovery_id, rule, why, among)
    return pending(unit, recovery_id)


def pending(unit: Any, recovery_id: str) -> str:
    (approval,) = [
        a.id
        for a in unit.file(recovery_id).approvals
        if a.action == "trace_rule" and a.state is ApprovalState.PENDING
    ]
    return str(approval)


def traced(unit: Any, recovery_id: str) -> dict[str, int]:
    return {a.account_id: a.traced_minor for a in unit.file(recovery_id).assets}


def agrees(unit: Any) -> bool:
    with unit.database.reading() as session:
        report = ledger_check(session)
    return verify(unit.database) == () and not report.differences


def test_an_approved_rule_is_in_force_and_re_books_what_is_located(
    unit: Any, acts: Any, mixed: str
) -> None:
    before = traced(unit, mixed)
    approval = ask(unit, mixed)
    assert unit.file(mixed).recovery.tracing_rule == "fifo"
    unit.case_officer(SUPERVISOR).approve(approval)
    assert unit.file(mixed).recovery.tracing_rule == "lifo"
    assert unit.file(mixed).recovery.trace_wanted
    acts.decide(mixed)
    file = unit.file(mixed)
    assert (file.trace.rule, file.recovery.trace_wanted) == ("lifo", False)
    assert traced(unit, mixed) != before
    assert agrees(unit)


def test_a_rule_that_only_leads_or_exposes_is_refused(unit: Any, mixed: str) -> None:
    for rule, why in (
        ("tainted_first", "where to look"),
        ("tiho", "where to look"),
        ("poison", "do not add up"),
    ):
        with pytest.raises(StepRefusedError, match=why):
            unit.case_officer().choose_rule(mixed, rule, WHY)


def test_a_choice_without_a_reason_or_of_no_rule_is_refused(unit: Any, mixed: str) -> None:
    with pytest.raises(MisuseError, match="takes a reason"):
        unit.case_officer().choose_rule(mixed, "lifo", "  ")
    with pytest.raises(MisuseError, match="there are: fifo"):
        unit.case_officer().choose_rule(mixed, "newest", WHY)
    with pytest.raises(MisuseError, match="among victims"):
        unit.case_officer().choose_rule(mixed, "libr", WHY, "lifo")
    with pytest.raises(StepRefusedError, match="already"):
        unit.case_officer().choose_rule(mixed, "fifo", WHY)


def test_who_asked_for_a_rule_cannot_approve_it(unit: Any, mixed: str) -> None:
    approval = ask(unit, mixed)
    with pytest.raises(StepRefusedError, match="a second person has to"):
        unit.case_officer(OTHER).approve(approval)
    assert unit.file(mixed).recovery.tracing_rule == "fifo"


def test_what_is_approved_names_rule_reason_and_how_much_lies_elsewhere(
    unit: Any, mixed: str
) -> None:
    approval = ask(unit, mixed, "libr", WHY, "pro-rata")
    (line,) = [a for a in pending_approvals(unit.database, unit.laws) if a.approval_id == approval]
    figures = dict(line.figures)
    assert figures["rule"] == "libr, among victims pro_rata"
    assert figures["reason"] == WHY
    # By age 500.00 of the stolen 1,000.00 left; with the holder's own leaving first as much.
    assert figures["would lie elsewhere"] == "CNY 0.00"


def test_the_reason_is_kept_sealed_and_no_event_holds_it(unit: Any, mixed: str) -> None:
    ask(unit, mixed)
    assert WHY.encode() not in unit.path.read_bytes()
    with unit.database.reading() as session:
        (note,) = notes_of(session, unit.database.vault, mixed)
    assert note.text == f"tracing rule lifo: {WHY}"


@pytest.mark.parametrize(("rule", "why"), [("lifo", "for another reason"), ("pro_rata", WHY)])
def test_a_rule_or_reason_changed_after_asking_voids_what_was_asked(
    unit: Any, mixed: str, rule: str, why: str
) -> None:
    first = ask(unit, mixed)
    second = ask(unit, mixed, rule, why)
    assert first != second
    with pytest.raises(StepRefusedError, match="void already"):
        unit.case_officer(SUPERVISOR).approve(first)
    unit.case_officer(SUPERVISOR).approve(second)
    assert unit.file(mixed).recovery.tracing_rule == rule


@pytest.mark.parametrize("column", ["asked_rule = 'pro_rata'", "asked_reason = 'x'",
                                    "asked_moved_minor = 1"])  # fmt: skip
def test_what_was_changed_behind_the_approval_is_not_approved(
    unit: Any, mixed: str, column: str
) -> None:
    approval = ask(unit, mixed)
    unit.tamper(f"UPDATE recovery SET {column}")
    with pytest.raises(StepRefusedError, match="has changed since it was asked"):
        unit.case_officer(SUPERVISOR).approve(approval)


def test_a_denied_rule_leaves_the_old_one_and_can_be_asked_again(unit: Any, mixed: str) -> None:
    approval = ask(unit, mixed)
    unit.case_officer(SUPERVISOR).deny(approval, "not in this case")
    recovery = unit.file(mixed).recovery
    assert (recovery.tracing_rule, recovery.asked_rule) == ("fifo", "")
    unit.case_officer(SUPERVISOR).approve(ask(unit, mixed))
    assert unit.file(mixed).recovery.tracing_rule == "lifo"


def test_the_page_tells_who_chose_who_approved_and_why(unit: Any, acts: Any, mixed: str) -> None:
    unit.case_officer(SUPERVISOR).approve(ask(unit, mixed))
    acts.decide(mixed)
    ask(unit, mixed, "pro_rata")
    with unit.database.reading() as session:
        page = trace_page(session, mixed, unit.now, unit.laws, unit.database.vault)
    assert (page.rule, page.rule_chosen_by, page.rule_approved_by) == ("lifo", "chen", "wu")
    assert (page.rule_reason, page.rule_pending) == (WHY, "pro_rata")
    assert [c.name for c in page.columns if c.adopted] == ["lifo"]


def test_a_return_that_is_approved_stands_in_the_way_of_another_rule(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    (returned,) = [a.id for a in unit.file(recovery_id).approvals if a.action == "return"]
    unit.case_officer(SUPERVISOR).approve(returned)
    with pytest.raises(StepRefusedError, match=r"the return alloc-.* of CNY 700.00 .*approved"):
        unit.case_officer().choose_rule(recovery_id, "pro_rata", WHY)


def test_a_return_is_not_approved_while_another_rule_is_asked_for(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    asked = ask(unit, recovery_id)
    (returned,) = [a.id for a in unit.file(recovery_id).approvals if a.action == "return"]
    with pytest.raises(StepRefusedError, match="another tracing rule is asked for"):
        unit.case_officer(SUPERVISOR).approve(returned)
    unit.case_officer(SUPERVISOR).deny(asked, "the rule in force is right")
    unit.case_officer(SUPERVISOR).approve(returned)
    (allocation,) = unit.file(recovery_id).allocations
    assert allocation.state is AllocationState.APPROVED


def test_a_return_that_only_waits_is_void_with_the_old_rule_and_drafted_anew(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    unit.case_officer(SUPERVISOR).approve(ask(unit, recovery_id, "libr"))
    (old,) = unit.file(recovery_id).allocations
    assert old.state is AllocationState.VOID
    states = {a.state for a in unit.file(recovery_id).approvals if a.subject_id == old.id}
    assert states == {ApprovalState.VOID}
    acts.decide(recovery_id)
    assert len(unit.file(recovery_id).allocations) == 2
    assert agrees(unit)


def test_a_drafted_freeze_is_drafted_anew_with_the_new_rules_sum(
    unit: Any, acts: Any, mixed: str
) -> None:
    acts.decide(mixed)
    before = [h for h in unit.file(mixed).holds if h.kind is HoldKind.FREEZE]
    unit.case_officer(SUPERVISOR).approve(ask(unit, mixed, "pro_rata"))
    acts.decide(mixed)
    acts.decide(mixed)
    freezes = [h for h in unit.file(mixed).holds if h.kind is HoldKind.FREEZE]
    sums = {h.state: h.requested_minor for h in freezes}
    assert [h.state for h in before] == [HoldState.DRAFT]
    assert sums.keys() == {HoldState.CANCELLED, HoldState.DRAFT}
    assert sums[HoldState.CANCELLED] != sums[HoldState.DRAFT]
    assert agrees(unit)


def test_of_two_joined_files_the_rule_of_the_one_that_stays_stands(unit: Any, acts: Any) -> None:
    stays, joins = unit.report(*unit.reports(2))
    for recovery_id in (stays, joins):
        unit.accept(recovery_id)
    unit.case_officer(SUPERVISOR).approve(ask(unit, stays, "pro_rata"))
    approved = unit.file(stays).recovery
    unit.case_officer(SUPERVISOR).approve(ask(unit, joins, "libr"))
    waiting = ask(unit, joins, "lifo")
    unit.case_officer().join(joins, stays)
    acts.decide(stays)
    file = unit.file(stays)
    assert (file.recovery.tracing_rule, file.trace.rule) == (approved.tracing_rule, "pro_rata")
    assert file.recovery.tracing_reason == approved.tracing_reason
    assert next(a.state for a in file.approvals if a.id == waiting) is ApprovalState.VOID
    assert agrees(unit)

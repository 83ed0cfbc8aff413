"""One act: a report stored, accepted, stopped first; or nothing; or accepted and what is next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.approval import ApprovalState
from models.entities.call import CallKind
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.facts import AccountRef
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.installation.officers import OfficerView
from models.store.people import appoint
from models.store.unit import unit_of_work
from recovery_flows.access.log_in import NobodyActsError, by_system_user
from recovery_flows.cases.case_officer import CaseOfficer
from recovery_flows.cases.deconfliction_check import DeconflictionError
from recovery_flows.cases.report_and_stop import stop_at_once
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.report_preview import check_report
from recovery_flows.errors import MisuseError, RecoveryFlowsError, StepRefusedError
from recovery_flows.law.rows import Measure
from recovery_flows.reports.ledger_check import ledger_check

CHEN = OfficerView("chen", "chen", frozenset({Role.OFFICER}))
ABROAD = AccountRef("bank-abroad", "9999000000000003", "Synthetic Abroad")
TEXT = """report: SYN-1
victim: Invented Victim
from account: 9999000000000002 (bank-slow)
to account: 9999000000000001 (bank-home)
payee: Synthetic Mule
amount: CNY 1,000.00
time: 2026-03-02 09:00
uetr: E1
"""


def event_count(unit: Any) -> int:
    with unit.database.reading() as session:
        query = sa.select(sa.func.count()).select_from(table_of(Event))
        return int(session.execute(query).scalar_one())


def test_a_report_is_stored_accepted_stopped_and_asked_about_in_one_act(
    unit: Any, fact: Any
) -> None:
    done = stop_at_once(unit.case_officer(), fact(1), "SYN-CASE-1")
    file = unit.file(done.recovery_id)
    assert (file.recovery.state, file.recovery.owner_id) == (RecoveryState.OPEN, "chen")
    assert file.recovery.case_number == "SYN-CASE-1"
    (hold,), (approval,) = file.holds, file.approvals
    assert (hold.id, hold.kind, hold.state) == (done.hold_id, HoldKind.STOP, HoldState.ORDERED)
    assert (approval.post_hoc, approval.state) == (True, ApprovalState.PENDING)
    assert approval.due_at == done.confirmed_until == unit.now + timedelta(hours=2)
    assert {c.kind for c in file.calls} == {CallKind.HOLD, CallKind.STATEMENT}
    assert done.sentence == (
        "R-2026-0001: stop-payment of CNY 1,000.00 ordered at bank-home; another person confirms "
        "it within 2h; accepted under case number SYN-CASE-1"
    )
    assert verify(unit.database) == ()
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()


def test_nobody_but_an_officer_can_and_the_sender_cannot_confirm(unit: Any, fact: Any) -> None:
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, "zhao", [Role.OFFICER, Role.SUPERVISOR], os_user="zhao")
    for who in (None, by_system_user(unit.database, "wu")):
        with pytest.raises(NobodyActsError):
            stop_at_once(CaseOfficer(unit.database, unit.laws, who, lambda: unit.now), fact(1), "1")
    both = CaseOfficer(
        unit.database, unit.laws, by_system_user(unit.database, "zhao"), lambda: unit.now
    )
    done = stop_at_once(both, fact(1), "1")
    (approval,) = unit.file(done.recovery_id).approvals
    with pytest.raises(StepRefusedError, match="a second person has to"):
        both.approve(approval.id)


def test_a_shared_account_is_refused_whole_unless_it_is_known(unit: Any, fact: Any) -> None:
    first = fact(1)
    stop_at_once(unit.case_officer(), first, "1")
    second = fact(2, payee_account=first.payee_account)
    before = event_count(unit)
    with pytest.raises(DeconflictionError, match="R-2026-0001: yours"):
        stop_at_once(unit.case_officer(), second, "2")
    assert event_count(unit) == before
    assert stop_at_once(unit.case_officer(), second, "2", knowing=True).hold_id


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"payee_account": ABROAD}, "bank-abroad is abroad (GB): no stop-payment can be sent"),
        ({"amount": Money(100, "CNY")}, "which is the least worth holding"),
        ({"amount": Money(98_000, "JPY")}, "the account is in CNY"),
    ],
)
def test_where_no_stop_can_be_sent_first_the_report_is_accepted_and_the_next_step_said(
    unit: Any, fact: Any, changes: dict[str, Any], says: str
) -> None:
    done = stop_at_once(unit.case_officer(), fact(1, **changes), "SYN-CASE-1")
    assert done.hold_id == ""
    assert says in done.sentence
    assert "accepted under case number SYN-CASE-1, next: " in done.sentence
    file = unit.file(done.recovery_id)
    assert file.recovery.state is RecoveryState.OPEN
    assert not file.calls


def without(unit: Any, measure: Measure) -> dict[str, Any]:
    law = unit.laws["CN"]
    rest = {m: code for m, code in law.measures.items() if m is not measure}
    return {**unit.laws, "CN": replace(law, measures=rest)}


def test_a_law_without_a_later_confirmation_lets_no_stop_leave_first(unit: Any, fact: Any) -> None:
    laws = without(unit, Measure.CONFIRMATION)
    chen = by_system_user(unit.database, "chen")
    acting = CaseOfficer(unit.database, laws, chen, lambda: unit.now)
    done = stop_at_once(acting, fact(1), "1")
    assert "lets no stop-payment leave before another person has approved" in done.sentence
    assert done.sentence.endswith("next: send the stop-payment of CNY 1,000.00 (officer)")
    assert acting.advance(done.recovery_id).endswith("stop-payment submitted for approval")
    (hold,) = unit.file(done.recovery_id).holds
    assert hold.state is HoldState.PENDING_APPROVAL
    assert not unit.file(done.recovery_id).calls
    unit.approve(done.recovery_id)
    assert unit.file(done.recovery_id).holds[0].state is HoldState.ORDERED


def test_a_law_without_a_stop_payment_takes_nothing_in(unit: Any, fact: Any) -> None:
    chen = by_system_user(unit.database, "chen")
    acting = CaseOfficer(unit.database, without(unit, Measure.STOP), chen, lambda: unit.now)
    before = event_count(unit)
    with pytest.raises(StepRefusedError, match="the law CN knows no stop-payment"):
        stop_at_once(acting, fact(1), "1")
    assert event_count(unit) == before


@pytest.mark.parametrize(
    ("changes", "case", "error", "says"),
    [
        ({"payee_account": AccountRef("nowhere", "99990001")}, "1", MisuseError, "payee bank"),
        ({"victim_account": AccountRef("nowhere", "99990001")}, "1", MisuseError, "victim bank"),
        ({}, " ", StepRefusedError, "a case number, and none was given"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    unit: Any,
    fact: Any,
    changes: dict[str, Any],
    case: str,
    error: type[RecoveryFlowsError],
    says: str,
) -> None:
    before = event_count(unit)
    with pytest.raises(error, match=says):
        stop_at_once(unit.case_officer(), fact(1, **changes), case)
    assert event_count(unit) == before


def looked_at(unit: Any, text: str = TEXT, **more: Any) -> Any:
    with unit.database.reading() as session:
        return check_report(session, unit.database.vault, unit.laws, CHEN, text, unit.now, **more)


def test_a_look_shows_the_message_that_is_then_ordered_and_writes_nothing(unit: Any) -> None:
    before = event_count(unit)
    seen = looked_at(unit)
    assert event_count(unit) == before
    assert seen.why_not == ""
    assert seen.case_number == "SYN-1"
    assert (seen.message.bank, seen.message.bank_name) == ("bank-home", "Synthetic bank-home")
    done = stop_at_once(unit.case_officer(), seen.pasted.report, seen.case_number)
    hold = unit.file(done.recovery_id).holds[0]
    assert seen.message.order_ref == hold.id
    assert seen.message.amount == Money(hold.requested_minor, hold.currency)
    assert seen.message.confirmed_until == done.confirmed_until
    again = looked_at(unit)
    assert again.message is None
    assert again.why_not.startswith("this report was received before: it is in R-2026-0001")


def test_a_look_says_which_name_leaves_where_the_account_is_stored_under_another(
    unit: Any, fact: Any
) -> None:
    other = replace(fact(2).payee_account, number="9999000000000001", holder="Known Name")
    unit.report(fact(2, payee_account=other))
    seen = looked_at(unit)
    assert seen.message.is_stored_name
    assert seen.message.holder == "K··"
    assert seen.also[0].sentence.startswith("the account is also in another recovery")


def test_a_look_warns_and_refuses_as_the_act_would(unit: Any) -> None:
    assert looked_at(unit, "victim: A").why_not.startswith("from bank is missing")
    nameless = TEXT.replace("report: SYN-1\n", "")
    assert looked_at(unit, nameless).why_not == "case number is missing: write `case: NUMBER`"
    assert looked_at(unit, nameless, case_number="7").why_not == ""
    abroad = looked_at(unit, TEXT.replace("bank-home", "bank-abroad"))
    assert abroad.message is None
    assert "bank-abroad is abroad" in abroad.instead
    assert "the report is accepted, and next: " in abroad.instead


def test_the_stop_watch_runs_from_the_report_to_the_first_order_sent(unit: Any) -> None:
    seen = looked_at(unit, received_at=unit.now)
    unit.later(1 / 60)
    done = stop_at_once(unit.case_officer(), seen.pasted.report, "1")
    shown = recovery_page(unit.database, unit.laws, done.recovery_id, unit.now)
    assert shown.first_sent_at is None
    assert shown.reported_at == unit.now - timedelta(minutes=1)

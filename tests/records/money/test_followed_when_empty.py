"""A bank that takes hours finds the account empty: where the money went is asked for, once."""

from __future__ import annotations

from typing import Any

from models.entities.asset import Stage
from models.entities.call import OPEN_CALLS, CallKind, CallRow, CallState
from models.entities.hold import HoldState
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.calls import mark_sent, settle
from models.store.unit import unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.next_steps import steps
from recovery_flows.cases.scheduling import next_run
from recovery_flows.correspondence import answers
from recovery_flows.freezing import account_monitoring
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.tracing import trace_requests
from tests.records.conftest import ENGINE
from tests.records.invented import MULE, SECOND


def asked(unit: Any, recovery: str) -> list[CallRow]:
    """The statements that are asked for and not answered."""
    calls: tuple[CallRow, ...] = unit.file(recovery).calls
    return [c for c in calls if c.kind is CallKind.STATEMENT and c.state in OPEN_CALLS]


def stopped(unit: Any, acts: Any, told_to_hours: float) -> tuple[str, str]:
    """A stop under way, and a statement up to that hour: all that was paid is there still."""
    (recovery,) = unit.report(*unit.reports(1))
    unit.accept(recovery)
    stop = unit.order(recovery)
    unit.approve(recovery)
    acts.close_calls(recovery, CallKind.STATEMENT)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    unit.trace(recovery, unit.statement([came], to_hours=told_to_hours))
    acts.decide(recovery)
    return recovery, stop


def test_money_that_left_before_its_bank_looked_is_followed_to_the_next_account(
    unit: Any, acts: Any
) -> None:
    recovery, stop = stopped(unit, acts, told_to_hours=3)
    unit.later(4)
    assert asked(unit, recovery) == []
    acts.bank_refuses(recovery, stop)
    acts.decide(recovery)
    assert len(asked(unit, recovery)) == 1, "the statement that is in ends before the bank looked"
    assert [a.stage for a in unit.file(recovery).assets] == [Stage.TRACING]
    acts.close_calls(recovery, CallKind.STATEMENT)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    went = unit.line(2, -100_000, counter=SECOND, at_hours=5, ref="X1")
    unit.trace(recovery, unit.statement([came, went], to_hours=7))
    acts.decide(recovery)
    first, second = unit.file(recovery).assets
    assert (first.traced_minor, second.account_id) == (0, unit.account_id(SECOND))
    assert (second.traced_minor, second.stage) == (100_000, Stage.FREEZING)


def test_an_account_that_was_told_up_to_then_is_not_asked_for_again(unit: Any, acts: Any) -> None:
    recovery, stop = stopped(unit, acts, told_to_hours=7)
    unit.later(4)
    acts.bank_refuses(recovery, stop)
    acts.decide(recovery)
    assert asked(unit, recovery) == []


def test_a_bank_that_repeats_that_it_found_nothing_is_asked_once(unit: Any, acts: Any) -> None:
    recovery, stop = stopped(unit, acts, told_to_hours=3)
    unit.later(4)
    for _ in range(3):
        acts.bank_refuses(recovery, stop)
        acts.decide(recovery)
    assert len(asked(unit, recovery)) == 1


def refused(unit: Any, acts: Any, recovery: str) -> None:
    """Its bank refuses the statement that is asked for."""
    (call,) = asked(unit, recovery)
    with unit_of_work(unit.database) as work:
        mark_sent(work, unit.now, recovery, call.id, call.state)
        settle(work, unit.now, recovery, call.id, CallState.SENT, "refused", reason="FORBIDDEN")
        changes = Changeset(load_file(work.session, recovery))
        answers.apply_refusal(changes, call.kind, call.noun, call.subject_id, "FORBIDDEN", unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    acts.close_calls(recovery, CallKind.HOLD)
    acts.decide(recovery)


def told_too_early(unit: Any, acts: Any, recovery: str) -> None:
    """Its bank tells what was booked up to the hour that it had told before."""
    (call,) = asked(unit, recovery)
    with unit_of_work(unit.database) as work:
        changes = Changeset(unit.file(recovery))
        covers_to = changes.file.asset(call.subject_id).statement_to
        assert covers_to is not None
        trace_requests.request_trace_to(
            changes, call.noun, call.subject_id, covers_to, call.planned_at, unit.now
        )
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    acts.close_calls(recovery)
    acts.decide(recovery)


def found_empty(unit: Any, acts: Any) -> str:
    recovery, stop = stopped(unit, acts, told_to_hours=3)
    unit.later(4)
    acts.bank_refuses(recovery, stop)
    acts.decide(recovery)
    return recovery


def first_step(unit: Any, recovery: str) -> str:
    return str(steps(unit.file(recovery), unit.laws)[0].action)


def test_an_account_is_watched_on_where_its_bank_refuses_the_later_statement(
    unit: Any, acts: Any
) -> None:
    recovery = found_empty(unit, acts)
    refused(unit, acts, recovery)
    unit.later(48)
    acts.decide(recovery)
    file = unit.file(recovery)
    assert CallKind.BALANCE in [c.kind for c in file.calls if c.state in OPEN_CALLS]
    again = next_run(file, unit.laws)
    assert again is not None
    assert again > unit.now, "or the engine looks at it for ever"


def test_a_person_asks_once_more_where_its_bank_refuses_the_later_statement(
    unit: Any, acts: Any
) -> None:
    recovery = found_empty(unit, acts)
    refused(unit, acts, recovery)
    assert first_step(unit, recovery) == "ask_statement"
    unit.case_officer().advance(recovery)
    refused(unit, acts, recovery)
    assert first_step(unit, recovery) == "submit_close"


def test_a_person_asks_a_bank_whose_statements_end_too_early_until_it_tells(
    unit: Any, acts: Any
) -> None:
    recovery = found_empty(unit, acts)
    told_too_early(unit, acts, recovery)
    assert first_step(unit, recovery) == "ask_statement"
    unit.case_officer().advance(recovery)
    acts.close_calls(recovery)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    went = unit.line(2, -100_000, counter=SECOND, at_hours=5, ref="X1")
    unit.trace(recovery, unit.statement([came, went], to_hours=24))
    acts.decide(recovery)
    assert unit.file(recovery).assets[1].traced_minor == 100_000


def balances_asked(unit: Any, recovery: str) -> int:
    return sum(c.kind is CallKind.BALANCE for c in unit.file(recovery).calls)


def test_a_bank_that_found_nothing_is_asked_at_once_where_the_trace_finds_that_money_came_back(
    unit: Any, acts: Any
) -> None:
    """The first look was a day later: a closing was the step until then (seed 98002341)."""
    recovery = found_empty(unit, acts)
    assert balances_asked(unit, recovery) == 0
    unit.later(3)
    acts.close_calls(recovery, CallKind.STATEMENT)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    went = unit.line(2, -100_000, counter=SECOND, at_hours=5, ref="X1")
    back = unit.line(3, 60_000, counter=SECOND, at_hours=8, ref="X2")
    unit.trace(recovery, unit.statement([came, went, back], to_hours=9))
    there = [
        unit.line(1, 100_000, counter=MULE, at_hours=5, ref="X1"),
        unit.line(2, -60_000, counter=MULE, at_hours=8, ref="X2"),
        unit.line(3, -40_000, counter=None, at_hours=9),
    ]
    unit.trace(recovery, unit.statement(there, account=SECOND, to_hours=10))
    acts.decide(recovery)
    first = unit.file(recovery).assets[0]
    assert first.traced_minor == 60_000
    assert balances_asked(unit, recovery) == 1
    assert "submit_close" not in [s.action for s in steps(unit.file(recovery), unit.laws)]
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery))
        available = Money(60_000, "CNY")
        account_monitoring.apply_balance(changes, first.id, available, unit.laws, unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    holds = unit.file(recovery).holds_of(first.id)
    assert [h.requested_minor for h in holds if h.state is HoldState.DRAFT] == [60_000]


def test_a_bank_whose_nothing_is_older_than_what_is_traced_there_is_asked_at_once(
    unit: Any, acts: Any
) -> None:
    """Its word came in after a statement that tells more."""
    recovery, stop = stopped(unit, acts, told_to_hours=12)
    unit.later(4)
    acts.bank_refuses(recovery, stop)
    acts.decide(recovery)
    assert balances_asked(unit, recovery) == 1


def test_a_bank_whose_nothing_is_newer_than_what_is_traced_there_is_asked_a_day_later(
    unit: Any, acts: Any
) -> None:
    recovery = found_empty(unit, acts)
    assert balances_asked(unit, recovery) == 0
    unit.later(24)
    acts.decide(recovery)
    assert balances_asked(unit, recovery) == 1

"""The clocks of letters: from when one was sent, and what a bank's silence ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.entities.call import CallKind
from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.queries.cases.work import due_call_kinds, next_retry
from models.step_wording import Wording
from models.store.calls import lease_calls
from models.store.unit import Actor, unit_of_work
from recovery_flows.cases import scheduling
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.next_steps import steps
from recovery_flows.correspondence.letters import (
    actions as letter_actions,
    answer_actions,
)
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.event_feed import due_polls
from recovery_flows.freezing import reminders
from recovery_flows.reports.ledger_check import ledger_check

OFFICER = Actor("chen", Role.OFFICER)
TERM = timedelta(hours=48)


def sound(paper: Any) -> bool:
    with paper.unit.database.reading() as session:
        return not ledger_check(session).differences and verify(paper.unit.database) == ()


def leased(paper: Any) -> list[str]:
    with unit_of_work(paper.unit.database) as unit:
        return lease_calls(unit, "e", list(CallKind), paper.unit.now, paper.unit.now, 60, 100)


def test_the_clock_of_a_stop_runs_from_when_its_letter_was_sent(paper: Any) -> None:
    paper.stop()
    ordered = paper.unit.now
    paper.unit.later(9)
    sent = ordered + timedelta(hours=5)
    paper.send(at=sent.isoformat())
    file = paper.file()
    assert reminders.ends_at(file, paper.hold(), paper.unit.laws) == sent + TERM
    assert running(file, paper.unit.laws)[0].due_at == sent + TERM
    assert paper.line("hold").due_at == sent + TERM
    step = Wording.read(str(paper.unit.one("SELECT step_wording FROM recovery")))
    assert str(step) == "print the letter to bank-home: the account's bookings"


def test_until_it_is_sent_the_clock_runs_from_the_order_and_reminds(paper: Any) -> None:
    hold_id = paper.stop()
    paper.unit.later(46.5)
    paper.decide()
    assert {"reminded", "escalated"} <= set(paper.events(hold_id))
    reason = paper.unit.one("SELECT reason FROM event WHERE event = 'reminded' LIMIT 1")
    assert reason.endswith("its letter has not been sent")
    paper.unit.later(40)
    paper.decide()
    assert paper.hold().state is HoldState.ORDERED


def test_no_engine_takes_a_letter_and_a_sweep_comes_to_rest(stopped: Any) -> None:
    paper, unit = stopped, stopped.unit
    assert {x.kind for x in paper.lines()} == {"hold", "statement"}
    assert leased(paper) == []
    with unit.database.reading() as session:
        assert due_call_kinds(session, unit.now, unit.now) == set()
        assert next_retry(session) is None
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    assert due_polls(engine) == []
    paper.decide()


def test_what_was_printed_stays_a_letter_when_its_bank_gets_an_interface(
    paper: Any, change_partner: Any
) -> None:
    paper.stop()
    paper.print()
    change_partner(
        paper.unit.database, ("chen", "wu"), paper.unit.now, "bank-home", name="Synthetic",
        regime="CN", currency="CNY", home=True, base_url="", token="synthetic-token",
    )  # fmt: skip
    kinds = {c.id: c.kind for c in paper.file().calls}
    assert [kinds[call_id] for call_id in leased(paper)] == [CallKind.STATEMENT]
    assert [x.kind for x in paper.lines()] == ["hold"]
    letter_actions.record_sent(paper.unit.case_officer(), paper.line("hold").call_id, "fax")
    assert leased(paper) == []


def test_a_bank_that_stays_silent_is_a_lapse_with_an_owner_and_stopped_again(stopped: Any) -> None:
    hold = stopped.hold()
    stopped.unit.later(46.9)
    stopped.decide()
    assert "lapsed" not in stopped.events(hold.id)
    assert scheduling.next_run(stopped.file(), stopped.unit.laws) == hold.ordered_at + TERM
    stopped.unit.later(0.2)
    stopped.decide()
    assert stopped.events(hold.id)[-1] == "lapsed"
    reason = stopped.unit.one("SELECT reason FROM event WHERE event = 'lapsed'")
    assert reason == "its letter was not answered in time: nobody knows whether the bank acted"
    again = [h for h in stopped.file().holds if h.state is HoldState.DRAFT]
    assert [(h.supersedes_id, h.requested_minor) for h in again] == [(hold.id, 100_000)]
    assert sound(stopped)


def test_an_answer_that_waits_for_its_second_look_keeps_a_hold_from_lapsing(stopped: Any) -> None:
    approval = stopped.held()
    stopped.unit.later(60)
    stopped.decide()
    assert stopped.hold().state is HoldState.ORDERED
    (asked,) = (a for a in stopped.file().approvals if a.id == approval)
    assert asked.alarmed
    stopped.look(approval)
    assert stopped.hold().state is HoldState.STOPPED
    stopped.decide()
    assert stopped.hold().state is HoldState.LAPSED


@pytest.mark.parametrize(
    ("acted_hours", "again", "state"),
    [(-10, "drafted", "stopped"), (-47.9, "drafted", "lapsed"), (-10, "ordered", "lapsed")],
)
def test_a_letter_after_the_lapse_counts_where_the_bank_holds_still_and_nothing_followed(
    stopped: Any, acted_hours: float, again: str, state: str
) -> None:
    hold = stopped.hold()
    stopped.unit.later(47.5)
    stopped.decide()
    if again == "ordered":
        stopped.unit.order(stopped.recovery_id)
        stopped.approve("order_stop")
    (line,) = (
        x for x in stopped.lines() if x.kind == "hold" and x.stands == "waits for the answer"
    )
    assert line.call_id
    typed = {"state": "held", "amount": "900.00", "acted_at": stopped.at(acted_hours)}
    stopped.unit.later(0.2)
    answer_actions.enter_answer(stopped.unit.case_officer(), line.call_id, typed, stopped.scan())
    stopped.look()
    assert stopped.file().hold(hold.id).state == state
    held = sum(h.held_minor for h in stopped.file().holds)
    assert held == (90_000 if state == "stopped" else 0)
    drafts = [h for h in stopped.file().holds if h.state is HoldState.DRAFT]
    assert len(drafts) == (1 if state == "lapsed" and again == "drafted" else 0)
    assert sound(stopped)


def test_a_freeze_by_letter_is_renewed_by_letter_in_time(paper: Any) -> None:
    before = paper.frozen()
    assert before.state is HoldState.FROZEN
    paper.unit.later(24 * 95)
    paper.decide()
    assert paper.hold(HoldKind.FREEZE).renewal == "draft"
    while not any(a.action == "renew" for a in paper.file().approvals):
        paper.unit.case_officer().advance(paper.recovery_id)
    paper.approve("renew")
    assert paper.line("extend").due_at == before.expires_at
    paper.send("extend")
    ends: datetime = before.expires_at + timedelta(days=180)
    paper.unit.later(5)
    paper.yes("extend", state="held", expires_at=ends.isoformat())
    renewed = paper.hold(HoldKind.FREEZE)
    assert (renewed.renewals, renewed.renewal, renewed.expires_at) == (1, "", ends)
    assert renewed.held_minor == before.held_minor
    assert sound(paper)


def test_a_renewal_that_its_bank_just_refused_is_not_offered_before_the_next_reminder(
    paper: Any,
) -> None:
    """It was the next step at once: officer and bank could go round all day."""
    freeze = paper.frozen()
    ladder = paper.unit.laws["CN"].freeze_reminder_hours
    paper.unit.later(24 * 95)
    left = (freeze.expires_at - paper.unit.now).total_seconds() / 3600
    offered = []
    for hours in (0, 1, left - ladder[0], 1, ladder[0] - ladder[-1], 1):
        paper.unit.later(hours)
        paper.decide()
        offers = [s for s in steps(paper.file(), paper.unit.laws) if s.action == "submit_renewal"]
        offered.append("".join(s.sentence for s in offers))
        if offers:
            refuse_renewal(paper)
    # After the last reminder none is left to wait for: it is the step until the term ends.
    first = "submit the renewal of CNY 1,000.00"
    again = f"{first} again: the bank refused it"
    assert offered == [first, "", again, "", again, again]
    assert sound(paper)


def refuse_renewal(paper: Any) -> None:
    """An officer asks for it, another approves, and the bank writes back that it does not."""
    while not any(a.action == "renew" and a.state == "pending" for a in paper.file().approvals):
        paper.unit.case_officer().advance(paper.recovery_id, to=paper.hold(HoldKind.FREEZE).id)
    paper.approve("renew")
    paper.send("extend")
    paper.yes("extend", state="refused", reason="OTHER")

"""Money that an account holder gives back: promised, received, divided, paid on; nothing twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.ledger import LedgerAccount
from models.entities.officer import Role
from models.facts import AccountRef
from models.money import Money
from models.queries.audit.verify import verify
from models.store.unit import Actor
from recovery_flows.cases import money_actions
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.money_actions import Incoming
from recovery_flows.cases.next_steps import steps
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution import voluntary

TREASURY = "treasury"
OURS = AccountRef(TREASURY, "9999000000000077", "Synthetic Unit")
OFFICER, SUPERVISOR = Actor("chen", Role.OFFICER), Actor("wu", Role.SUPERVISOR)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@pytest.fixture
def spent(acts: Any, treasury: None) -> str:
    """Two victims of 1,000.00 each; 500.00 are held, 1,500.00 left in cash."""
    del treasury
    recovery_id = acts.pooled(2, 50_000)
    acts.settled_trace(recovery_id)
    return str(recovery_id)


def invited(unit: Any, recovery_id: str) -> str:
    asset = unit.file(recovery_id).assets[0]
    money_actions.invite(unit.case_officer(), recovery_id, asset.id, "told at the interview", None)
    return str(unit.file(recovery_id).voluntary_returns[-1].id)


def promised(unit: Any, recovery_id: str, *minor: int) -> str:
    name = invited(unit, recovery_id)
    parts = [
        (cny(m), unit.now + timedelta(days=30 * number)) for number, m in enumerate(minor, start=1)
    ]
    money_actions.promise(unit.case_officer(), recovery_id, name, parts, "agreed at the interview")
    return name


def received(unit: Any, recovery_id: str, minor: int, booking: str, return_id: str = "") -> None:
    incoming = Incoming(OURS, booking, cny(minor), unit.now, b"an invented bank slip", return_id)
    money_actions.receive(unit.case_officer(), recovery_id, incoming)
    unit.approve(recovery_id)


def balance(unit: Any, recovery_id: str, account: LedgerAccount, detail: str | None = None) -> int:
    return sum(
        b.claim_minor
        for b in unit.file(recovery_id).balances
        if b.account is account and detail in (None, b.detail)
    )


def sound(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_a_promise_is_no_money_and_only_what_came_in_counts(
    unit: Any, acts: Any, spent: str
) -> None:
    name = promised(unit, spent, 25_000, 25_000, 25_000, 25_000)
    file = unit.file(spent)
    (row,) = file.voluntary_returns
    assert str(voluntary.standing(file, row).promised) == "CNY 1,000.00"
    assert balance(unit, spent, LedgerAccount.HELD) == 50_000
    received(unit, spent, 25_000, "B-1", name)
    received(unit, spent, 25_000, "B-2", name)
    acts.decide(spent)
    file = unit.file(spent)
    said = voluntary.standing(file, file.voluntary_returns[0])
    assert (said.per_cent, said.received, said.parts) == ("50.0 %", cny(50_000), 4)
    assert said.next_part is not None
    assert said.next_part.number == 3
    assert [p.state for p in file.instalments] == ["met", "met", "due", "due"]
    assert balance(unit, spent, LedgerAccount.HELD, "received") == 50_000
    assert balance(unit, spent, LedgerAccount.GONE) == 100_000
    sound(unit)


def test_the_third_part_that_is_late_is_a_step_of_the_officer_until_he_reminds(
    unit: Any, acts: Any, spent: str
) -> None:
    name = promised(unit, spent, 25_000, 25_000, 25_000, 25_000)
    received(unit, spent, 50_000, "B-1", name)
    acts.decide(spent)
    clocks = [c.what for c in running(unit.file(spent), unit.laws)]
    assert "part 3 of the promised return due" in clocks
    unit.later(24 * 91)
    acts.decide(spent)
    file = unit.file(spent)
    assert [p.state for p in file.instalments] == ["met", "met", "overdue", "due"]
    (step,) = [s for s in steps(file, unit.laws) if s.action == "follow_return"]
    assert step.sentence == "part 3 of the promised return is overdue, CNY 250.00: remind"
    assert step.role is Role.OFFICER
    money_actions.remind(unit.case_officer(), spent, name, "by telephone")
    file = unit.file(spent)
    assert [p.state for p in file.instalments] == ["met", "met", "reminded", "due"]
    assert not [s for s in steps(file, unit.laws) if s.action == "follow_return"]
    unit.later(24 * 16)
    acts.decide(spent)
    assert [p.state for p in unit.file(spent).instalments] == ["met", "met", "overdue", "due"]
    sound(unit)


def test_an_invitation_without_an_answer_is_somebodys_step(
    unit: Any, acts: Any, spent: str
) -> None:
    name = invited(unit, spent)
    assert "answer to the invitation due" in [c.what for c in running(unit.file(spent), unit.laws)]
    unit.later(24 * 17)
    acts.decide(spent)
    (row,) = unit.file(spent).voluntary_returns
    assert row.state == "unanswered"
    assert [s.subject_id for s in steps(unit.file(spent), unit.laws)
            if s.action == "follow_return"] == [name]  # fmt: skip
    money_actions.end(unit.case_officer(), spent, name, "he declined")
    assert unit.file(spent).voluntary_returns[0].state == "ended"
    assert not [s for s in steps(unit.file(spent), unit.laws) if s.action == "follow_return"]


def test_a_new_plan_replaces_what_is_open_of_the_old_one(unit: Any, acts: Any, spent: str) -> None:
    name = promised(unit, spent, 30_000, 30_000)
    received(unit, spent, 40_000, "B-1", name)
    acts.decide(spent)
    later = [(cny(20_000), unit.now + timedelta(days=60))]
    money_actions.promise(unit.case_officer(), spent, name, later, "asked for more time")
    file = unit.file(spent)
    assert [p.state for p in file.instalments] == ["met", "replaced", "due"]
    assert file.voluntary_returns[0].promised_minor == 60_000
    received(unit, spent, 20_000, "B-2", name)
    acts.decide(spent)
    file = unit.file(spent)
    assert [p.state for p in file.instalments] == ["met", "replaced", "met"]
    assert file.voluntary_returns[0].state == "kept"


@pytest.mark.parametrize("typed", ["B-1", " B-1 "])
def test_one_booking_comes_in_once_in_any_recovery(unit: Any, spent: str, typed: str) -> None:
    received(unit, spent, 10_000, "B-1")
    again = Incoming(OURS, typed, cny(10_000), unit.now, b"an invented bank slip")
    with pytest.raises(StepRefusedError, match="no money comes in twice"):
        money_actions.receive(unit.case_officer(), spent, again)


def test_what_is_entered_does_not_count_before_another_person_has_confirmed_it(
    unit: Any, acts: Any, spent: str
) -> None:
    incoming = Incoming(OURS, "B-1", cny(10_000), unit.now, b"an invented bank slip")
    money_actions.receive(unit.case_officer(), spent, incoming)
    acts.decide(spent)
    assert balance(unit, spent, LedgerAccount.HELD, "received") == 0
    (asked,) = [a for a in unit.file(spent).approvals if a.action == "receipt"]
    both = Actor("chen", Role.SUPERVISOR)
    with pytest.raises(StepRefusedError, match="cannot decide it: a second person has to"):
        unit.case_officer(both).approve(asked.id)
    unit.case_officer(SUPERVISOR).deny(asked.id, "the slip is of another account")
    acts.decide(spent)
    assert [h.state for h in unit.file(spent).holds if h.kind == "custody"] == ["denied"]
    assert balance(unit, spent, LedgerAccount.HELD, "received") == 0
    received(unit, spent, 10_000, "B-1")  # what was denied can be entered again
    assert balance(unit, spent, LedgerAccount.HELD, "received") == 10_000
    sound(unit)


@pytest.mark.parametrize(
    ("changes", "error", "sentence"),
    [
        ({"amount": Money(1, "USD")}, StepRefusedError, "in CNY, the currency of the loss"),
        ({"amount": cny(0)}, StepRefusedError, "above zero"),
        ({"paper": b""}, MisuseError, "--proof with the paper that shows it"),
        ({"booking": " "}, MisuseError, "name the booking"),
        ({"return_id": "return-x"}, MisuseError, "has no voluntary return or clawback return-x"),
        (
            {"into": AccountRef("bank-home", "9999000000000055", "Synthetic Unit")},
            StepRefusedError, "register the bank of the unit's own account with `--channel letter`",
        ),
        (
            {"into": AccountRef("bank-home", "9999000000000001", "")},
            StepRefusedError, "--channel letter",
        ),
    ],
)  # fmt: skip
def test_what_cannot_have_come_in_is_refused_in_one_sentence(
    unit: Any, spent: str, changes: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    given = {
        "into": OURS, "booking": "B-1", "amount": cny(10_000), "received_at": unit.now,
        "paper": b"an invented bank slip", **changes,
    }  # fmt: skip
    before = unit.file(spent)
    with pytest.raises(error, match=sentence):
        money_actions.receive(unit.case_officer(), spent, Incoming(**given))
    assert unit.file(spent) == before


def test_nobody_promises_more_than_the_whole_loss(unit: Any, spent: str) -> None:
    name = invited(unit, spent)
    parts = [(cny(200_001), unit.now + timedelta(days=1))]
    with pytest.raises(StepRefusedError, match=r"more than the whole loss of CNY 2,000.00"):
        money_actions.promise(unit.case_officer(), spent, name, parts, "he said so")


def pay_all(unit: Any, acts: Any, recovery_id: str) -> None:
    """Every payout that was ordered is booked by its bank, as ordered."""
    for payout in unit.file(recovery_id).payouts:
        if payout.state == "instructed":
            acts.settle(recovery_id, payout.id)


def test_what_came_in_is_divided_by_the_ladder_and_paid_on_to_the_victims(
    unit: Any, acts: Any, spent: str
) -> None:
    received(unit, spent, 60_001, "B-1")
    acts.decide(spent)
    custody = next(a for a in unit.file(spent).assets if a.is_custody)
    for _ in range(60):
        acts.settled_trace(spent)
        mine = [a for a in unit.file(spent).allocations if a.asset_id == custody.id]
        if mine and mine[-1].state == "approved":
            break
        acts._one_step(spent, is_due=bool(mine) and mine[-1].state == "notice")
        pay_all(unit, acts, spent)
        acts.close_calls(spent)
    (division,) = [a for a in unit.file(spent).allocations if a.asset_id == custody.id]
    assert (division.method, division.pool_minor) == ("pro_rata", 60_001)
    assert division.notice_to is not None
    pay_all(unit, acts, spent)
    acts.decide(spent)
    returned = balance(unit, spent, LedgerAccount.RETURNED_VOLUNTARY)
    assert returned == 60_001
    assert balance(unit, spent, LedgerAccount.HELD, "received") == 0
    paid = sorted(p.amount_minor for p in unit.file(spent).payouts_of(division.id))
    assert paid == [30_000, 30_001]
    sound(unit)

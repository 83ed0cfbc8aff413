"""Money that was paid by mistake: ordered back by two people, received, or written off by two.

Three victims paid 1,000.00 each into one account; 2,000.00 was held and is paid: 666.67, 666.67 and
666.66.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.entities.officer import Role
from models.entities.payout import ClawbackGround
from models.money import Money
from models.outcome import Outcome, Transition
from models.queries.audit.verify import verify
from models.queries.cases.claims import claim_page
from models.store.permissions import NotPermittedError
from models.store.record import record
from models.store.unit import ENGINE, Actor, unit_of_work
from recovery_flows.cases import money_actions, next_steps
from recovery_flows.cases.clawbacks import actions
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.money_actions import Incoming
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.outstanding_losses import owed_minor
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution.rounds import Reserve, rounds_of
from tests.records.approvals.money_cases import OURS
from tests.records.begun import played
from tests.records.money.unclaimed_case import bank_follows, third
from tests.records.treasury import register_treasury

WRONG, MUCH = ClawbackGround.WRONG_PAYEE, ClawbackGround.TOO_MUCH


@pytest.fixture
def paid(unit: Any, acts: Any) -> str:
    """All three shares have arrived."""
    return played(unit, ("paid, with an account of the unit's own",), lambda: _paid(unit, acts))


def _paid(unit: Any, acts: Any) -> str:
    register_treasury(unit)
    recovery_id = acts.pooled(3, 200_000, until="approved")
    for payout in unit.file(recovery_id).payouts:
        acts.settle(recovery_id, payout.id)
    bank_follows(unit, acts, recovery_id, 4)
    return str(recovery_id)


def order(unit: Any, recovery_id: str, minor: int, ground: ClawbackGround = MUCH) -> str:
    """The third share, or a part of it, is ordered back; waits for the second person."""
    payout = third(unit, recovery_id)
    actions.order(
        unit.case_officer(), recovery_id, payout.id, Money(minor, "CNY"), ground, "a twin account"
    )
    return str(unit.file(recovery_id).clawbacks[-1].id)


def come(unit: Any, acts: Any, recovery_id: str, name: str, minor: int, booking: str) -> None:
    incoming = Incoming(OURS, booking, Money(minor, "CNY"), unit.now, b"a slip", name)
    money_actions.receive(unit.case_officer(), recovery_id, incoming)
    unit.approve(recovery_id)
    acts.decide(recovery_id)


def terms(unit: Any, recovery_id: str) -> dict[LedgerAccount, int]:
    found: dict[LedgerAccount, int] = {}
    for balance in unit.file(recovery_id).balances:
        if balance.account in TERMS and balance.claim_minor:
            found[balance.account] = found.get(balance.account, 0) + balance.claim_minor
    assert sum(found.values()) == 300_000
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()
    return {account: minor for account, minor in found.items() if minor}


def owed(unit: Any, recovery_id: str) -> int:
    file = unit.file(recovery_id)
    claim = next(c for c in file.claims if c.id == third(unit, recovery_id).claim_id)
    with unit.database.reading() as session:
        (line,) = [
            x for x in claim_page(session, recovery_id, "", 10).lines if x.claim_id == claim.id
        ]
    assert line.open.minor == owed_minor(file, claim)
    return owed_minor(file, claim)


def test_what_comes_back_is_held_again_and_the_victim_is_owed_it(
    unit: Any, acts: Any, paid: str
) -> None:
    name = order(unit, paid, 60_000)
    assert unit.file(paid).clawbacks[0].due_at is None, "one person alone orders nothing"
    unit.approve(paid)
    (clock,) = [c for c in running(unit.file(paid), unit.laws) if c.law_row == "CN_CLAWBACK"]
    assert (clock.what, clock.note) == ("money ordered back due", "CNY 600.00 has not come")
    before = terms(unit, paid)
    unit.later(1)
    come(unit, acts, paid, name, 20_000, "B-1")
    assert unit.file(paid).clawbacks[0].state == "ordered"
    come(unit, acts, paid, name, 40_000, "B-2")
    assert unit.file(paid).clawbacks[0].state == "received"
    after = terms(unit, paid)
    assert after[LedgerAccount.RETURNED_HOLD] == before[LedgerAccount.RETURNED_HOLD] - 60_000
    assert after[LedgerAccount.HELD] == 60_000
    assert owed(unit, paid) == 100_000 - 6_666
    (one,) = rounds_of(unit.file(paid))
    assert one.reserves == {Reserve.CLAWED_BACK: Money(60_000, "CNY")}
    assert one.paid == Money(140_000, "CNY")


def test_what_a_stranger_keeps_is_given_up_by_two_and_the_victim_is_owed_it(
    unit: Any, acts: Any, paid: str
) -> None:
    name = order(unit, paid, 66_666, WRONG)
    unit.approve(paid)
    unit.later(24 * 16)
    acts.decide(paid)
    (step,) = [s for s in next_steps.steps(unit.file(paid), unit.laws) if s.subject_id == name]
    assert "CNY 666.66 that was ordered back did not come" in step.sentence
    actions.remind(unit.case_officer(), paid, name, "by letter")
    assert unit.file(paid).clawbacks[0].state == "ordered"
    actions.write_off(unit.case_officer(), paid, name, "the account is empty, its holder gone")
    assert owed(unit, paid) == 100_000 - 66_666
    with pytest.raises((StepRefusedError, NotPermittedError)):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(
            next(a.id for a in unit.file(paid).approvals if a.state == "pending")
        )
    unit.approve(paid)
    found = terms(unit, paid)
    assert sum(found.get(account, 0) for account in RETURNED) == 133_334
    assert owed(unit, paid) == 100_000
    # It comes after all.
    come(unit, acts, paid, name, 66_666, "B-1")
    assert terms(unit, paid)[LedgerAccount.HELD] == 66_666
    assert unit.file(paid).clawbacks[0].state == "received"


def test_what_a_victim_keeps_beyond_his_due_stays_his_once_it_is_written_off(
    unit: Any, paid: str
) -> None:
    name = order(unit, paid, 10_000)
    unit.approve(paid)
    before = terms(unit, paid)
    actions.write_off(unit.case_officer(), paid, name, "less than it would cost")
    unit.approve(paid)
    assert terms(unit, paid) == before
    assert owed(unit, paid) == 100_000 - 66_666


def test_only_what_was_paid_is_ordered_back_and_once(unit: Any, paid: str) -> None:
    with pytest.raises(StepRefusedError, match=r"at most CNY 666\.66"):
        order(unit, paid, 66_667)
    order(unit, paid, 60_000)
    with pytest.raises(StepRefusedError, match=r"at most CNY 66\.66"):
        order(unit, paid, 6_667)
    desk = unit.case_officer()
    with pytest.raises(StepRefusedError, match="is none of R-"):
        actions.order(desk, paid, "payout-x", Money(1, "CNY"), MUCH, "a mistake")


def test_neither_sql_nor_the_store_calls_back_or_gives_up_by_one_alone(
    unit: Any, paid: str
) -> None:
    name = order(unit, paid, 60_000, WRONG)
    for statement, sentence in (
        ("UPDATE clawback SET state = 'ordered'", "by two people"),
        ("UPDATE clawback SET state = 'written_off'", "by two people"),
        ("UPDATE clawback SET amount_minor = 1", "another sum is another order"),
        ("UPDATE payout SET clawed_minor = 1", "what came back by an order"),
    ):
        with (
            closing(sqlite3.connect(unit.path)) as raw,
            pytest.raises(sqlite3.IntegrityError, match=sentence),
        ):
            raw.execute(statement)
    move = Transition(EntityKind.CLAWBACK, name, "approved", "asked")
    for actor in (Actor("chen", Role.OFFICER), Actor("chen", Role.SUPERVISOR), ENGINE):
        with pytest.raises(NotPermittedError), unit_of_work(unit.database) as work:
            record(work, actor, unit.now, paid, Outcome((move,)))


def test_what_a_bank_paid_too_much_and_got_back_lowers_nothing_that_was_returned(
    unit: Any, acts: Any
) -> None:
    register_treasury(unit)
    recovery_id = acts.pooled(3, 200_000, until="approved")
    first, *others = unit.file(recovery_id).payouts
    acts.settle(recovery_id, first.id, credited=Money(first.amount_minor + 5_000, "CNY"))
    for payout in others:
        acts.settle(recovery_id, payout.id)
    bank_follows(unit, acts, recovery_id, 4)
    actions.order(
        unit.case_officer(), recovery_id, first.id, Money(5_000, "CNY"), MUCH, "paid beyond"
    )
    unit.approve(recovery_id)
    (row,) = unit.file(recovery_id).clawbacks
    come(unit, acts, recovery_id, row.id, 5_000, "B-1")
    found = terms(unit, recovery_id)
    assert found[LedgerAccount.RETURNED_HOLD] == 200_000
    file = unit.file(recovery_id)
    assert sum(owed_minor(file, claim) for claim in file.claims) == 100_000


def test_a_payout_corrected_below_what_was_called_back_leaves_no_sum_below_zero(
    unit: Any, acts: Any, paid: str
) -> None:
    name = order(unit, paid, 60_000)
    unit.approve(paid)
    come(unit, acts, paid, name, 60_000, "B-1")
    payout = third(unit, paid)
    acts.settle(paid, payout.id, credited=Money(50_000, "CNY"), debited=Money(50_000, "CNY"))
    file = unit.file(paid)
    corrected = next(p for p in file.payouts if p.id == payout.id)
    assert (corrected.credited_minor, corrected.clawed_minor) == (50_000, 60_000)
    with unit.database.reading() as session:
        lines = claim_page(session, paid, "", 10).lines
        assert ledger_check(session).differences == ()
    assert min(line.paid.minor for line in lines) == 0
    assert all(minor >= 0 for minor in unit_terms(file).values())
    assert all(m.minor >= 0 for one in rounds_of(file) for m in one.reserves.values())


def unit_terms(file: Any) -> dict[LedgerAccount, int]:
    found: dict[LedgerAccount, int] = {}
    for balance in file.balances:
        if balance.account in TERMS:
            found[balance.account] = found.get(balance.account, 0) + balance.claim_minor
    return found

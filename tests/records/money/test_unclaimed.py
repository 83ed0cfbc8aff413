"""What did not reach its payee: announced, kept for him, sent to the treasury, refunded late.

Three victims paid 1,000.00 each into one account; 2,000.00 is held. Two get their 666.67; the third
share, 666.66, comes back.
"""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.ledger import RETURNED, TERMS, LedgerAccount
from models.entities.officer import Role
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.claims import claim_page
from models.store.permissions import NotPermittedError
from models.store.unit import Actor
from recovery_flows.cases import next_steps
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.unclaimed import actions
from recovery_flows.cases.views.victim_line import victim_line
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import discrepancies
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.restitution.rounds import Reserve, rounds_of
from tests.records.money.unclaimed_case import (
    FISC,
    SHARE,
    announced,
    back,
    bank_follows,
    in_treasury,
    short_notice,
    state,
    third,
)

SUPERVISOR = Actor("wu", Role.SUPERVISOR)
__all__ = ["back"]


def terms(unit: Any, recovery_id: str) -> dict[LedgerAccount, int]:
    """What each term of the identity shows, all of them together what was reported."""
    found: dict[LedgerAccount, int] = {}
    for balance in unit.file(recovery_id).balances:
        if balance.account in TERMS and balance.claim_minor:
            found[balance.account] = found.get(balance.account, 0) + balance.claim_minor
    assert sum(found.values()) == 300_000
    return found


def sound(unit: Any) -> None:
    with unit.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(unit.database) == ()


def test_a_notice_ends_the_question_and_runs_by_its_article(unit: Any, back: str) -> None:
    assert [d.kind for d in discrepancies.open_ones(unit.file(back))] == ["payout_not_paid"]
    said = actions.announce(unit.case_officer(), back, third(unit, back).id, "letters came back")
    assert "CNY 666.66 could not be paid" in said
    assert "art 445, confirmed" in said
    assert not discrepancies.open_ones(unit.file(back))
    (clock,) = [c for c in running(unit.file(back), unit.laws) if c.law_row == "CN_UNCLAIMED"]
    assert (clock.what, clock.note) == (
        "unclaimed share goes to the treasury", "CNY 666.66 announced",
    )  # fmt: skip
    assert 365 <= (clock.due_at - unit.now).days <= 366
    sound(unit)


def test_while_the_notice_runs_nobody_else_gets_the_share_and_the_hold_is_not_given_up(
    unit: Any, acts: Any, back: str
) -> None:
    announced(unit, back)
    for _ in range(4):
        acts.decide(back)
        unit.later(24)
    file = unit.file(back)
    assert [str(a.state) for a in file.allocations] == ["paid_in_part"]
    assert sum(h.held_minor for h in file.holds if h.kind == "freeze") > 0
    found = [s.action for s in next_steps.steps(file, unit.laws)]
    assert "submit_release" not in found
    assert "submit_close" not in found
    (one,) = rounds_of(file)
    assert one.reserves == {Reserve.UNCLAIMED: Money(SHARE, "CNY")}


def test_a_payee_who_comes_forward_in_time_is_paid_in_the_next_round_once(
    unit: Any, acts: Any, back: str
) -> None:
    name = announced(unit, back)
    actions.claimed(unit.case_officer(), back, name, "he has called")
    assert state(unit, back) == "claimed"
    acts.until(back, "approved")
    again = [p for p in unit.file(back).payouts if p.state == "instructed"]
    assert sum(p.amount_minor for p in again) == SHARE
    for payout in again:
        acts.settle(back, payout.id)
    bank_follows(unit, acts, back, 5)
    file = unit.file(back)
    paid = sum(one.paid.minor for one in rounds_of(file))
    assert paid == sum(p.returned_minor for p in file.payouts) == 200_000
    sound(unit)


def test_it_goes_to_the_treasury_after_the_notice_by_two_people_and_the_books_say_so(
    unit: Any, acts: Any, back: str
) -> None:
    short_notice(unit)
    name = announced(unit, back)
    with pytest.raises(StepRefusedError, match="when its notice has run"):
        actions.transfer(unit.case_officer(), back, name, FISC)
    unit.later(24 * 31)
    acts.decide(back)
    (step,) = [s for s in next_steps.steps(unit.file(back), unit.laws) if s.subject_id == name]
    assert step.sentence == "nobody has claimed CNY 666.66 in time: send it to the treasury"
    actions.transfer(unit.case_officer(), back, name, FISC)
    (asked,) = [a for a in unit.file(back).approvals if a.state == "pending"]
    with pytest.raises((StepRefusedError, NotPermittedError)):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(asked.id)
    unit.approve(back)
    (payout,) = [p for p in unit.file(back).payouts if p.unclaimed_id]
    assert payout.state == "instructed"
    assert any(c.law_row == "CN_BANK_RETURN" for c in running(unit.file(back), unit.laws))
    acts.settle(back, payout.id)
    bank_follows(unit, acts, back, 5)
    assert state(unit, back) == "treasury"
    assert terms(unit, back) == {
        LedgerAccount.RETURNED_HOLD: 133_334, LedgerAccount.TREASURY: SHARE,
        LedgerAccount.LOCATED: 100_000,
    }  # fmt: skip
    (one,) = rounds_of(unit.file(back))
    assert one.reserves == {Reserve.TREASURY: Money(SHARE, "CNY")}
    sound(unit)


def test_a_late_payee_is_refunded_once_another_person_has_seen_the_proof(
    unit: Any, acts: Any, back: str
) -> None:
    name = in_treasury(unit, acts, back)
    desk = unit.case_officer()
    unit.later(48)
    with pytest.raises(StepRefusedError, match=r"above zero and at most CNY 666.66"):
        actions.refund(desk, back, name, Money(SHARE + 1, "CNY"), unit.now, b"a slip")
    actions.refund(desk, back, name, Money(60_000, "CNY"), unit.now, b"a slip of the treasury")
    assert terms(unit, back)[LedgerAccount.TREASURY] == SHARE, "one person alone changes nothing"
    (asked,) = [a for a in unit.file(back).approvals if a.state == "pending"]
    with pytest.raises((StepRefusedError, NotPermittedError)):
        unit.case_officer(Actor("chen", Role.SUPERVISOR)).approve(asked.id)
    unit.case_officer(SUPERVISOR).approve(asked.id)
    found = terms(unit, back)
    assert (found[LedgerAccount.TREASURY], found[LedgerAccount.RETURNED_TREASURY]) == (
        6_666,
        60_000,
    )
    assert sum(found.get(account, 0) for account in RETURNED) == 193_334
    file = unit.file(back)
    (one,) = rounds_of(file)
    assert (one.paid, one.reserves) == (
        Money(193_334, "CNY"), {Reserve.TREASURY: Money(6_666, "CNY")},
    )  # fmt: skip
    claim = next(c for c in file.claims if c.id == third(unit, back).claim_id)
    assert victim_line(file, claim, unit.now, "Asia/Shanghai").paid_minor == 60_000
    with unit.database.reading() as session:
        (line,) = [x for x in claim_page(session, back, "", 10).lines if x.claim_id == claim.id]
    assert line.paid == Money(60_000, "CNY")
    sound(unit)


def test_a_refund_that_is_denied_leaves_the_share_in_the_treasury(
    unit: Any, acts: Any, back: str
) -> None:
    name = in_treasury(unit, acts, back)
    unit.later(48)
    actions.refund(unit.case_officer(), back, name, Money(1_000, "CNY"), unit.now, b"a slip")
    (asked,) = [a for a in unit.file(back).approvals if a.state == "pending"]
    unit.case_officer(SUPERVISOR).deny(asked.id, "the slip is of another case")
    (row,) = unit.file(back).unclaimed
    assert (row.state, row.refunded_minor) == ("treasury", 0)
    sound(unit)


def test_what_the_treasurys_bank_sends_back_is_kept_again_and_looked_into(
    unit: Any, acts: Any, back: str
) -> None:
    in_treasury(unit, acts, back)
    (payout,) = [p for p in unit.file(back).payouts if p.unclaimed_id]
    acts.settle(back, payout.id, "RETURNED", reason="ACCOUNT_CLOSURE")
    bank_follows(unit, acts, back, 6)
    assert state(unit, back) == "term_ended"
    found = discrepancies.open_ones(unit.file(back))
    assert "payout_not_paid" in [d.kind for d in found]
    assert LedgerAccount.TREASURY not in terms(unit, back)
    sound(unit)


def test_a_payee_whose_bank_has_paid_after_all_ends_the_notice(
    unit: Any, acts: Any, back: str
) -> None:
    announced(unit, back)
    acts.settle(back, third(unit, back).id)
    bank_follows(unit, acts, back, 5)
    assert state(unit, back) == "paid"
    assert terms(unit, back)[LedgerAccount.RETURNED_HOLD] == 200_000
    sound(unit)


def test_only_what_did_not_arrive_is_announced_and_once(unit: Any, back: str) -> None:
    paid = next(p for p in unit.file(back).payouts if p.state == "settled")
    desk = unit.case_officer()
    with pytest.raises(StepRefusedError, match="is settled: only what was refused or came back"):
        actions.announce(desk, back, paid.id, "no answer")
    announced(unit, back)
    with pytest.raises(StepRefusedError, match="was announced before"):
        actions.announce(desk, back, third(unit, back).id, "no answer")


def test_the_freeze_is_renewed_while_the_notice_runs(unit: Any, acts: Any, back: str) -> None:
    announced(unit, back)
    unit.later(24 * 120)
    acts.decide(back)
    found = [s.action for s in next_steps.steps(unit.file(back), unit.laws)]
    assert "submit_renewal" in found

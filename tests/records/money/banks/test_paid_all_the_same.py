"""A bank that pays what was cancelled: each word of it meets each state of a payout, in the rows.

The orders of one division and of the one that took its place are there together, so that a victim
may be paid twice. Whatever the bank says is booked or owned, the books balance, and nothing more
leaves for a claim until a person has looked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from models.entities.discrepancy import DiscrepancyKind, DiscrepancyState
from models.entities.ledger import TERMS, LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from models.money import Money
from models.queries.audit.verify import verify
from recovery_flows.cases.discrepancy_actions import resolve
from recovery_flows.correspondence import call_validity
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.account_targets import NOT_CREDITED, OVERPAID
from recovery_flows.ledger.payout_parts import parts_of
from recovery_flows.reports.ledger_check import Check, ledger_check
from recovery_flows.restitution import payout_answers

S = PayoutState
WORDS: Mapping[str, Callable[[PayoutRow], dict[str, Any]]] = {
    "RECEIVED": lambda _: {"state": "RECEIVED"},
    "SETTLED": lambda _: {},
    "REFUSED": lambda _: {"state": "REFUSED", "reason": "OTHER"},
    "RETURNED": lambda _: {"state": "RETURNED"},
    "SETTLED half": lambda p: _sums(p.amount_minor // 2),
    "SETTLED twofold": lambda p: _sums(p.amount_minor * 2),
    "SETTLED in yen": lambda _: {"credited": Money(9_000, "JPY")},
    "SETTLED for nothing": lambda _: {"debited": Money(0, "CNY")},
}
BEYOND_TRACE = {Check.GONE, Check.TRACED, Check.NOT_LOCATED}
"""What the ledger check finds where more was paid than the trace in force places there."""


def _sums(minor: int) -> dict[str, Any]:
    return {"credited": Money(minor, "CNY"), "debited": Money(minor, "CNY")}


@pytest.fixture
def twice(unit: Any, acts: Any) -> Callable[[PayoutState], tuple[str, list[PayoutRow]]]:
    """Two victims' division and its payouts in that state; a cancelled one has a successor."""

    def come(state: PayoutState) -> tuple[str, list[PayoutRow]]:
        until = "pending_approval" if state is S.PREPARED else "approved"
        recovery_id = acts.pooled(victims=2, held_minor=150_000, until=until)
        first = [p.id for p in unit.file(recovery_id).payouts]
        if state is S.CANCELLED:
            acts.newcomer(recovery_id, 3)
            acts.until(recovery_id, "approved")
        words = {
            S.SETTLED: ["SETTLED"],
            S.REFUSED: ["REFUSED"],
            S.RETURNED: ["SETTLED", "RETURNED"],
        }
        for payout_id, word in product(first, words.get(state, [])):
            acts.settle(recovery_id, payout_id, word)
        payouts = [p for p in unit.file(recovery_id).payouts if p.id in first]
        assert {p.state for p in payouts} == {state}
        return recovery_id, payouts

    return come


def assert_books_hold(unit: Any, recovery_id: str) -> None:
    file = unit.file(recovery_id)
    terms = {a: sum(b.claim_minor for b in file.balances if b.account is a) for a in TERMS}
    assert sum(terms.values()) == sum(c.reported_minor for c in file.claims)
    assert min(terms.values()) >= 0
    for claim in file.claims:
        mine = [p for p in file.payouts if p.claim_id == claim.id and p.state is S.SETTLED]
        assert sum(parts_of(file)[p.id].returned for p in mine) <= claim.upheld_minor
    beyond = [d for d in file.discrepancies if d.kind is DiscrepancyKind.TRACE_BELOW_RETURNS]
    with unit.database.reading() as session:
        found = {d.check for d in ledger_check(session).differences}
    assert found <= (BEYOND_TRACE if beyond else set())
    assert verify(unit.database) == ()


def assert_nothing_leaves(unit: Any, recovery_id: str, payout: PayoutRow) -> None:
    """No order to pay this claim, or out of this account, leaves before a person has looked."""
    file = unit.file(recovery_id)
    assert any(d.claim_id == payout.claim_id for d in file.discrepancies if d.state == "open")
    for call in file.calls:
        if call.kind == "payout" and call.asset_id == payout.asset_id:
            kept = call_validity.waits(file, call.kind, call.subject_id)
            may = call_validity.may_leave(file, call.kind, call.approval_id, call.subject_id)
            assert kept or not may


def go_on(unit: Any, acts: Any, recovery_id: str) -> None:
    """People look at everything and go on, the bank settles what it gets, until nothing is left."""
    officer = unit.case_officer()
    for _ in range(12):
        acts.settled_trace(recovery_id)
        for found in unit.file(recovery_id).discrepancies:
            if found.state is DiscrepancyState.OPEN:
                resolve(officer, recovery_id, found.id, "synthetic")
        acts.decide(recovery_id)
        for payout in unit.file(recovery_id).payouts:
            if payout.state is S.INSTRUCTED:
                acts.settle(recovery_id, payout.id)
        if any(a.state == "pending" for a in unit.file(recovery_id).approvals):
            unit.approve(recovery_id)
            continue
        with suppress(StepRefusedError):
            officer.advance(recovery_id)
        unit.later(24 * 31)


@pytest.mark.parametrize(("ours", "word"), [*product(S, WORDS)])
def test_each_word_of_a_bank_on_a_payout_in_each_state_is_booked_or_owned(
    unit: Any, acts: Any, twice: Any, ours: PayoutState, word: str
) -> None:
    recovery_id, payouts = twice(ours)
    for payout in payouts:
        acts.settle(recovery_id, payout.id, **WORDS[word](payout))
        after = next(p for p in unit.file(recovery_id).payouts if p.id == payout.id)
        assert after.bank_revision == payout.bank_revision + 1
        assert after.state == (S.SETTLED if word.startswith("SETTLED") else after.state)
        assert_books_hold(unit, recovery_id)
        acts.decide(recovery_id)
        told = payout_answers.NOTHING_NEW.get((ours, word.split(maxsplit=1)[0]))
        if not (told and " " not in word) and (ours is not S.INSTRUCTED or " " in word):
            assert_nothing_leaves(unit, recovery_id, payout)
    go_on(unit, acts, recovery_id)
    assert_books_hold(unit, recovery_id)


def test_an_order_settled_after_a_cancelled_one_was_is_a_victim_paid_twice_and_owned(
    unit: Any, acts: Any, twice: Any
) -> None:
    recovery_id, payouts = twice(S.CANCELLED)
    officer = unit.case_officer()
    for payout in payouts:
        acts.settle(recovery_id, payout.id)
        for found in unit.file(recovery_id).discrepancies:
            if found.state is DiscrepancyState.OPEN:
                resolve(officer, recovery_id, found.id, "synthetic")
    # The orders that took their place had left before the bank said so.
    for payout in unit.file(recovery_id).payouts:
        if payout.state is S.INSTRUCTED and payout.claim_id in {p.claim_id for p in payouts}:
            acts.settle(recovery_id, payout.id)
    file = unit.file(recovery_id)
    found = {d.claim_id: d for d in file.discrepancies if d.detail == "paid in all"}
    assert found.keys() == {p.claim_id for p in payouts}
    assert {(d.kind, d.state, d.expected_minor) for d in found.values()} == {
        ("amount_differs", "open", 100_000)
    }
    beyond = sum(b.claim_minor for b in file.balances if b.detail == OVERPAID)
    assert beyond == sum(d.stated_minor - 100_000 for d in found.values()) > 0
    assert_books_hold(unit, recovery_id)


def test_what_one_victim_was_paid_twice_is_not_counted_as_returned_to_another(
    unit: Any, acts: Any, twice: Any
) -> None:
    recovery_id, payouts = twice(S.CANCELLED)
    for payout in payouts[:1]:
        acts.settle(recovery_id, payout.id, **_sums(100_000))
        acts.settle(recovery_id, payout.id, **_sums(150_000))
    file = unit.file(recovery_id)
    located = sum(
        b.claim_minor
        for b in file.balances
        if b.account is LedgerAccount.LOCATED and b.detail == NOT_CREDITED
    )
    (parts,) = parts_of(file).values()
    assert parts == (payouts[0].amount_minor, 0, 150_000 - payouts[0].amount_minor)
    assert located == 150_000 - payouts[0].amount_minor
    held = sum(b.claim_minor for b in file.balances if b.account is LedgerAccount.HELD)
    assert held == sum(b.asset_minor for b in file.balances if b.account is LedgerAccount.HELD)
    assert_books_hold(unit, recovery_id)

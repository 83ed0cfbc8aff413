"""Whatever banks, payees and courts do after a decision: no cent appears, none is lost.

Histories are decided on a file in memory, as the engine decides them; a few fixed ones.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models.case_file import CaseFile
from models.entities.allocation import AllocationState
from models.entities.ledger import TERMS, LedgerAccount
from models.entities.payout import ClawbackGround, PayoutState
from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.money import Money
from recovery_flows.approvals import upkeep
from recovery_flows.cases import approval_effects
from recovery_flows.correspondence import answers
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger import discrepancies
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.outstanding_losses import paid_minor
from recovery_flows.restitution import decisions, stage, unclaimed
from recovery_flows.restitution.clawback import orders
from recovery_flows.restitution.rounds import rounds_of
from tests.records.money.unclaimed_case import short_notice

HELD, REPORTED = 200_000, 300_000
STEPS = (
    "settle", "send_back", "refuse", "pay_short", "announce", "claimed", "wait", "transfer",
    "refund", "call_back", "write_off", "look_into", "decide_next",
)  # fmt: skip


@dataclass
class Play:
    """One history on a file in memory."""

    changes: Changeset
    laws: Any
    now: Any

    @property
    def file(self) -> CaseFile:
        return self.changes.file

    def pay(self, state: str, short: int = 0) -> None:
        going = [p for p in self.file.payouts if p.state is PayoutState.INSTRUCTED]
        back = [p for p in self.file.payouts if p.state is PayoutState.SETTLED]
        for payout in (going or (back if state == "RETURNED" else []))[:1]:
            amount = Money(payout.amount_minor - short, payout.currency)
            fact = PayoutFact(
                bank_ref=f"P-{payout.id[-6:]}", revision=payout.bank_revision + 1,
                order_ref=payout.id, state=BankPayoutState(state), amount=amount, debited=amount,
                booked_at=self.now, booking_ref="B-1", modified_at=self.now, reason="",
            )  # fmt: skip
            answers.apply_payout_fact(self.changes, payout.id, fact, self.now)

    def bank_follows(self) -> None:
        """The bank states what is left of each freeze after what it has paid out of it."""
        for hold in self.file.holds:
            if hold.kind != "freeze" or hold.state not in ("frozen", "disposed"):
                continue
            taken = sum(p.taken_minor for p in self.file.payouts if p.hold_id == hold.id)
            fact = HoldFact(
                bank_ref=hold.bank_ref, revision=hold.bank_revision + 1, order_ref=hold.id,
                state=BankHoldState.HELD, requested=Money(hold.requested_minor, "CNY"),
                held=Money(100_000 - taken, "CNY"), acted_at=hold.acted_at,
                expires_at=hold.expires_at, modified_at=self.now, reason="",
            )  # fmt: skip
            answers.apply_hold_fact(self.changes, hold.id, fact, self.laws, self.now)

    def approve_all(self) -> None:
        for approval in self.file.approvals:
            if approval.state == "pending":
                with suppress(StepRefusedError):
                    approval_effects.approve(
                        self.changes, approval.id, "wu", "", self.now, self.laws
                    )

    def step(self, name: str) -> None:
        with suppress(StepRefusedError):
            _DO[name](self)
        self.bank_follows()
        stage.advance(self.changes, self.now, self.laws)
        upkeep.void_changed(self.changes, self.now)
        # Its calls are answered: nothing is on the way but what the payouts say.
        self.changes.file = _answered(self.file)


def _answered(file: CaseFile) -> CaseFile:
    return replace(file, calls=())


def _share(play: Play, *states: str) -> str:
    return next((u.id for u in play.file.unclaimed if u.state in states), "none")


def _announce(play: Play) -> None:
    back = [p for p in play.file.payouts if p.state in ("refused", "returned")]
    for payout in back[-1:]:
        unclaimed.announce(play.changes, payout.id, "chen", "note", play.now, play.laws)


def _transfer(play: Play) -> None:
    account = play.file.claims[0].payee_account_id
    unclaimed.transfer(play.changes, _share(play, "term_ended"), account, "chen", play.now)
    play.approve_all()


def _refund(play: Play) -> None:
    name, paid = _share(play, "treasury"), Money(20_000, "CNY")
    unclaimed.enter_refund(play.changes, name, paid, play.now, "paper", "chen", play.now)
    play.approve_all()


def _call_back(play: Play) -> None:
    paid = [p for p in play.file.payouts if p.returned_minor]
    ground = ClawbackGround.WRONG_PAYEE
    for payout in paid[:1]:
        back = Money(payout.returned_minor, "CNY")
        orders.order(play.changes, payout.id, back, ground, "chen", "note", play.now)
        play.approve_all()


def _write_off(play: Play) -> None:
    name = next((c.id for c in play.file.clawbacks if c.state == "ordered"), "none")
    orders.write_off(play.changes, name, "chen", "note", play.now)
    play.approve_all()


def _look_into(play: Play) -> None:
    for found in discrepancies.open_ones(play.file):
        discrepancies.resolve(play.changes, found.id, "chen", play.now)


def _decide_next(play: Play) -> None:
    """Notice, its thirty days, decision by two people, of what is drafted."""
    for allocation in play.file.allocations:
        if allocation.state is AllocationState.DRAFT:
            decisions.publish_notice(play.changes, allocation.id, play.now, play.laws)
            play.now += timedelta(days=31)
            stage.advance(play.changes, play.now, play.laws)
            decisions.submit_allocation(play.changes, allocation.id, "chen", play.now, play.laws)
            play.approve_all()


def _wait(play: Play) -> None:
    play.now += timedelta(days=31)


_DO: dict[str, Callable[[Play], None]] = {
    "settle": lambda play: play.pay("SETTLED"),
    "send_back": lambda play: play.pay("RETURNED"),
    "refuse": lambda play: play.pay("REFUSED"),
    "pay_short": lambda play: play.pay("SETTLED", 1),
    "announce": _announce,
    "claimed": lambda play: unclaimed.claimed(play.changes, _share(play, "announced"), "note"),
    "wait": _wait,
    "transfer": _transfer,
    "refund": _refund,
    "call_back": _call_back,
    "write_off": _write_off,
    "look_into": _look_into,
    "decide_next": _decide_next,
}


def check(file: CaseFile) -> None:
    """Σ payouts within each pool and within what was held; each claim within its loss; whole."""
    for allocation in file.allocations:
        going = [p for p in file.payouts_of(allocation.id) if p.state != "cancelled"]
        assert sum(p.amount_minor for p in going) <= allocation.pool_minor
    assert sum(p.taken_minor for p in file.payouts) <= HELD
    for claim in file.claims:
        assert 0 <= paid_minor(file, claim) <= claim.upheld_minor
    for one in rounds_of(file):
        kept = sum(money.minor for money in one.reserves.values())
        assert one.pool.minor == one.paid.minor + kept
        assert all(money.minor >= 0 for money in one.reserves.values())
    terms: dict[LedgerAccount, int] = {}
    for balance in file.balances:
        if balance.account in TERMS:
            terms[balance.account] = terms.get(balance.account, 0) + balance.claim_minor
    assert min(terms.values()) >= 0
    assert sum(terms.values()) == REPORTED


@pytest.fixture
def paying(unit: Any, acts: Any) -> Play:
    recovery_id = acts.pooled(3, HELD, until="approved")
    short_notice(unit)
    return Play(Changeset(_answered(unit.file(recovery_id))), unit.laws, unit.now)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(STEPS), min_size=4, max_size=25))
def test_money_is_kept_whole_through_payments_sent_back_unclaimed_refunded_and_called_back(
    paying: Play, names: list[str]
) -> None:
    play = Play(Changeset(paying.file), paying.laws, paying.now)
    for name in names:
        play.step(name)
        check(play.file)


def test_the_histories_reach_what_they_are_about(paying: Play) -> None:
    reached: set[str] = set()
    for names in (
        "settle settle send_back settle look_into announce wait transfer settle wait refund",
        "settle settle settle settle call_back write_off decide_next look_into settle",
        "refuse look_into settle settle settle decide_next settle announce claimed decide_next",
    ):
        play = Play(Changeset(paying.file), paying.laws, paying.now)
        for name in names.split():
            play.step(name)
            check(play.file)
        reached |= {f"{m.noun} {m.event}" for m in play.changes.moves}
    assert {
        "unclaimed_share transferred", "unclaimed_share refund_confirmed", "payout clawed_back",
        "clawback write_off_confirmed", "payout returned", "allocation approved",
    } <= reached  # fmt: skip

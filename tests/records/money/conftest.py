"""Acts with held money: frozen, decided on, paid back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from models.entities.call import CallKind, CallState
from models.entities.hold import HoldKind, HoldState
from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.money import Money
from models.queries.cases.case_files import load_file
from models.store.calls import mark_sent, settle
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.next_steps import steps
from recovery_flows.correspondence import answers
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.decisions import decide
from recovery_flows.errors import StepRefusedError
from recovery_flows.ledger.changeset import Changeset
from tests.records.begun import played
from tests.records.treasury import treasury

__all__ = ["treasury"]


@dataclass
class Acts:
    """What the engine and the banks do in a unit, without a network."""

    unit: Any

    @property
    def held_minor(self) -> int:
        """What there is to hold on the account of `pooled`."""
        return int(self.unit.held_minor)

    @held_minor.setter
    def held_minor(self, minor: int) -> None:
        self.unit.held_minor = minor

    def decide(self, recovery_id: str) -> None:
        """Let the engine's four stages look at a recovery."""
        engine = Engine(self.unit.database, self.unit.laws, Pace(), "test", lambda: self.unit.now)
        decide(engine, [recovery_id])

    def settle(
        self,
        recovery_id: str,
        payout_id: str,
        state: str = "SETTLED",
        *,
        credited: Money | None = None,
        debited: Money | None = None,
        reason: str = "",
    ) -> None:
        """The bank says what became of a payout; where no sum is given, as ordered."""
        with unit_of_work(self.unit.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            payout = next(p for p in changes.file.payouts if p.id == payout_id)
            amount = Money(payout.amount_minor, payout.currency)
            fact = PayoutFact(
                bank_ref=f"P-{payout_id[-6:]}",
                revision=payout.bank_revision + 1,
                order_ref=payout_id,
                state=BankPayoutState(state),
                amount=credited or amount,
                debited=debited or amount,
                booked_at=self.unit.now,
                booking_ref="B-1",
                modified_at=self.unit.now,
                reason=reason,
            )
            answers.apply_payout_fact(changes, payout_id, fact, self.unit.now)
            commit_changes(unit, ENGINE, self.unit.now, self.unit.laws, changes)

    def frozen(self, held_minor: int = 70_000) -> str:
        """A traced recovery whose stop has become a freeze."""
        return played(self.unit, ("frozen", held_minor), lambda: self._frozen(held_minor))

    def _frozen(self, held_minor: int) -> str:
        recovery_id = str(self.unit.traced(held_minor))
        self.decide(recovery_id)
        freeze = next(h for h in self.unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE)
        self.unit.case_officer().advance(recovery_id)
        self.unit.approve(recovery_id)
        self.unit.bank_says(recovery_id, freeze.id, min(held_minor, freeze.requested_minor))
        self.decide(recovery_id)
        return recovery_id

    def decided(self, held_minor: int = 70_000) -> str:
        """A frozen recovery whose return is submitted and waits for its second person."""
        return played(self.unit, ("decided", held_minor), lambda: self._decided(held_minor))

    def _decided(self, held_minor: int) -> str:
        recovery_id = self.frozen(held_minor)
        self.close_calls(recovery_id)
        self.decide(recovery_id)
        while not self.unit.file(recovery_id).allocations:
            self.unit.case_officer().advance(recovery_id)
            self.decide(recovery_id)
        while not any(a.action == "return" for a in self.unit.file(recovery_id).approvals):
            self.unit.case_officer().advance(recovery_id)
            self.unit.later(24 * 40)
            self.decide(recovery_id)
        return recovery_id

    def pooled(self, victims: int, held_minor: int, until: str = "") -> str:
        """Some victims' payments of 1,000.00 to one account, joined, stopped and traced.

        `until`: and gone on with until a return decision is in that state.
        """
        self.held_minor, key = held_minor, ("pooled", victims, held_minor, until)
        return played(self.unit, key, lambda: self._pooled(victims, held_minor, until))

    def _pooled(self, victims: int, held_minor: int, until: str) -> str:
        recovery_id = self.pooled_of(self.unit.report(*self.unit.reports(victims)), held_minor)
        if until:
            self.until(recovery_id, until)
        return recovery_id

    def pooled_of(self, ids: list[str], held_minor: int) -> str:
        """The reports of these recoveries, each of a payment of 1,000.00 to the one account."""
        unit, self.held_minor = self.unit, held_minor
        victims, (first, *others) = len(ids), ids
        unit.accept(first)
        for other in others:
            unit.accept(other)
            unit.case_officer().join(first, other)
        self.decide(first)
        hold_id = unit.order(first)
        unit.approve(first)
        unit.bank_says(first, hold_id, min(100_000, held_minor))
        self.statement_of(first, victims, victims * 100_000 - held_minor)
        self.close_calls(first)
        return str(first)

    def statement_of(
        self, recovery_id: str, victims: int, left_minor: int, to_hours: float = 48
    ) -> None:
        """The account's statement: what the victims paid came, a part of it left in cash."""
        lines = [self.unit.line(n, 100_000, at_hours=n, ref=f"E{n}") for n in range(1, victims + 1)]
        if left_minor:
            left = self.unit.line(9, -left_minor, counter=None, at_hours=victims + 0.5)
            lines.append(left)
        self.unit.trace(recovery_id, self.unit.statement(lines, to_hours=to_hours))

    def settled_trace(self, recovery_id: str) -> None:
        """The engine looks, and every question of it is answered, until the trace stands."""
        key = ("settled", recovery_id, self.held_minor)
        played(self.unit, key, lambda: self._settled_trace(recovery_id))

    def _settled_trace(self, recovery_id: str) -> None:
        for _ in range(6):
            before = self.unit.file(recovery_id)
            self.decide(recovery_id)
            self.bank_holds(recovery_id)
            self.close_calls(recovery_id, CallKind.STATEMENT, CallKind.HOLD, CallKind.RELEASE)
            if self.unit.file(recovery_id) == before:
                return  # nothing happened, and nothing would the next time

    def bank_holds(self, recovery_id: str) -> None:
        """The bank holds what was ordered, as far as there is something; what is released, goes."""
        for hold in self.unit.file(recovery_id).holds:
            if hold.state is HoldState.ORDERED:
                others = sum(
                    h.held_minor
                    for h in self.unit.file(recovery_id).holds
                    if h.id != hold.supersedes_id
                )
                there = max(0, self.held_minor - others)
                if there:
                    self.unit.bank_says(recovery_id, hold.id, min(hold.requested_minor, there))
                else:
                    self.bank_refuses(recovery_id, hold.id)

    def bank_refuses(self, recovery_id: str, hold_id: str) -> None:
        """The bank finds nothing (more) to hold."""
        with unit_of_work(self.unit.database) as unit:
            changes = Changeset(load_file(unit.session, recovery_id))
            requested = Money(changes.file.hold(hold_id).requested_minor, "CNY")
            fact = HoldFact(
                bank_ref=f"H-{hold_id[-6:]}", revision=3, order_ref=hold_id,
                state=BankHoldState.REFUSED, requested=requested, held=Money(0, "CNY"),
                acted_at=self.unit.now, expires_at=None, modified_at=self.unit.now,
                reason="NO_BALANCE",
            )  # fmt: skip
            answers.apply_hold_fact(changes, hold_id, fact, self.unit.laws, self.unit.now)
            commit_changes(unit, ENGINE, self.unit.now, self.unit.laws, changes)

    def until(self, recovery_id: str, state: str) -> None:
        """Officer, supervisor and bank do their part until a return decision is in that state."""
        key = ("until", recovery_id, state, self.held_minor)
        played(self.unit, key, lambda: self._until(recovery_id, state))

    def _until(self, recovery_id: str, state: str) -> None:
        for _ in range(60):
            self._settled_trace(recovery_id)
            live = [a for a in self.unit.file(recovery_id).allocations if a.state != "void"]
            if live and live[-1].state == state:
                return
            self._one_step(recovery_id, is_due=bool(live) and live[-1].state == "notice")
        file = self.unit.file(recovery_id)
        raise AssertionError(
            f"never {state}: {steps(file, self.unit.laws)} {file.holds} {file.assets} {file.calls}"
        )

    def _one_step(self, recovery_id: str, *, is_due: bool) -> None:
        if is_due:
            self.unit.later(24 * 31)
            return
        file = self.unit.file(recovery_id)
        if any(a.state == "pending" for a in file.approvals):
            self.unit.approve(recovery_id)
            return
        with suppress(StepRefusedError):
            self.unit.case_officer().advance(recovery_id)

    def newcomer_wants(self, number: int) -> str:
        """Another victim's report of a payment to the same account is accepted."""
        (other,) = self.unit.report(self.unit.reports(number)[number - 1])
        self.unit.accept(other)
        return str(other)

    def newcomer(self, recovery_id: str, number: int) -> None:
        """Another victim of the same account joins; its statement shows his payment too."""
        other = self.newcomer_wants(number)
        self.decide(recovery_id)
        self.unit.case_officer().join(recovery_id, other)
        self.statement_of(recovery_id, number, 50_000, to_hours=24 * 60)

    def postpone(self, recovery_id: str, call_id: str) -> None:
        """A call was about to leave, and its bank was away."""
        with unit_of_work(self.unit.database) as unit:
            mark_sent(unit, self.unit.now, recovery_id, call_id, CallState.PLANNED)
            settle(
                unit, self.unit.now, recovery_id, call_id, CallState.SENT, "postponed",
                reason="away",
            )  # fmt: skip

    def lose_answer(self, recovery_id: str, call_id: str) -> None:
        """A call left and nobody knows what became of it; then its bank says it never saw it."""
        with unit_of_work(self.unit.database) as unit:
            mark_sent(unit, self.unit.now, recovery_id, call_id, CallState.PLANNED)
            settle(
                unit, self.unit.now, recovery_id, call_id, CallState.SENT, "unknown",
                reason="no answer",
            )  # fmt: skip
            settle(
                unit, self.unit.now, recovery_id, call_id, CallState.UNKNOWN, "never_seen",
                reason="the bank never saw it",
            )  # fmt: skip

    def close_calls(self, recovery_id: str, *kinds: CallKind) -> None:
        """All calls that wait are answered, or those of these kinds."""
        with unit_of_work(self.unit.database) as unit:
            for call in load_file(unit.session, recovery_id).calls:
                if kinds and call.kind not in kinds:
                    continue
                mark_sent(unit, self.unit.now, recovery_id, call.id, call.state)
                settle(unit, self.unit.now, recovery_id, call.id, CallState.SENT, "answered")


@pytest.fixture(scope="session")
def acting() -> type[Acts]:
    return Acts


@pytest.fixture
def acts(unit: Any) -> Acts:
    return Acts(unit)

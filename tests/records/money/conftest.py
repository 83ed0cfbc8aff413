"""Acts with held money: frozen, decided on, paid back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from models.facts import BankPayoutState, PayoutFact
from models.money import Money
from models.queries.files import load_file
from models.states import CallState, HoldKind
from models.store.calls import mark_sent, settle
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.desk.recording import conclude
from recovery_flows.flows.context import Engine, Pace
from recovery_flows.flows.deciding import STAGES, decide
from recovery_flows.rules import answers
from recovery_flows.rules.progress import Progress


@dataclass
class Acts:
    """What the engine and the banks do in a unit, without a network."""

    unit: Any

    def decide(self, recovery_id: str) -> None:
        """Let the engine's four stages look at a recovery once."""
        engine = Engine(self.unit.database, self.unit.laws, Pace(), "test", lambda: self.unit.now)
        for stage in STAGES:
            decide(engine, stage, [recovery_id])

    def settle(
        self,
        recovery_id: str,
        payout_id: str,
        state: str = "SETTLED",
        *,
        credited: Money | None = None,
        debited: Money | None = None,
    ) -> None:
        """The bank says what became of a payout; where no sum is given, as ordered."""
        with unit_of_work(self.unit.database) as unit:
            progress = Progress(load_file(unit.session, recovery_id))
            payout = next(p for p in progress.file.payouts if p.id == payout_id)
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
            )
            answers.take_payout_fact(progress, payout_id, fact, self.unit.now)
            conclude(unit, ENGINE, self.unit.now, self.unit.laws, progress)

    def frozen(self, held_minor: int = 70_000) -> str:
        """A traced recovery whose stop has become a freeze."""
        recovery_id = self.unit.traced(held_minor)
        self.decide(recovery_id)
        freeze = next(h for h in self.unit.file(recovery_id).holds if h.kind is HoldKind.FREEZE)
        self.unit.desk().advance(recovery_id)
        self.unit.approve(recovery_id)
        self.unit.bank_says(recovery_id, freeze.id, min(held_minor, freeze.requested_minor))
        self.decide(recovery_id)
        return recovery_id

    def decided(self, held_minor: int = 70_000) -> str:
        """A frozen recovery whose return is submitted and waits for its second person."""
        recovery_id = self.frozen(held_minor)
        self.close_calls(recovery_id)
        self.decide(recovery_id)
        while not self.unit.file(recovery_id).allocations:
            self.unit.desk().advance(recovery_id)
            self.decide(recovery_id)
        while not any(a.action == "return" for a in self.unit.file(recovery_id).approvals):
            self.unit.desk().advance(recovery_id)
            self.unit.later(24 * 40)
            self.decide(recovery_id)
        return recovery_id

    def close_calls(self, recovery_id: str) -> None:
        """All calls that wait are answered."""
        with unit_of_work(self.unit.database) as unit:
            for call in load_file(unit.session, recovery_id).calls:
                mark_sent(unit, self.unit.now, recovery_id, call.id, call.state)
                settle(unit, self.unit.now, recovery_id, call.id, CallState.SENT, "answered")


@pytest.fixture(scope="session")
def acting() -> type[Acts]:
    return Acts


@pytest.fixture
def acts(unit: Any) -> Acts:
    return Acts(unit)

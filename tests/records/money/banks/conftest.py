"""A frozen sum and a payout on its way, in whatever state a test wants them to be in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.discrepancy import DiscrepancyRow
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.entities.ledger import TERMS, LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from models.entities.recovery import RecoveryState
from models.facts import BankHoldState, BankPayoutState, HoldFact, PayoutFact
from models.money import Money
from models.queries.audit.verify import verify
from models.queries.cases.case_files import load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.freezing.answer_table import HOLDING
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.reports.ledger_check import ledger_check

CNY, DAY = "CNY", timedelta(days=1)


@dataclass
class Banks:
    """One recovery with a freeze of 700.00 and a payout out of it, and what its bank states."""

    file: CaseFile
    now: datetime
    laws: Any

    @property
    def freeze(self) -> HoldRow:
        (found,) = (h for h in self.file.holds if h.kind is HoldKind.FREEZE)
        return found

    @property
    def payout(self) -> PayoutRow:
        (found,) = self.file.payouts
        return found

    def closed(self) -> None:
        state = RecoveryState.CLOSED_RETURNED
        self.file = replace(self.file, recovery=replace(self.file.recovery, state=state))

    def hold_is(self, state: HoldState, **more: Any) -> None:
        """The freeze is recorded as in this state, with the figures that go with it."""
        live = state in LIVE_HOLDS
        over = {HoldState.LAPSED: self.now - DAY}
        values: dict[str, Any] = {
            "state": state,
            "held_minor": 70_000 if live else 0,
            "bank_revision": 5,
            "expires_at": over.get(state, self.freeze.expires_at),
        }
        hold = replace(self.freeze, **(values | more))
        holds = tuple(hold if h.id == hold.id else h for h in self.file.holds)
        self.file = replace(self.file, holds=holds)

    def payout_is(self, state: PayoutState, **more: Any) -> None:
        """The payout is recorded as in this state; settled as it was ordered."""
        values: dict[str, Any] = {"state": state, "bank_revision": 5, "bank_ref": "P-1"}
        if state in (PayoutState.SETTLED, PayoutState.RETURNED):
            for name in ("settled", "debited"):
                values |= {f"{name}_minor": 70_000, f"{name}_currency": CNY}
        payout = replace(self.payout, **(values | more))
        self.file = replace(self.file, payouts=(payout,))

    def hold_fact(self, state: BankHoldState, **more: Any) -> HoldFact:
        """The next revision of the bank about the freeze, of this state."""
        holds = state in HOLDING
        values: dict[str, Any] = {
            "bank_ref": self.freeze.bank_ref,
            "revision": self.freeze.bank_revision + 1,
            "order_ref": self.freeze.id,
            "state": state,
            "requested": Money(self.freeze.requested_minor, CNY),
            "held": Money(70_000 if holds else 0, CNY),
            "acted_at": self.freeze.acted_at or self.now - DAY,
            "expires_at": self.now + 30 * DAY,
            "modified_at": self.now,
        }
        return HoldFact(**(values | more))

    def payout_fact(self, state: BankPayoutState, **more: Any) -> PayoutFact:
        """The next revision of the bank about the payout, of this state, with the ordered sums."""
        amount = Money(self.payout.amount_minor, CNY)
        values: dict[str, Any] = {
            "bank_ref": self.payout.bank_ref or "P-1",
            "revision": self.payout.bank_revision + 1,
            "order_ref": self.payout.id,
            "state": state,
            "amount": amount,
            "debited": amount if state is BankPayoutState.SETTLED else None,
            "booked_at": self.now,
            "booking_ref": "B-1",
            "modified_at": self.now,
        }
        return PayoutFact(**(values | more))

    def states(self, fact: HoldFact | PayoutFact) -> Changeset:
        """Take what the bank states; the file goes on from there."""
        changes = Changeset(self.file)
        if isinstance(fact, HoldFact):
            answers.apply_hold_fact(changes, fact.order_ref, fact, self.laws, self.now)
        else:
            answers.apply_payout_fact(changes, fact.order_ref, fact, self.now)
        self.file = changes.file
        return changes

    def found(self) -> list[DiscrepancyRow]:
        return list(self.file.discrepancies)

    def kinds(self) -> list[str]:
        return sorted(d.kind for d in self.file.discrepancies)


def take(unit: Any, recovery_id: str, fact: HoldFact | PayoutFact) -> CaseFile:
    """What a bank states is taken and recorded, as the feed does it."""
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery_id))
        if isinstance(fact, HoldFact):
            answers.apply_hold_fact(changes, fact.order_ref, fact, unit.laws, unit.now)
        else:
            answers.apply_payout_fact(changes, fact.order_ref, fact, unit.now)
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)
    found: CaseFile = unit.file(recovery_id)
    return found


@dataclass
class Recorded:
    """The recovery of `Banks` in a database of its own: what is stated is written down."""

    unit: Any
    acts: Any
    id: str

    @property
    def banks(self) -> Banks:
        return Banks(self.unit.file(self.id), self.unit.now, self.unit.laws)

    def states(self, fact: HoldFact | PayoutFact) -> Banks:
        take(self.unit, self.id, fact)
        return self.banks

    def engine(self) -> Banks:
        """The engine looks at the recovery once."""
        self.acts.decide(self.id)
        return self.banks

    def assert_books_hold(self) -> None:
        with self.unit.database.reading() as session:
            assert ledger_check(session).differences == ()
        assert verify(self.unit.database) == ()
        sums = dict.fromkeys(TERMS, 0)
        for balance in self.banks.file.balances:
            if balance.account in sums:
                sums[balance.account] += balance.claim_minor
        assert sum(sums.values()) == 100_000
        assert min(sums.values()) >= 0

    def held(self) -> int:
        """What the ledger shows as held of the loss."""
        return sum(
            b.claim_minor for b in self.banks.file.balances if b.account is LedgerAccount.HELD
        )


@pytest.fixture
def recorded(paying: Any, copied: Any, acting: Any, tmp_path: Path) -> Iterator[Recorded]:
    before, recovery_id, _ = paying
    unit = copied(before.folder, tmp_path / "unit")
    unit.now = before.now
    yield Recorded(unit, acting(unit), recovery_id)
    unit.database.dispose()


@pytest.fixture(scope="session")
def paying(installed: Any, copied: Any, acting: Any, tmp_path_factory: Any) -> Any:
    """The unit of the recovery below, and its id."""
    unit = copied(installed, tmp_path_factory.mktemp("paying") / "unit")
    acts = acting(unit)
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    # The bank has taken the order in.
    acts.close_calls(recovery_id, CallKind.PAYOUT)
    file = unit.file(recovery_id)
    unit.database.dispose()
    return unit, recovery_id, file


@pytest.fixture
def banks(paying: Any) -> Banks:
    unit, _, file = paying
    return Banks(file, unit.now, unit.laws)

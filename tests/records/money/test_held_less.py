"""A bank that found no money is asked again at once when less is held on the account."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.asset import AssetRow
from models.entities.call import CallKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.facts import BankHoldState, HoldFact
from models.money import Money
from models.queries.cases.case_files import files_by_id, load_file
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases.commit import commit_changes
from recovery_flows.correspondence import answers
from recovery_flows.engine.context import Engine, Pace
from recovery_flows.engine.outbox.portion import Portion
from recovery_flows.freezing import account_monitoring
from recovery_flows.ledger.changeset import Changeset


def balance_calls(unit: Any, recovery: str) -> int:
    return sum(c.kind is CallKind.BALANCE for c in unit.file(recovery).calls)


def the_account(unit: Any, recovery: str) -> AssetRow:
    (asset,) = unit.file(recovery).assets
    found: AssetRow = asset
    return found


def stops(unit: Any, recovery: str, state: HoldState) -> list[HoldRow]:
    holds: list[HoldRow] = unit.file(recovery).holds
    return [h for h in holds if h.kind is HoldKind.STOP and h.state is state]


def bank_has(unit: Any, recovery: str, minor: int) -> None:
    """The bank answers what is free on the account."""
    with unit_of_work(unit.database) as work:
        changes = Changeset(load_file(work.session, recovery))
        (asset,) = changes.file.assets
        account_monitoring.apply_balance(
            changes, asset.id, Money(minor, "CNY"), unit.laws, unit.now
        )
        commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def held(hold: HoldRow, unit: Any) -> HoldFact:
    """Its bank has carried out an order to hold, for all that it asks for."""
    asked = Money(hold.requested_minor, hold.currency)
    return HoldFact(
        bank_ref=f"H-{hold.id[-6:]}", revision=3, order_ref=hold.id, state=BankHoldState.HELD,
        requested=asked, held=asked, acted_at=unit.now, expires_at=None, modified_at=unit.now,
    )  # fmt: skip


@pytest.fixture
def freezing(unit: Any, acts: Any) -> str:
    """All of the account, 1,000.00, is stopped; a freeze of the 400.00 that are traced is sent."""
    (first,) = unit.report(unit.reports(1)[0])
    unit.accept(first)
    acts.decide(first)
    stop = unit.order(first)
    unit.approve(first)
    unit.bank_says(first, stop, 100_000)
    came = unit.line(1, 100_000, at_hours=1, ref="E1")
    left = unit.line(2, -60_000, counter=None, at_hours=1.5)
    unit.trace(first, unit.statement([came, left]))
    acts.close_calls(first)
    acts.decide(first)
    unit.case_officer().advance(first)
    unit.approve(first)
    return str(first)


@pytest.fixture
def second(unit: Any, acts: Any, freezing: str) -> str:
    """Another victim's recovery, of whose stop the bank found nothing to hold."""
    (other,) = unit.report(unit.reports(2)[1])
    unit.accept(other)
    acts.decide(other)
    (stop,) = stops(unit, other, HoldState.DRAFT)
    unit.case_officer().advance(other, to=stop.id, knowing=True)
    unit.approve(other)
    acts.bank_refuses(other, stop.id)
    acts.decide(other)
    assert the_account(unit, other).watch == account_monitoring.ON
    assert balance_calls(unit, other) == 0, freezing
    return str(other)


def freeze_acts(unit: Any, recovery: str) -> None:
    (freeze,) = [h for h in unit.file(recovery).holds if h.kind is HoldKind.FREEZE]
    unit.bank_says(recovery, freeze.id, freeze.requested_minor)


def test_a_smaller_freeze_of_another_recovery_has_the_bank_asked_what_is_free(
    unit: Any, acts: Any, freezing: str, second: str
) -> None:
    """The account was looked at a day later: its holder is quicker."""
    freeze_acts(unit, freezing)
    assert the_account(unit, second).watch_due_at == unit.now
    assert unit.one(f"SELECT wake_at <= '{unit.now:%Y-%m-%d %H:%M:%S}' || '.000000'"
                    f" FROM recovery WHERE id = '{second}'")  # fmt: skip
    acts.decide(second)
    assert balance_calls(unit, second) == 1
    bank_has(unit, second, 60_000)
    assert [h.requested_minor for h in stops(unit, second, HoldState.DRAFT)] == [60_000]


def test_a_freeze_of_all_that_was_stopped_asks_nobody(
    unit: Any, acts: Any, freezing: str, second: str
) -> None:
    (stop,) = stops(unit, freezing, HoldState.STOPPED)
    unit.bank_says(freezing, stop.id, 40_000, 4)
    acts.decide(second)
    asked = balance_calls(unit, second)
    freeze_acts(unit, freezing)
    acts.decide(second)
    assert balance_calls(unit, second) == asked


def test_beside_a_freeze_no_more_is_stopped_than_what_it_lacks_of_what_is_disputed(
    unit: Any, acts: Any, freezing: str, second: str
) -> None:
    """Both are one recovery now; of the second victim's 1,000.00 nothing is held."""
    unit.case_officer().join(freezing, second)
    lines = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, -60_000, counter=None, at_hours=1.5),
        unit.line(3, 100_000, at_hours=2, ref="E2"),
    ]
    unit.trace(freezing, unit.statement(lines, to_hours=49))
    acts.close_calls(freezing)
    acts.decide(freezing)
    holds = unit.file(freezing).holds
    (freeze,) = [h for h in holds if (h.kind, h.state) == (HoldKind.FREEZE, HoldState.DRAFT)]
    assert freeze.requested_minor == the_account(unit, freezing).traced_minor == 140_000
    unit.case_officer().advance(freezing, to=freeze.id)
    unit.approve(freezing)
    unit.bank_says(freezing, freeze.id, 90_000)
    acts.decide(freezing)
    bank_has(unit, freezing, 500_000)
    (stop,) = stops(unit, freezing, HoldState.DRAFT)
    assert stop.requested_minor == 50_000


def test_a_recovery_that_cannot_be_read_does_not_keep_another_ones_freeze_from_being_booked(
    unit: Any, freezing: str, second: str
) -> None:
    unit.tamper(f"UPDATE claim SET paid_at = 'no instant' WHERE recovery_id = '{second}'")
    freeze_acts(unit, freezing)
    (freeze,) = [h for h in unit.file(freezing).holds if h.kind is HoldKind.FREEZE]
    assert (freeze.state, freeze.held_minor) == (HoldState.FROZEN, 40_000)


def test_an_answer_about_the_hastened_recovery_is_settled_on_what_it_has_become(
    unit: Any, freezing: str, second: str
) -> None:
    """Both were read when the transaction began, and are settled one after the other."""
    engine = Engine(unit.database, unit.laws, Pace(), "test", lambda: unit.now)
    with unit_of_work(unit.database) as work:
        portion = Portion(work, engine, "a lease", [])
        portion._files = files_by_id(work.session, [freezing, second])
        changes = Changeset(portion.file(freezing))
        (freeze,) = [h for h in changes.file.holds if h.kind is HoldKind.FREEZE]
        answers.apply_hold_fact(changes, freeze.id, held(freeze, unit), unit.laws, unit.now)
        portion.write(changes)
        portion.conclude()
        assert portion.file(second) == load_file(work.session, second)

"""Money in the unit's hand pays the victims before money that a bank only holds for them.

Seed 90001295: what came in was given back to its payer, since the whole loss was frozen elsewhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.ledger import LedgerAccount
from recovery_flows.cases.next_steps import steps
from recovery_flows.cases.third_parties import actions
from recovery_flows.cases.third_parties.actions import Filing
from recovery_flows.freezing.lapse import still_wanted_minor
from recovery_flows.ledger.outstanding_losses import net_loss_minor
from recovery_flows.restitution import guards
from tests.records.money.test_third_party import FAITH, released as bank_released
from tests.records.money.test_voluntary import balance, received, sound
from tests.records.treasury import treasury

__all__ = ["treasury"]


@pytest.fixture
def frozen(acts: Any, treasury: None) -> str:
    """A victim of 1,000.00; all of it is held at a bank."""
    del treasury
    recovery_id = acts.pooled(1, 100_000)
    acts.settled_trace(recovery_id)
    return str(recovery_id)


def custody_of(unit: Any, recovery_id: str) -> Any:
    (hold,) = [h for h in unit.file(recovery_id).holds if h.kind is HoldKind.CUSTODY]
    return hold


def released(unit: Any, recovery_id: str) -> list[str]:
    """The holds that the program would give up now."""
    file = unit.file(recovery_id)
    found = [h.id for a in file.assets for h in guards.to_release(file, a)]
    asked = {s.subject_id for s in steps(file, unit.laws) if s.action == "submit_release"}
    assert asked <= set(found)
    return found


def test_what_came_in_is_the_victims_while_the_loss_is_merely_held(
    unit: Any, acts: Any, frozen: str
) -> None:
    received(unit, frozen, 60_000, "B-1")
    acts.decide(frozen)
    hold = custody_of(unit, frozen)
    assert balance(unit, frozen, LedgerAccount.HELD, "received") == 60_000
    assert balance(unit, frozen, LedgerAccount.HELD, "made_good") == -60_000
    assert balance(unit, frozen, LedgerAccount.HELD) == 100_000, "the loss is there once"
    assert hold.id not in released(unit, frozen)
    assert "victims who are still owed CNY 1,000.00" in guards.why_not_released(
        unit.file(frozen), hold
    )
    sound(unit)


def test_more_than_the_whole_loss_is_nobody_s_and_stays_with_what_is(
    unit: Any, acts: Any, frozen: str
) -> None:
    received(unit, frozen, 150_000, "B-1")
    acts.decide(frozen)
    assert balance(unit, frozen, LedgerAccount.HELD, "received") == 100_000
    assert balance(unit, frozen, LedgerAccount.HELD) == 100_000
    sound(unit)


def test_it_is_paid_at_once_and_the_bank_is_asked_for_the_rest_alone(
    unit: Any, acts: Any, frozen: str
) -> None:
    received(unit, frozen, 60_000, "B-1")
    acts.decide(frozen)
    asset = custody_of(unit, frozen).asset_id
    acts.settled_trace(frozen)
    unit.case_officer().advance(frozen, to=asset)
    acts.decide(frozen)
    (division,) = [a for a in unit.file(frozen).allocations if a.asset_id == asset]
    assert (division.method, division.pool_minor) == ("direct", 60_000)
    unit.case_officer().advance(frozen, to=division.id)
    unit.approve(frozen)
    (payout,) = unit.file(frozen).payouts_of(division.id)
    acts.settle(frozen, payout.id)
    acts.decide(frozen)
    assert balance(unit, frozen, LedgerAccount.RETURNED_VOLUNTARY) == 60_000
    assert balance(unit, frozen, LedgerAccount.HELD) == 40_000
    assert not released(unit, frozen), "the rest of the loss is still owed"
    (claim,) = unit.file(frozen).claims
    assert net_loss_minor(unit.file(frozen), claim) == 40_000, "no more is asked of the bank"
    sound(unit)


def test_a_freeze_that_lapses_is_not_asked_for_again_above_what_is_owed_still(
    unit: Any, acts: Any, frozen: str
) -> None:
    def wanted() -> int:
        file = unit.file(frozen)
        (hold,) = (h for h in file.holds if h.kind is not HoldKind.CUSTODY and h.held_minor)
        lapsed = replace(hold, state=HoldState.LAPSED, held_minor=0)
        holds = tuple(lapsed if h.id == hold.id else h for h in file.holds)
        asset = file.asset(hold.asset_id)
        tracing = replace(file.recovery, trace_wanted=True)
        sums = {
            still_wanted_minor(one, asset, lapsed)
            for one in (replace(file, holds=holds), replace(file, holds=holds, recovery=tracing))
        }
        (minor,) = sums
        return minor

    assert wanted() == 100_000
    test_it_is_paid_at_once_and_the_bank_is_asked_for_the_rest_alone(unit, acts, frozen)
    assert wanted() == 40_000, "the account holder's other money stays free"


def test_what_came_in_after_the_first_was_paid_on_counts_once(
    unit: Any, acts: Any, frozen: str
) -> None:
    test_it_is_paid_at_once_and_the_bank_is_asked_for_the_rest_alone(unit, acts, frozen)
    received(unit, frozen, 30_000, "B-2")
    acts.decide(frozen)
    assert balance(unit, frozen, LedgerAccount.RETURNED_VOLUNTARY) == 60_000
    assert balance(unit, frozen, LedgerAccount.HELD, "received") == 30_000
    assert balance(unit, frozen, LedgerAccount.HELD) == 40_000
    assert not released(unit, frozen)
    sound(unit)


def test_what_a_third_party_keeps_is_made_good_as_well(unit: Any, acts: Any, frozen: str) -> None:
    """Seed 90001806: 30.00 of the loss were a buyer's, and the victim was paid the whole."""
    actions.file_claim(unit.case_officer(), frozen, Filing(FAITH, "bought it", "300.00"))
    claim = unit.file(frozen).third_party_claims[-1]
    actions.decide(unit.case_officer(), frozen, claim.id, "300.00", "a paper shows it")
    unit.approve(frozen)
    bank_released(unit, acts, frozen, 70_000)
    received(unit, frozen, 100_000, "B-1")
    acts.decide(frozen)
    assert balance(unit, frozen, LedgerAccount.HELD, "received") == 100_000
    assert balance(unit, frozen, LedgerAccount.THIRD_PARTY, "made_good") == -30_000
    assert balance(unit, frozen, LedgerAccount.HELD) == 100_000
    sound(unit)

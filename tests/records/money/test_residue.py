"""What no coin can pay has a home: a rounding residue, released by rule with its sum shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from models.action_kinds import ActionKind
from models.case_file import Balance, CaseFile
from models.entities.allocation import AllocationRow, AllocationState
from models.entities.asset import Stage
from models.entities.hold import HoldKind
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutRow, PayoutState
from recovery_flows.cases import next_steps
from recovery_flows.ledger import pools
from recovery_flows.restitution import guards as return_guards


@pytest.fixture
def abroad(unit: Any, acts: Any) -> tuple[CaseFile, Any]:
    """A freeze in pounds; `left` leaves so many pence of it, which carry so much of the loss."""
    recovery_id = acts.frozen()
    acts.settled_trace(recovery_id)
    file = unit.file(recovery_id)
    freeze = next(h for h in file.holds if h.kind is HoldKind.FREEZE)

    def left(claim_minor: int, pence: int) -> CaseFile:
        asset = replace(
            file.asset(freeze.asset_id), currency="GBP", stage=Stage.RESTITUTION,
            traced_claim_minor=90_000, traced_minor=10_000,
        )  # fmt: skip
        hold = replace(freeze, currency="GBP", held_minor=pence)
        held = Balance(
            LedgerAccount.HELD, asset.id, hold.id, "", "", claim_minor, "CNY", pence, "GBP"
        )
        return replace(
            file,
            assets=tuple(asset if a.id == asset.id else a for a in file.assets),
            holds=tuple(hold if h.id == hold.id else h for h in file.holds),
            balances=(held,),
        )

    return left, freeze.id


@pytest.mark.parametrize(("claim_minor", "pence"), [(9, 1), (6, 2)])
def test_a_coin_that_no_open_loss_comes_to_is_released_as_a_rounding_residue(
    unit: Any, abroad: Any, claim_minor: int, pence: int
) -> None:
    left, freeze_id = abroad
    file = left(claim_minor, pence)
    asset = file.asset(file.hold(freeze_id).asset_id)
    assert not pools.is_payable(file, asset, 100_000)
    assert not return_guards.is_allocable(file, asset)
    assert [h.id for h in return_guards.to_release(file, asset)] == [freeze_id]
    assert return_guards.why_not_released(file, file.hold(freeze_id)) == ""
    (step,) = (
        s for s in next_steps.steps(file, unit.laws) if s.action == ActionKind.SUBMIT_RELEASE
    )
    assert f"GBP 0.0{pence}" in step.sentence
    assert "a rounding residue, less than can be paid in coins" in step.sentence
    assert "CNY 1,000.00 stay unpaid" in step.sentence


def test_two_coins_are_paid_and_no_residue_while_a_loss_is_open(abroad: Any) -> None:
    left, freeze_id = abroad
    file = left(18, 2)
    asset = file.asset(file.hold(freeze_id).asset_id)
    assert pools.payable_minor(file, asset) == 18
    assert return_guards.to_release(file, asset) == ()
    assert "traced to victims who are still owed" in return_guards.why_not_released(
        file, file.hold(freeze_id)
    )


def _payout(
    file: CaseFile, hold_id: str, number: int, state: PayoutState, **more: Any
) -> PayoutRow:
    return PayoutRow(
        id=f"payout-{number}", allocation_id=f"alloc-{number}",
        asset_id=file.hold(hold_id).asset_id, claim_id=file.claims[0].id, hold_id=hold_id,
        amount_minor=90, currency="CNY", payee_account_id=file.claims[0].payout_account_id,
        state=state, **more,
    )  # fmt: skip


def test_each_conversion_that_was_refused_for_want_of_money_keeps_a_coin_back_up_to_three(
    abroad: Any,
) -> None:
    left, freeze_id = abroad
    file = left(90, 10)
    asset = file.asset(file.hold(freeze_id).asset_id)

    def coins(*reasons: str) -> int:
        refused = tuple(
            _payout(file, freeze_id, n, PayoutState.REFUSED, reason=reason)
            for n, reason in enumerate(reasons)
        )
        (pool,) = pools.pools(replace(file, payouts=refused), asset)
        return pool.coins

    short = pools.NO_BALANCE
    assert [coins(*[short] * n) for n in range(5)] == [10, 9, 8, 7, 7]
    assert coins("ACCOUNT_CLOSURE") == 10


def test_where_the_rate_has_moved_each_look_of_a_person_asks_for_less_and_never_for_nothing(
    abroad: Any,
) -> None:
    left, freeze_id = abroad
    file = left(90_000, 10_000)
    asset = file.asset(file.hold(freeze_id).asset_id)

    def pool(given: CaseFile, refusals: int, *paid: PayoutRow) -> pools.Pool:
        short = (
            _payout(file, freeze_id, n, PayoutState.REFUSED, reason=pools.NO_BALANCE)
            for n in range(refusals)
        )
        (found,) = pools.pools(replace(given, payouts=(*short, *paid)), asset)
        return found

    coins = [pool(file, n).coins for n in range(3, 12)]
    assert coins == [9_997, 9_897, 9_797, 9_597, 9_197, 8_397, 6_797, 4_997, 4_997]
    paid = _payout(
        file,
        freeze_id,
        90,
        PayoutState.SETTLED,
        settled_minor=80_000,
        settled_currency="CNY",
        debited_minor=10_050,
    )
    rest = left(10_000, 950)
    assert pool(rest, 3, paid).payable_minor == 10_000 * 947 // 950, "a bank that was not dear"
    at_its_rate = 950 * 80_000 // 10_050
    assert pool(rest, 4, paid).payable_minor == at_its_rate * 947 // 950
    assert pool(left(1, 9), 4, paid).less(1).coins >= 0


def test_a_rate_that_moves_on_after_the_bank_has_paid_asks_for_less_after_each_look_too(
    abroad: Any,
) -> None:
    left, freeze_id = abroad
    rest = left(45_000, 4_975)
    asset = rest.asset(rest.hold(freeze_id).asset_id)
    refused = [
        _payout(rest, freeze_id, n, PayoutState.REFUSED, reason=pools.NO_BALANCE)
        for n in range(1, 9)
    ]

    def coins(paid_in: int, refusals: int) -> int:
        paid = _payout(
            rest, freeze_id, 90, PayoutState.SETTLED, settled_minor=45_000, settled_currency="CNY",
            debited_minor=5_025,
        )  # fmt: skip
        paid = replace(paid, allocation_id=f"alloc-{paid_in}")
        rounds = tuple(
            AllocationRow(
                id=f"alloc-{n}", asset_id=asset.id, round_number=n, state=AllocationState.NOT_PAID,
                method="", formula="", pool_minor=0, currency="CNY",
            )
            for n in range(1, 10)
        )  # fmt: skip
        given = replace(rest, allocations=rounds, payouts=(*refused[:refusals], paid))
        (found,) = pools.pools(given, asset)
        return found.coins

    assert [coins(1, n) for n in range(1, 5)] == [4_974, 4_973, 4_972, 4_972], "its rate is tried"
    assert [coins(1, n) for n in range(5, 8)] == [4_923, 4_873, 4_773]
    assert [coins(6, n) for n in range(6, 9)] == [4_972, 4_923, 4_873], "paid after six looks"

"""A court takes a freeze over: held on without a term, disposed of under the court's own clock."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.ledger import LedgerAccount
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing import actions as hold_actions

ORDER = "Synthetic Court, No. 7, 2026-05-02"


def court(unit: Any, bank_ref: str, **more: object) -> None:
    url = unit.sandbox.banks[unit.sandbox.HOME]["url"]
    body = {"hold": bank_ref, **more}
    answer = httpx.post(f"{url}/sandbox/conversions", json=body, trust_env=False)
    assert answer.json()["done"]


def term(unit: Any, account: LedgerAccount) -> int:
    return next(t.amount.minor for t in unit.page().terms if t.account is account)


async def days(unit: Any, count: int) -> None:
    for _ in range(count):
        unit.later(24)
        await unit.sweep()


async def test_a_freeze_that_a_court_took_over_is_held_on_beyond_its_term(unit: Any) -> None:
    frozen = await unit.frozen()
    court(unit, frozen.bank_ref)
    await days(unit, 1)
    hold = unit.hold(HoldKind.FREEZE)
    assert (hold.state, hold.held_minor) == (HoldState.DISPOSAL_PENDING, frozen.held_minor)
    assert hold.expires_at is None
    assert hold.release_due_at is not None
    (clock,) = (c for c in unit.page().clocks if c.what == "court's order due")
    assert (clock.law_row, clock.due_at) == ("CN_DISPOSAL", hold.release_due_at)
    unit.later(24 * 200)
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.DISPOSAL_PENDING
    assert term(unit, LedgerAccount.HELD) == frozen.held_minor
    unit.assert_books_hold()


async def test_what_a_court_gives_to_others_is_gone_for_the_victim_and_says_so(unit: Any) -> None:
    frozen = await unit.frozen()
    court(unit, frozen.bank_ref)
    await days(unit, 1)
    court(unit, frozen.bank_ref, carriedOut=True)
    await days(unit, 2)
    hold = unit.hold(HoldKind.FREEZE)
    assert (hold.state, hold.held_minor) == (HoldState.DISPOSED, 0)
    assert hold.disposed_minor == frozen.held_minor
    assert term(unit, LedgerAccount.GONE) == frozen.held_minor
    assert term(unit, LedgerAccount.LOCATED) == 0
    unit.assert_books_hold()


async def test_an_order_that_is_not_carried_out_in_time_climbs_to_the_supervisor(
    unit: Any,
) -> None:
    frozen = await unit.frozen()
    court(unit, frozen.bank_ref)
    await days(unit, 14)
    hold = unit.hold(HoldKind.FREEZE)
    assert hold.reminded_hours
    assert hold.escalated_at is not None


async def test_an_officer_can_record_the_order_before_the_bank_tells_of_it(unit: Any) -> None:
    frozen = await unit.frozen()
    done = hold_actions.record_conversion(unit.case_officer(), unit.recovery_id, frozen.id, ORDER)
    assert "court" in done
    assert ORDER in " ".join(n.text for n in unit.page().notes)
    court(unit, frozen.bank_ref)
    await days(unit, 1)
    assert unit.hold(HoldKind.FREEZE).state is HoldState.DISPOSAL_PENDING
    with pytest.raises(StepRefusedError, match="only a freeze"):
        hold_actions.record_conversion(unit.case_officer(), unit.recovery_id, frozen.id, ORDER)
    unit.assert_books_hold()


async def test_our_own_freeze_after_a_stop_is_no_court_order(unit: Any) -> None:
    await unit.frozen()
    await days(unit, 1)
    assert unit.hold(HoldKind.STOP).state is HoldState.SUPERSEDED

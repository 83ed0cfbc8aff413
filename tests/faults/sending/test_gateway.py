"""What stands between us and a bank says nothing of what the bank has done: it is asked by key."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.call import CallState
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.payout import PayoutState


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
async def test_a_408_after_the_bank_has_paid_is_unknown_and_asked_by_key(
    unit: Any, turn: int
) -> None:
    await unit.until("return")
    unit.approve()
    unit.sandbox.plant({"call": "POST /v1/payouts", "kind": "gateway", "times": turn + 4})
    await unit.sweep()
    (call,) = (c for c in unit.file().calls if c.kind == "payout")
    assert call.state is CallState.UNKNOWN
    assert [p.state for p in unit.file().payouts] == [PayoutState.INSTRUCTED]
    await unit.come_to_rest()
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]
    returned = LedgerAccount.RETURNED_HOLD
    assert sum(b.claim_minor for b in unit.file().balances if b.account is returned) == 80_000
    assert unit.call_events("payout")[-3:] == ["sent", "unknown", "answered"]
    unit.assert_books_hold()


async def test_a_gateway_s_page_for_a_question_by_key_leaves_the_order_in_doubt(unit: Any) -> None:
    unit.stop()
    unit.sandbox.plant(
        {"call": "POST /v1/holds", "kind": "timeout_after_acting"},
        {"call": "GET /v1/calls/{key}", "kind": "gateway"},
    )
    await unit.sweep()
    await unit.sweep(after_seconds=5)
    (call,) = (c for c in unit.file().calls if c.kind == "hold")
    assert (call.state, unit.hold().state) == (CallState.UNKNOWN, HoldState.ORDERED)
    await unit.come_to_rest()
    assert unit.hold().state is HoldState.STOPPED


async def test_a_gateway_s_page_for_a_statement_leaves_no_account_alone(unit: Any) -> None:
    unit.stop()
    unit.sandbox.plant(
        {"call": "GET /v1/accounts/{number}/transactions", "kind": "gateway", "times": 2}
    )
    await unit.come_to_rest()
    assert [a.left_alone for a in unit.file().assets] == [""]
    assert unit.file().assets[0].statement_to is not None

"""A stop that is ordered first and denied before it leaves: it never leaves, and nothing hangs."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.call import CallState
from models.entities.hold import HoldState
from models.entities.officer import Role


def order_and_deny(unit: Any) -> None:
    """The stop is sent first; the supervisor says no before the engine has sent it."""
    unit.advance()
    unit.advance()
    (asked,) = (a for a in unit.file().approvals if a.state is ApprovalState.PENDING)
    unit.case_officer(Role.SUPERVISOR).deny(asked.id, "the report was a joke")


async def test_a_stop_denied_before_it_left_is_withdrawn_and_nothing_reaches_the_bank(
    unit: Any,
) -> None:
    order_and_deny(unit)
    (ordered,) = unit.file().holds
    assert ordered.state is HoldState.ORDERED
    await unit.sweep()
    assert unit.file().hold(ordered.id).state is HoldState.CANCELLED
    assert unit.call_events("hold") == ["planned", "cancelled"]
    assert unit.sandbox.book()["holds"] == []
    assert not [c for c in unit.file().calls if c.state is CallState.PLANNED]
    unit.assert_books_hold()


async def test_after_a_denied_stop_the_file_goes_on(unit: Any) -> None:
    order_and_deny(unit)
    await unit.sweep()
    (draft,) = (h for h in unit.file().holds if h.state is HoldState.DRAFT)
    assert draft.requested_minor == 80_000
    assert unit.page().steps[0].sentence == "send the stop-payment of CNY 800.00"
    unit.advance()
    unit.approve()
    await unit.come_to_rest()
    assert [h["status"] for h in unit.sandbox.book()["holds"]] == ["HELD"]
    assert unit.file().hold(draft.id).state is HoldState.STOPPED
    unit.assert_books_hold()
    assert await unit.differences() == []


@pytest.mark.parametrize("times", [1, 2])
async def test_a_stop_in_doubt_when_it_is_denied_is_let_go_once_it_is_known(
    unit: Any, times: int
) -> None:
    unit.advance()
    unit.advance()
    fault = {"call": "POST /v1/holds", "kind": "timeout_after_acting"}
    unit.sandbox.plant(fault)
    await unit.sweep()
    (asked,) = (a for a in unit.file().approvals if a.state is ApprovalState.PENDING)
    unit.case_officer(Role.SUPERVISOR).deny(asked.id, "the report was a joke")
    for _ in range(times):
        await unit.come_to_rest()
    assert [h["status"] for h in unit.sandbox.book()["holds"]] == ["RELEASED"]
    assert HoldState.STOPPED not in {h.state for h in unit.file().holds}
    unit.assert_books_hold()

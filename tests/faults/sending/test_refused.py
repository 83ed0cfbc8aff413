"""What a bank refuses is told to the officer, and ordered again once what was wrong is right."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing import actions as hold_actions

REASON = "the duty desk of the bank told the name"
HOLDS = "POST /v1/holds"


async def refused_freeze(unit: Any) -> Any:
    """The bank refuses the freeze for its name; the stop before it is still in force."""
    await unit.until("freeze")
    unit.approve()
    unit.sandbox.plant({"call": HOLDS, "kind": "wrong_name"})
    await unit.sweep()
    freeze = unit.hold(HoldKind.FREEZE)
    assert (freeze.state, freeze.reason) == (HoldState.REJECTED_BY_BANK, "NAME_MISMATCH")
    return freeze


async def test_a_refused_freeze_is_told_before_its_stop_ends_and_ordered_again(unit: Any) -> None:
    freeze = await refused_freeze(unit)
    (step,) = (s for s in unit.page().steps if s.subject_id == freeze.id)
    assert step.sentence == "acknowledge: bank-home refused the freeze: NAME_MISMATCH"
    assert step.due_at == unit.hold().expires_at
    told = hold_actions.order_again(
        unit.case_officer(), unit.recovery_id, freeze.id, REASON, "Synthetic Mule"
    )
    assert told.endswith(f"drafted in the place of {freeze.id} under the name given")
    await unit.until("freeze")
    unit.approve()
    await unit.sweep()
    states = {h.state for h in unit.file().holds}
    assert states == {HoldState.SUPERSEDED, HoldState.REJECTED_BY_BANK, HoldState.FROZEN}
    assert [h["status"] for h in unit.sandbox.book()["holds"]].count("HELD") == 1
    assert freeze.id not in {s.subject_id for s in unit.page().steps}
    unit.assert_books_hold()


async def test_a_stop_whose_freeze_was_refused_does_not_lapse_in_silence(unit: Any) -> None:
    freeze = await refused_freeze(unit)
    while freeze.id in {s.subject_id for s in unit.page().steps}:
        unit.advance()
    unit.later(48)
    await unit.sweep()
    (again,) = (h for h in unit.file().holds if h.state is HoldState.DRAFT)
    assert (again.kind, again.requested_minor) == (HoldKind.STOP, 80_000)
    assert unit.page().steps[0].sentence == "stop CNY 800.00 again: the stop has lapsed"
    unit.assert_books_hold()


async def test_a_refusal_that_is_only_noted_is_not_told_again(unit: Any) -> None:
    unit.sandbox.plant({"call": HOLDS, "kind": "wrong_name"})
    unit.stop()
    await unit.sweep()
    assert unit.page().steps[0].action == "see_refusal"
    unit.advance()
    assert unit.hold().lapse_seen_by == "the-officer"
    assert "see_refusal" not in {s.action for s in unit.page().steps}
    unit.assert_books_hold()


async def test_only_what_was_refused_and_is_not_followed_is_ordered_again(unit: Any) -> None:
    freeze = await refused_freeze(unit)
    stop = unit.hold()

    def again(hold_id: str, reason: str = REASON) -> None:
        hold_actions.order_again(unit.case_officer(), unit.recovery_id, hold_id, reason)

    with pytest.raises(StepRefusedError, match="is stopped: the bank has not refused it"):
        again(stop.id)
    with pytest.raises(MisuseError, match="has no hold nothing"):
        again("nothing")
    with pytest.raises(MisuseError, match="takes a reason"):
        again(freeze.id, " ")
    again(freeze.id)
    with pytest.raises(StepRefusedError, match="is followed by another freeze already"):
        again(freeze.id)

"""Money let go: a part, after a complaint, or as it is not of the case; always with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.officer import Role
from models.money import Money
from recovery_flows.errors import MisuseError, StepRefusedError
from recovery_flows.freezing import actions as hold_actions

REASON = "told by the duty desk of the bank"


def cny(text: str) -> Money:
    return Money.parse(text, "CNY")


async def test_a_part_is_let_go_and_the_rest_keeps_its_term(unit: Any) -> None:
    before = await unit.frozen()
    done = hold_actions.release_part(
        unit.case_officer(), unit.recovery_id, before.id, cny("300.00"), REASON
    )
    assert "300.00 submitted" in done
    unit.approve()
    await unit.sweep()
    hold = unit.hold(HoldKind.FREEZE)
    assert (hold.state, hold.held_minor, hold.releasing_minor) == (HoldState.FROZEN, 50_000, 0)
    assert hold.expires_at == before.expires_at
    with pytest.raises(StepRefusedError, match=r"less than CNY 500\.00"):
        hold_actions.release_part(
            unit.case_officer(), unit.recovery_id, hold.id, cny("500.00"), REASON
        )
    unit.assert_books_hold()


async def test_a_complaint_upheld_shrinks_the_hold_and_one_denied_leaves_it(unit: Any) -> None:
    hold = await unit.frozen()
    for _ in range(2):
        hold_actions.complain(
            unit.case_officer(), unit.recovery_id, hold.id, cny("200.00"), "rent, not stolen"
        )
        (asked,) = (a for a in unit.file().approvals if a.state == "pending")
        assert asked.due_at - asked.asked_at <= timedelta(days=9)
        if unit.hold(HoldKind.FREEZE).held_minor == 80_000:
            unit.approve()
        else:
            unit.case_officer(Role.SUPERVISOR).deny(asked.id, "no proof came with it")
        await unit.sweep()
        assert unit.hold(HoldKind.FREEZE).held_minor == 60_000
    assert unit.hold(HoldKind.FREEZE).complained_minor == 0
    unit.assert_books_hold()


async def test_money_found_unrelated_is_free_within_three_days_or_an_alarm(unit: Any) -> None:
    hold = await unit.frozen()
    hold_actions.find_unrelated(unit.case_officer(), unit.recovery_id, hold.id, "a salary")
    (asked,) = (a for a in unit.file().approvals if a.state == "pending")
    assert timedelta(days=3) <= asked.due_at - asked.asked_at < timedelta(days=4)
    unit.later(24 * 4)
    await unit.sweep()
    (asked,) = (a for a in unit.file().approvals if a.state == "pending")
    assert asked.alarmed
    unit.approve()
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.RELEASED
    unit.assert_books_hold()


async def test_every_change_takes_a_reason(unit: Any) -> None:
    hold = await unit.frozen()
    with pytest.raises(MisuseError, match="takes a reason"):
        hold_actions.release_part(unit.case_officer(), unit.recovery_id, hold.id, cny("1.00"), " ")

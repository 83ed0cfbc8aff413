"""A bank that was told to pay has three banking days; they are on the wall of clocks and end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from recovery_flows.cases.deadlines import running
from recovery_flows.cases.next_steps import steps


def clocks(unit: Any, recovery_id: str) -> list[tuple[str, str, datetime]]:
    found = running(unit.file(recovery_id), unit.laws)
    return [(c.what, c.law_row, c.due_at) for c in found if c.law_row == "CN_BANK_RETURN"]


def test_the_bank_has_three_banking_days_from_the_decision(unit: Any, acts: Any) -> None:
    recovery_id = acts.decided()
    assert clocks(unit, recovery_id) == []
    # Saturday, 11 April 2026, 11:00 in China: Monday to Wednesday are the three banking days.
    assert unit.now == datetime(2026, 4, 11, 3, tzinfo=UTC)
    unit.approve(recovery_id)
    due = datetime(2026, 4, 15, 16, tzinfo=UTC)
    assert clocks(unit, recovery_id) == [("payout to be booked", "CN_BANK_RETURN", due)]


def test_the_wait_for_the_payouts_is_late_after_the_term_and_over_with_the_booking(
    unit: Any, acts: Any
) -> None:
    recovery_id = acts.decided()
    unit.approve(recovery_id)
    unit.later(24 * 6)
    acts.close_calls(recovery_id)
    (wait, *_) = steps(unit.file(recovery_id), unit.laws)
    assert wait.sentence.startswith("waiting for the payouts to be booked")
    assert wait.due_at is not None
    assert wait.due_at < unit.now
    (payout,) = unit.file(recovery_id).payouts
    acts.settle(recovery_id, payout.id)
    assert clocks(unit, recovery_id) == []

"""Banks that pay late or short by a cent: each is visible, and a person's, until it is over."""

from __future__ import annotations

from typing import Any

from models.action_kinds import ActionKind
from models.entities.payout import PayoutState
from recovery_flows.cases.views.queue import queue
from recovery_flows.reports.unattended import DEFAULT_PATIENCE

DAY = 24


async def approved(unit: Any, **fault: Any) -> None:
    """The payout of 800.00 leaves, and its bank is wrong with it."""
    await unit.until("return")
    unit.sandbox.plant({"call": "POST /v1/payouts", **fault})
    unit.approve()
    await unit.sweep()


async def test_a_payout_that_its_bank_settles_days_late_is_escalated_and_then_paid_once(
    unit: Any,
) -> None:
    await approved(unit, kind="pays_late")
    (payout,) = unit.file().payouts
    assert payout.state is PayoutState.INSTRUCTED
    (clock,) = [c for c in unit.page().clocks if "booked" in c.what]
    unit.later(6 * DAY)
    await unit.sweep(after_seconds=130)
    assert unit.sandbox.now > clock.due_at, "the three banking days of its clock are over"
    (late,) = [c for c in unit.page().clocks if "booked" in c.what]
    assert late.due_at == clock.due_at
    with unit.database.reading() as session:
        entries = queue(session, unit.wall_now, DEFAULT_PATIENCE, 10).lines
    assert [e.due_at for e in entries] == [clock.due_at], "it stands in the queue as late"
    assert [p.state for p in unit.file().payouts] == [PayoutState.INSTRUCTED]
    unit.later(5 * DAY)
    await unit.come_to_rest()
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]
    unit.assert_books_hold()


async def test_a_cent_that_the_bank_kept_is_a_discrepancy_and_stays_held(unit: Any) -> None:
    await approved(unit, kind="pays_short", amount="799.99")
    await unit.come_to_rest()
    (payout,) = unit.file().payouts
    assert (payout.state, payout.returned_minor) == (PayoutState.SETTLED, 79_999)
    found = unit.file().discrepancies
    assert {(d.kind, d.state, d.detail) for d in found} == {
        ("amount_differs", "open", "credited"), ("amount_differs", "open", "debited"),
    }  # fmt: skip
    assert {(d.expected_minor, d.stated_minor) for d in found} == {(80_000, 79_999)}
    assert unit.page().steps[0].action == ActionKind.RESOLVE_DISCREPANCY
    assert sum(h.held_minor for h in unit.file().holds) == 1
    unit.assert_books_hold()

"""An engine that was off over an end reads the bank's feed before it lets a hold lapse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.entities.hold import HoldKind, HoldState
from models.queries.cases.work import partner
from models.store.partners import poll_by
from models.store.unit import unit_of_work
from recovery_flows.engine import event_feed
from recovery_flows.engine.decisions import due_by_stage
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.freezing.lapse import FEED_LAG


async def about_to_end(unit: Any) -> Any:
    """A freeze whose renewal the bank has taken in, and whose answer has not come in yet."""
    await unit.frozen()
    unit.later(24 * 95)
    await unit.sweep()
    unit.officer_does("submit_renewal")
    unit.approve()
    return unit.hold(HoldKind.FREEZE)


async def test_a_freeze_prolonged_while_the_engine_was_off_does_not_lapse(unit: Any) -> None:
    freeze = await about_to_end(unit)
    # The order has left, the bank has prolonged it, and the engine was killed with the answer.
    unit.sandbox.plant({"call": "POST /v1/holds/{id}/extend", "kind": "timeout_after_acting"})
    await unit.sweep()
    left = freeze.expires_at - unit.sandbox.now + timedelta(days=2)
    unit.later(left / timedelta(hours=1))
    await unit.sweep()
    freeze = unit.hold(HoldKind.FREEZE)
    assert (freeze.state, freeze.held_minor, freeze.renewals) == (HoldState.FROZEN, 80_000, 1)
    assert freeze.expires_at > unit.sandbox.now
    unit.assert_books_hold()


async def test_a_bank_that_is_away_at_an_end_is_told_and_neither_lapse_nor_hold_is_assumed(
    unit: Any,
) -> None:
    freeze = await unit.frozen()
    left = freeze.expires_at - unit.sandbox.now + timedelta(days=2)
    unit.sandbox.end()
    unit.later(left / timedelta(hours=1))
    await unit.sweep()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.FROZEN
    (found,) = (d for d in unit.file().discrepancies if d.kind == "end_unconfirmed")
    assert found.subject_id == freeze.id
    assert unit.page().steps[0].action == "resolve_discrepancy"
    assert due_by_stage(unit.engine) == {}, "the engine does not turn on the spot"

    unit.sandbox.start()
    unit.later(1)
    await unit.sweep(after_seconds=600)
    assert unit.hold(HoldKind.FREEZE).state is HoldState.LAPSED
    (found,) = (d for d in unit.file().discrepancies if d.kind == "end_unconfirmed")
    assert found.state == "resolved"
    unit.assert_books_hold()


async def test_the_feed_is_read_right_after_the_next_end_and_not_when_it_is_due_at_last(
    unit: Any,
) -> None:
    unit.stop()
    await unit.sweep()
    with unit.database.reading() as session:
        due_at = partner(session, unit.database.vault, unit.sandbox.HOME).feed_due_at
    unit.later((due_at - unit.sandbox.now) / timedelta(hours=1))
    await unit.sweep(after_seconds=60)
    ends = unit.hold().expires_at
    unit.later((ends - unit.sandbox.now) / timedelta(hours=1) - 0.5)
    await unit.sweep(after_seconds=60)
    with unit.database.reading() as session:
        due_at = partner(session, unit.database.vault, unit.sandbox.HOME).feed_due_at
    assert due_at == ends + FEED_LAG


async def test_an_overdue_feed_is_not_put_off_because_its_bank_owes_an_answer_since(
    unit: Any,
) -> None:
    freeze = await unit.frozen()
    await unit.sweep(after_seconds=60)
    with unit.database.reading() as session:
        line = partner(session, unit.database.vault, unit.sandbox.HOME)
    assert line.feed_interval_seconds == 0, "the bank only holds, and owes no answer"
    unit.later((line.feed_due_at - unit.sandbox.now) / timedelta(hours=1) + 1)
    hold_actions.find_unrelated(unit.case_officer(), unit.recovery_id, freeze.id, "synthetic")
    unit.approve()
    assert unit.hold(HoldKind.FREEZE).state is HoldState.RELEASE_PENDING
    assert unit.sandbox.HOME in event_feed.due_polls(unit.engine)


async def test_orders_that_follow_one_another_do_not_put_off_what_their_bank_says(
    unit: Any,
) -> None:
    """Seed 90001540: each order planned the feed anew, and a busy bank was never heard."""
    unit.stop()
    await unit.sweep()
    bank = unit.sandbox.HOME
    soon = unit.sandbox.now + timedelta(seconds=30)
    for _ in range(4):
        with unit_of_work(unit.database) as work:
            poll_by(work, bank, unit.sandbox.now + timedelta(seconds=30))
        event_feed.due_polls(unit.engine)  # puts on its list whom an order waits for
        with unit.database.reading() as session:
            assert partner(session, unit.database.vault, bank).feed_due_at == soon
        unit.later(7 / 3600)


async def test_an_order_brings_the_reading_of_a_quiet_feed_forward(unit: Any) -> None:
    await unit.frozen()
    await unit.sweep(after_seconds=60)
    bank, soon = unit.sandbox.HOME, unit.sandbox.now + timedelta(seconds=30)
    with unit_of_work(unit.database) as work:
        poll_by(work, bank, soon)
    with unit.database.reading() as session:
        assert partner(session, unit.database.vault, bank).feed_due_at == soon

"""A bank whose clock is wrong: one stamp of the future hides nothing, and moves no term."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.queries.cases.work import partner
from recovery_flows.engine import event_feed

_SECOND = 1_000_000


def stamp(unit: Any, order_ref: str, column: str, hours: float) -> None:
    """The bank writes one time of a hold of ours so many hours away from the right one."""
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute(
            f"UPDATE hold SET {column} = {column} + ?, revision = revision + 1 WHERE order_ref = ?",
            [int(hours * 3_600) * _SECOND, order_ref],
        )


def let_go(unit: Any, order_ref: str) -> None:
    """The bank lets the money go and stamps that with the right time."""
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute(
            "UPDATE hold SET status = 'RELEASED', held_minor = 0, revision = revision + 1,"
            " modified_us = ? WHERE order_ref = ?",
            [int(unit.sandbox.now.timestamp() * _SECOND), order_ref],
        )


async def test_one_stamp_of_the_future_hides_nothing_that_is_stamped_rightly(unit: Any) -> None:
    freeze = await unit.frozen()
    stamp(unit, freeze.id, "modified_us", 24 * 400)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    with unit.database.reading() as session:
        told = partner(session, unit.database.vault, unit.sandbox.HOME)
    assert "its clock is wrong" in told.last_error
    assert told.feed_reached_at <= unit.sandbox.now
    unit.later(1)
    let_go(unit, freeze.id)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    assert unit.hold(HoldKind.FREEZE).state is HoldState.LAPSED
    unit.assert_books_hold()


@pytest.mark.parametrize("hours", [8, -8, -24 * 400])
async def test_a_stop_that_a_bank_says_to_have_made_at_no_possible_time_ends_by_the_law(
    unit: Any, hours: float
) -> None:
    unit.stop()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "timeout_after_acting", "times": 1})
    await unit.sweep()
    ordered = unit.hold()
    stamp(unit, ordered.id, "acted_us", hours)
    stamp(unit, ordered.id, "expires_us", 8)
    unit.later(0.1)
    await unit.sweep(after_seconds=130)
    stop = unit.hold()
    assert (stop.state, stop.held_minor) == (HoldState.STOPPED, 80_000)
    late = stop.expires_at - (ordered.ordered_at + timedelta(hours=48))
    assert timedelta(0) <= late <= timedelta(hours=0.1)
    # That the bank means to hold longer than the law lets it is asked about.
    assert [d.kind for d in unit.file().discrepancies] == ["held_beyond_term"]
    unit.assert_books_hold()

"""A resource is known by partner, type and id: no bank's feed touches another bank's money."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from models.entities.hold import HoldKind, HoldState
from models.entities.payout import PayoutState
from models.queries.cases.work import partner
from recovery_flows.engine import event_feed


def forge(unit: Any, bank: str, order_ref: str, status: str = "RELEASED") -> None:
    """A bank keeps a hold under an order of ours that it was never given."""
    with sqlite3.connect(unit.sandbox.path) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(hold)")]
        (row,) = db.execute("SELECT * FROM hold LIMIT 1")
        forged = dict(zip(columns, row, strict=True))
        at_us = int(unit.sandbox.now.timestamp() * 1_000_000)
        forged |= {
            "id": f"X{order_ref[-12:]}", "bank": bank, "order_ref": order_ref, "status": status,
            "revision": 99, "held_minor": 0, "due_us": None, "modified_us": at_us,
        }  # fmt: skip
        marks = ",".join("?" * len(forged))
        db.execute(f"INSERT INTO hold VALUES ({marks})", list(forged.values()))


@pytest.fixture(autouse=True)
def patient(unit: Any) -> None:
    """No bank is slow here, though the machine may be."""
    unit.engine = unit.hands("patient")


def last_error(unit: Any, bank: str) -> str:
    with unit.database.reading() as session:
        return partner(session, unit.database.vault, bank).last_error


async def test_one_bank_s_feed_does_not_release_another_bank_s_hold(unit: Any) -> None:
    freeze = await unit.frozen()
    forge(unit, unit.sandbox.SLOW, freeze.id)
    await event_feed.poll(unit.engine, unit.sandbox.SLOW)
    assert (unit.hold(HoldKind.FREEZE).state, unit.hold(HoldKind.FREEZE).held_minor) == (
        HoldState.FROZEN, 80_000,
    )  # fmt: skip
    (found,) = unit.file().discrepancies
    assert (found.kind, found.subject_id) == ("wrong_reference", freeze.id)
    assert "bank-slow reports on it as a hold; it is a hold at bank-home" in found.detail
    assert "1 of its items are none of ours" in last_error(unit, unit.sandbox.SLOW)
    # The same item again is the same discrepancy.
    await event_feed.poll(unit.engine, unit.sandbox.SLOW)
    assert len(unit.file().discrepancies) == 1
    unit.assert_books_hold()


async def test_an_item_of_type_hold_with_a_payout_s_id_ends_no_poll(unit: Any) -> None:
    await unit.until("return")
    payout = unit.file().payouts[0]
    forge(unit, unit.sandbox.HOME, payout.id)
    unit.approve()
    await unit.sweep(after_seconds=60)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    assert [p.state for p in unit.file().payouts] == [PayoutState.SETTLED]
    (found,) = (d for d in unit.file().discrepancies if d.kind == "wrong_reference")
    assert found.subject_id == payout.id
    unit.assert_books_hold()


async def test_an_item_of_nobody_is_counted_and_the_page_is_kept(unit: Any) -> None:
    await unit.frozen()
    forge(unit, unit.sandbox.HOME, "hold-of-somebody-else")
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    assert "1 of its items are none of ours" in last_error(unit, unit.sandbox.HOME)
    assert unit.file().discrepancies == ()


@pytest.mark.parametrize("status", ["PROLONGED", "HELD "])
async def test_an_item_that_cannot_be_read_stops_no_other_and_is_read_once_it_can(
    unit: Any, status: str
) -> None:
    freeze = await unit.frozen()
    forge(unit, unit.sandbox.HOME, "odd", status)
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute("UPDATE hold SET held_minor = 50000, revision = revision + 1, modified_us ="
                   " modified_us + 1 WHERE order_ref = ?", [freeze.id])  # fmt: skip
    assert await event_feed.poll(unit.engine, unit.sandbox.HOME) == 1
    assert unit.hold(HoldKind.FREEZE).held_minor == 50_000
    assert "1 of its items cannot be read" in last_error(unit, unit.sandbox.HOME)
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute("DELETE FROM hold WHERE order_ref = 'odd'")
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    assert last_error(unit, unit.sandbox.HOME) == ""

"""A bank's answer with many bookings is stored in short transactions and settled as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from models.entities.discrepancy import DiscrepancyKind
from models.entities.hold import HoldState
from models.store.statements import line_imports
from models.store.unit import unit_of_work
from tests.faults.sending.poisons import second

BOOKINGS = 1_200


def count(unit: Any, table: str) -> int:
    with unit.database.reading() as session:
        return int(session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


async def busy(unit: Any) -> None:
    """A recovery about the shop's account, of which its bank tells 1,200 bookings."""
    unit.later(45)
    unit.recovery_id = second(unit)
    unit.approve()


async def test_an_answer_of_many_bookings_is_there_with_its_settlement(unit: Any) -> None:
    await busy(unit)
    await unit.sweep()
    unit.later(1)
    await unit.sweep(after_seconds=130)
    assert unit.hold().state is HoldState.STOPPED
    assert count(unit, "statement_line") >= BOOKINGS
    assert count(unit, "line_import") == 0
    assert unit.file().assets[0].statement_to is not None
    unit.assert_books_hold()


async def test_a_bank_is_asked_again_when_the_import_that_runs_is_done(unit: Any) -> None:
    await busy(unit)
    with unit_of_work(unit.database) as work:
        line_imports.begin(work, "import-other", unit.wall_now + timedelta(hours=1))
    await unit.sweep()
    assert count(unit, "statement_line") == 0
    (call,) = (c for c in unit.file().calls if c.kind == "statement")
    assert "another import" in call.last_error
    with unit_of_work(unit.database) as work:
        line_imports.finish(work, "import-other", unit.wall_now)
    unit.later(1)
    await unit.sweep(after_seconds=130)
    assert count(unit, "statement_line") >= BOOKINGS
    # The bank's 1,200 bookings do not show the payment that the report is about.
    assert [d.kind for d in unit.file().discrepancies] == [DiscrepancyKind.CLAIM_NOT_BOOKED]
    unit.assert_books_hold()

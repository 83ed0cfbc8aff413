"""A bank that takes back what it said of a payout: the victim is owed again, also after closing."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from models.entities.approval import ApprovalState
from models.entities.claim import ClaimState
from models.entities.officer import Role
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState
from recovery_flows.engine import event_feed


async def closed(unit: Any) -> None:
    """800.00 are returned, and the file is closed by decision."""
    await unit.until("return")
    for _ in range(12):
        if any(a.state is ApprovalState.PENDING for a in unit.file().approvals):
            unit.approve()
        elif any(s.role is Role.OFFICER for s in unit.page().steps):
            unit.advance()
        await unit.sweep(after_seconds=130)
        unit.later(0.1)
        if unit.file().recovery.state is not RecoveryState.OPEN:
            return
    raise AssertionError(f"never closed: {unit.page().steps}")


def correct(unit: Any, credited_minor: int, debited_minor: int) -> None:
    """The bank states the settled payout with other sums."""
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute(
            "UPDATE payout SET amount_minor = ?, debited_minor = ?, revision = revision + 1,"
            " modified_us = modified_us + 1000",
            [credited_minor, debited_minor],
        )


@pytest.mark.parametrize(("credited", "debited"), [(1, 1), (0, 0), (79_999, 80_000)])
async def test_a_closed_file_is_open_again_when_its_bank_has_credited_less_than_it_said(
    unit: Any, credited: int, debited: int
) -> None:
    await closed(unit)
    assert unit.file().recovery.state is RecoveryState.CLOSED_RETURNED
    correct(unit, credited, debited)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    file = unit.file()
    assert [(p.state, p.returned_minor) for p in file.payouts] == [(PayoutState.SETTLED, credited)]
    assert file.recovery.state is RecoveryState.OPEN
    await unit.come_to_rest()
    (claim,) = unit.file().claims
    assert claim.state is ClaimState.VERIFIED
    assert "contradicts_outcome" in {d.kind for d in unit.file().discrepancies}
    unit.assert_books_hold()

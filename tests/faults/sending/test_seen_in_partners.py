"""S7: a busy bank that then accepts has one hold, its wait is kept, and Partners shows it."""

from __future__ import annotations

from typing import Any

from recovery_flows.partners.page import PartnerPage, partner_pages


def at(unit: Any, bank: str) -> PartnerPage:
    with unit.database.reading() as session:
        laws = unit.installation.laws
        (page,) = partner_pages(session, unit.database.vault, laws, unit.wall_now, bank)
    return page


async def test_a_busy_bank_gets_one_hold_after_its_wait_and_partners_shows_what_waits(
    unit: Any,
) -> None:
    bank = unit.sandbox.HOME
    unit.stop()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "rate_limited", "seconds": 1})
    await unit.sweep()
    assert unit.sandbox.book()["holds"] == []
    waiting = at(unit, bank).calls
    assert waiting is not None
    assert (waiting.count, waiting.oldest_kind) == (1, "hold")
    await unit.sweep(after_seconds=2)
    assert len(unit.sandbox.book()["holds"]) == 1
    assert at(unit, bank).calls is None
    assert unit.call_events("hold") == ["planned", "sent", "postponed", "sent", "answered"]

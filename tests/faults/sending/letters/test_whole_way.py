"""A bank by letter beside one with an interface, in one recovery, from the report to the victim."""

from __future__ import annotations

from typing import Any

from models.states import ClaimState, HoldState, RecoveryState


async def test_a_bank_by_letter_gives_back_what_it_holds_like_any_other(paper: Any) -> None:
    unit = paper.unit

    def is_closed() -> bool:
        return unit.file().recovery.state is RecoveryState.CLOSED_RETURNED

    await paper.play(is_closed)
    file = unit.file()
    assert [c.state for c in file.claims] == [ClaimState.PAID]
    assert sorted((p.amount_minor, p.state) for p in file.payouts) == [
        (10_000, "settled"), (70_000, "settled"),
    ]  # fmt: skip
    assert unit.sandbox.get("/sandbox/visits") is not None
    unit.assert_books_hold()
    assert HoldState.DISPOSED in {h.state for h in file.holds if h.asset_id == file.assets[0].id}

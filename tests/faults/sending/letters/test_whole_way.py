"""A bank by letter beside one with an interface, in one recovery, from the report to the victim."""

from __future__ import annotations

from typing import Any

from models.entities.claim import ClaimState
from models.entities.hold import HoldKind, HoldState
from models.entities.payout import PayoutState
from models.entities.recovery import RecoveryState


async def test_a_bank_by_letter_gives_back_what_it_holds_like_any_other(paper: Any) -> None:
    unit = paper.unit
    await paper.play(lambda: unit.file().recovery.state is RecoveryState.CLOSED_RETURNED)
    file = unit.file()
    by_letter, by_wire = file.assets
    assert (by_letter.partner_id, by_wire.partner_id) == ("bank-home", "bank-slow")
    assert [(c.state, c.upheld_minor) for c in file.claims] == [(ClaimState.PAID, 80_000)]
    paid = {p.asset_id: (p.amount_minor, p.state) for p in file.payouts}
    assert paid[by_letter.id] == (70_000, PayoutState.SETTLED)
    assert paid[by_wire.id] == (10_000, PayoutState.SETTLED)
    holds = {h.kind: h.state for h in file.holds_of(by_letter.id)}
    assert holds == {HoldKind.STOP: HoldState.SUPERSEDED, HoldKind.FREEZE: HoldState.DISPOSED}
    assert unit.call_events("payout").count("printed") == 1
    unit.assert_books_hold()
    # The sandbox keeps a book for this bank too: nobody of ours has called it.
    assert unit.sandbox.book("bank-home")["holds"] == []
    assert unit.sandbox.book("bank-slow", "9999000000000007")["holds"] != []

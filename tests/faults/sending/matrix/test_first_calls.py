"""Every fault in the first calls of a recovery: stops, requests abroad, the feed, asking by key.

Each cell: one effect in the bank's own book, the right state here, nothing open, nothing lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from models.entities.call import CallKind
from models.entities.hold import HoldState
from models.entities.ledger import LedgerAccount
from models.entities.request import RequestState
from recovery_flows.freezing import actions as hold_actions
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.matrix.effects import assert_two_figures

FEED, BY_KEY = "feed", "by_key"
REASON = "told by the duty desk of the bank"
Outcome = Callable[[Any], Awaitable[None]]


def at_bank(unit: Any, bank: str, number: str) -> list[tuple[str, str]]:
    """State and sum of each hold in a bank's own book."""
    return [
        (h["status"], h["amountHeld"]["amount"]) for h in unit.sandbox.book(bank, number)["holds"]
    ]


def at_home(unit: Any) -> list[tuple[str, str]]:
    return at_bank(unit, unit.sandbox.HOME, unit.sandbox.MULE)


def held(unit: Any) -> int:
    """What the ledger shows as held, in the currency of the loss."""
    return sum(b.claim_minor for b in unit.file().balances if b.account is LedgerAccount.HELD)


def states(unit: Any) -> set[tuple[str, int]]:
    """State and sum of each hold that was tried."""
    tried = (h for h in unit.file().holds if h.state not in (HoldState.DRAFT, HoldState.CANCELLED))
    return {(h.state, h.held_minor) for h in tried}


def events(unit: Any) -> list[str]:
    return [e.event for e in unit.page().events]


async def stop_again(unit: Any, told: str) -> None:
    """The officer is told why, and the money is stopped again with the next key."""
    assert unit.page().steps[0].sentence == told
    unit.advance()
    await unit.come_to_rest()
    unit.assert_books_hold()
    assert await unit.differences() == []


async def stopped(unit: Any) -> None:
    assert at_home(unit) == [("HELD", "800.00")]
    assert states(unit) == {(HoldState.STOPPED, 80_000)}
    assert (held(unit), unit.found) == (80_000, [])


async def stopped_half(unit: Any) -> None:
    assert at_home(unit) == [("PARTIALLY_HELD", "400.00")]
    assert states(unit) == {(HoldState.STOPPED, 40_000)}
    assert (held(unit), unit.found) == (40_000, [])


async def stopped_but_a_cent(unit: Any) -> None:
    """The figure that the bank showed last is booked, and a person looks at the two of them."""
    assert at_home(unit) == [("HELD", "800.00")]
    assert (held(unit), unit.found) == (80_000, [])
    assert_two_figures(unit, 79_999, 80_000)


async def stopped_but_a_cent_in_the_feed(unit: Any) -> None:
    """The feed is the bank's only word so far: it is booked, and the reconciliation finds it."""
    assert at_home(unit) == [("HELD", "800.00")]
    assert (held(unit), unit.found) == (79_999, ["CNY -0.01"])
    assert unit.file().discrepancies == ()


async def stopped_when_money_comes(unit: Any) -> None:
    assert at_home(unit) == [("REFUSED", "0.00")]
    assert states(unit) == {(HoldState.NO_FUNDS, 0)}
    assert unit.file().assets[0].watch == "on"
    unit.later(26)
    await unit.come_to_rest()
    # In this world the account's owner has spent 900.00 meanwhile.
    await stop_again(unit, "money came into the monitored account: stop CNY 100.00")
    assert at_home(unit) == [("REFUSED", "0.00"), ("HELD", "100.00")]


async def stopped_under_the_right_name(unit: Any) -> None:
    assert at_home(unit) == [("REFUSED", "0.00")]
    (refused,) = unit.file().holds
    assert (refused.state, refused.reason) == (HoldState.REJECTED_BY_BANK, "NAME_MISMATCH")
    told = unit.page().steps[0].sentence
    assert told == "acknowledge: bank-home refused the stop: NAME_MISMATCH"
    hold_actions.order_again(
        unit.case_officer(), unit.recovery_id, refused.id, REASON, "Synthetic  Mule"
    )
    await stop_again(unit, "send the stop-payment of CNY 800.00")
    assert at_home(unit) == [("REFUSED", "0.00"), ("HELD", "800.00")]
    assert held(unit) == 80_000


async def stopped_where_it_went(unit: Any) -> None:
    assert at_home(unit) == [("REFUSED", "0.00")]
    assert states(unit) == {(HoldState.NO_FUNDS, 0)}
    await stop_again(unit, "send the stop-payment of CNY 800.00")
    there = unit.sandbox.book(unit.sandbox.SLOW, unit.sandbox.VICTIM)
    assert [(h["status"], h["amountHeld"]["amount"]) for h in there["holds"]] == [
        ("HELD", "800.00")
    ]
    assert held(unit) == 80_000


async def stopped_after_it_lapsed(unit: Any) -> None:
    unit.later(7)
    await unit.come_to_rest()
    assert at_home(unit) == [("EXPIRED", "0.00")]
    assert (states(unit), held(unit)) == ({(HoldState.LAPSED, 0)}, 0)
    # The feed of a bank that owes nothing is read every six hours; its owner was quicker.
    await stop_again(unit, "stop CNY 800.00 again: the stop has lapsed")
    assert at_home(unit) == [("EXPIRED", "0.00"), ("PARTIALLY_HELD", "100.00")]


async def stopped_after_it_was_let_go(unit: Any) -> None:
    assert at_home(unit) == [("RELEASED", "0.00")]
    assert (states(unit), held(unit)) == ({(HoldState.LAPSED, 0)}, 0)
    assert "let_go_early" in events(unit)
    await stop_again(unit, "stop CNY 800.00 again: the stop has lapsed")
    assert at_home(unit) == [("RELEASED", "0.00"), ("HELD", "800.00")]


def abroad(book: str, request: RequestState, hold: HoldState, minor: int, step: str) -> Outcome:
    """What came of a request: (state and sum at the bank), its state, our hold, the next step."""

    async def _check(unit: Any) -> None:
        there = at_bank(unit, unit.sandbox.ABROAD, unit.sandbox.FOREIGN)
        assert [" ".join(row) for row in there] == [book]
        assert [r.state for r in unit.file().requests] == [request]
        assert states(unit) == {(hold, minor)}
        assert unit.found == []
        assert unit.page().steps[0].sentence == step

    return _check


async def frozen_abroad_but_a_cent(unit: Any) -> None:
    """The request counts as first answered; the figure that was shown last is booked."""
    (request,) = unit.file().requests
    assert request.state is RequestState.PARTIALLY_EXECUTED
    assert states(unit) == {(HoldState.FROZEN, 10_000)}
    assert unit.found == []
    assert_two_figures(unit, 9_999, 10_000)


async def lapsed_abroad(unit: Any) -> None:
    unit.later(7)
    await unit.come_to_rest()
    told = "acknowledge: the freeze at bank-abroad has lapsed"
    ended = RequestState.EXECUTED
    await abroad("EXPIRED 0.00", ended, HoldState.LAPSED, 0, told)(unit)


TITLE = "establish ownership of the held funds: GBP {} at bank-abroad"
ALL, HALF = TITLE.format("100.00"), TITLE.format("50.00")
REFUSED = "acknowledge: bank-abroad refused the freeze: "
CLEAN: dict[str, Outcome] = {
    CallKind.HOLD: stopped,
    CallKind.REQUEST: abroad("HELD 100.00", RequestState.EXECUTED, HoldState.FROZEN, 10_000, ALL),
    FEED: stopped,
    BY_KEY: stopped,
}
OTHERWISE: dict[tuple[str, FaultKind], Outcome] = {
    (CallKind.HOLD, FaultKind.PARTIAL): stopped_half,
    (CallKind.HOLD, FaultKind.OFF_BY_A_CENT): stopped_but_a_cent,
    (CallKind.HOLD, FaultKind.NO_MONEY): stopped_when_money_comes,
    (CallKind.HOLD, FaultKind.WRONG_NAME): stopped_under_the_right_name,
    (CallKind.HOLD, FaultKind.MOVED_ON): stopped_where_it_went,
    (CallKind.HOLD, FaultKind.LAPSES_EARLY): stopped_after_it_lapsed,
    (CallKind.HOLD, FaultKind.LET_GO): stopped_after_it_was_let_go,
    (FEED, FaultKind.OFF_BY_A_CENT): stopped_but_a_cent_in_the_feed,
    (BY_KEY, FaultKind.OFF_BY_A_CENT): stopped_but_a_cent,
    (CallKind.REQUEST, FaultKind.PARTIAL): abroad(
        "PARTIALLY_HELD 50.00", RequestState.PARTIALLY_EXECUTED, HoldState.FROZEN, 5_000, HALF
    ),
    (CallKind.REQUEST, FaultKind.OFF_BY_A_CENT): frozen_abroad_but_a_cent,
    (CallKind.REQUEST, FaultKind.NO_MONEY): abroad(
        "REFUSED 0.00", RequestState.REFUSED, HoldState.NO_FUNDS, 0, f"{REFUSED}NO_BALANCE"
    ),
    # Without an executed request no statement is given abroad: the trail ends there.
    (CallKind.REQUEST, FaultKind.MOVED_ON): abroad(
        "REFUSED 0.00", RequestState.REFUSED, HoldState.NO_FUNDS, 0, f"{REFUSED}NO_BALANCE"
    ),
    (CallKind.REQUEST, FaultKind.WRONG_NAME): abroad(
        "REFUSED 0.00", RequestState.REFUSED, HoldState.REJECTED_BY_BANK, 0,
        f"{REFUSED}NAME_MISMATCH",
    ),
    (CallKind.REQUEST, FaultKind.LAPSES_EARLY): lapsed_abroad,
    (CallKind.REQUEST, FaultKind.LET_GO): abroad(
        "RELEASED 0.00", RequestState.EXECUTED, HoldState.LAPSED, 0,
        "acknowledge: the freeze at bank-abroad has lapsed",
    ),
}  # fmt: skip


async def test_a_call_that_meets_a_fault_has_one_effect_and_the_right_state_follows(
    play_out: Any, column: str, fault: FaultKind
) -> None:
    unit = await play_out(column, fault)
    await OTHERWISE.get((column, fault), CLEAN[column])(unit)


async def test_a_request_carried_out_and_let_go_between_two_polls_is_over(about_to: Any) -> None:
    unit = await about_to(CallKind.REQUEST)
    with sqlite3.connect(unit.sandbox.path) as db:
        db.execute("UPDATE bank SET answer_minutes = 10 WHERE id = ?", [unit.sandbox.ABROAD])
    unit.sandbox.end()
    unit.sandbox.start()
    unit.sandbox.plant({"call": "POST /v1/holds", "kind": "let_go"}, bank=unit.sandbox.ABROAD)
    await unit.come_to_rest()
    unit.found = await unit.differences()
    told = "acknowledge: the freeze at bank-abroad has lapsed"
    await abroad("RELEASED 0.00", RequestState.EXECUTED, HoldState.LAPSED, 0, told)(unit)

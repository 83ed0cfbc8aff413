"""Each kind of money that leaves by an order, played until a second person's yes waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from models.entities.discrepancy import DiscrepancyState
from models.entities.payout import PayoutState
from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import discrepancy_actions, money_actions
from recovery_flows.cases.court_lists import actions as court_lists
from recovery_flows.cases.unclaimed import actions as unclaimed
from recovery_flows.engine import event_feed
from recovery_flows.intake.budget import Limits
from recovery_flows.recalls import actions as recalls
from tests.recall_messages import CHANNELS, UETR

_PAYOUT = "POST /v1/payouts"
_LONG = 24 * 31


def _other(unit: Any) -> AccountRef:
    """An account at another bank that is neither the victim's nor the mule's."""
    return AccountRef(unit.sandbox.SLOW, unit.sandbox.BUSY, "Synthetic Shop")


async def _claim(unit: Any) -> None:
    await unit.until("return")


async def _payer(unit: Any) -> None:
    """An insurer has paid the victim a half: the other half is the victim's."""
    await unit.frozen()
    (claim,) = unit.file().claims
    money_actions.compensate(
        unit.case_officer(), unit.recovery_id, claim.id, _other(unit), Money(40_000, "CNY"),
        unit.sandbox.now, b"an invented letter", "I-1",
    )  # fmt: skip
    unit.approve()
    await unit.until("return")


async def _court(unit: Any) -> None:
    """A court has given 300.00 of what is held."""
    await unit.frozen()
    (claim,) = unit.file().claims
    rows = f"claim,amount\n{claim.id},300.00\n".encode()
    order = court_lists.Order("(2026) Invented 01 No. 7", unit.sandbox.now)
    court_lists.import_list(
        unit.case_officer(), unit.recovery_id, Path("court.csv"), rows, order, Limits()
    )
    unit.approve()
    await unit.until("return")


async def _came_back(unit: Any) -> None:
    """The payee's bank has sent the payout back; its officer has looked into it."""
    await unit.until("return")
    unit.sandbox.plant({"call": _PAYOUT, "kind": "comes_back", "seconds": 60})
    unit.approve()
    await unit.come_to_rest()
    unit.later(1)
    await event_feed.poll(unit.engine, unit.sandbox.HOME)  # nobody waits for it: the night asks
    await unit.come_to_rest()
    assert [p.state for p in unit.file().payouts] == [PayoutState.RETURNED]
    for found in unit.file().discrepancies:
        if found.state is DiscrepancyState.OPEN:
            discrepancy_actions.resolve(
                unit.case_officer(), unit.recovery_id, found.id, "the victim's account is closed"
            )


async def _again(unit: Any) -> None:
    """The victim has named another account."""
    await _came_back(unit)
    (claim,) = unit.file().claims
    unit.case_officer().change_payee(
        unit.recovery_id, claim.id, _other(unit), "the victim names this one"
    )
    unit.approve()
    await unit.until("return")


async def _treasury(unit: Any) -> None:
    """What came back was announced and nobody has claimed it."""
    await _came_back(unit)
    (payout,) = unit.file().payouts
    unclaimed.announce(unit.case_officer(), unit.recovery_id, payout.id, "letters came back")
    unit.later(_LONG)
    await unit.sweep(after_seconds=130)
    (share,) = unit.file().unclaimed
    unclaimed.transfer(unit.case_officer(), unit.recovery_id, share.id, _other(unit))


KINDS: Mapping[str, Callable[[Any], Awaitable[None]]] = {
    "claim": _claim, "payer": _payer, "court row": _court, "again": _again, "treasury": _treasury,
}  # fmt: skip


async def _refund(unit: Any) -> None:
    """The treasury has paid 300.00 of an unclaimed share to the late payee, by its own paper."""
    await _treasury(unit)
    unit.approve()
    await unit.come_to_rest()
    (share,) = unit.file().unclaimed
    slip, amount = b"an invented slip of the treasury", Money(30_000, "CNY")
    unclaimed.refund(
        unit.case_officer(), unit.recovery_id, share.id, amount, unit.sandbox.now, slip
    )


async def _recall(unit: Any) -> None:
    """The victim's payment is to be called back by a message that his bank is handed."""
    unit.advance()
    given = recalls.Given(
        channel="swift_recall", uetr=UETR, original_message="MSG-1", instruction_id="INS-1"
    )
    recalls.draft(unit.case_officer(), unit.recovery_id, given, CHANNELS, "Synthetic Unit")


PAPERS: Mapping[str, Callable[[Any], Awaitable[None]]] = {"refund": _refund, "recall": _recall}
"""Money that leaves or comes back by a paper that a person hands over: no order goes to a bank."""

"""Money that leaves, under a fault and a SIGKILL at each step: paid once, or visibly not yet.

What was paid is read from the banks' own books. The whole matrix is `python -m
bench.pay_under_faults`; here are every point of the kill, every kind, and the faults that end
otherwise than without them.
"""

from __future__ import annotations

import pytest

from tests.faults.sending.payments.kinds import KINDS
from tests.faults.sending.payments.trying import POINTS, Try, tried
from tests.faults.sending.payments.worlds import Killer, Worlds

ONCE, SHORT = "paid once", "paid short; owned: amount_differs (officer)"
REFUSED = "not yet: refused; payout_not_paid (officer)"
OTHERS = (
    ("payer", "request written"), ("court row", "answered"), ("again", "decided, unsigned"),
    ("treasury", "request written"),
)  # fmt: skip
LEFT_TO_THE_BENCH = ("decided", "leased", "answer begun", "booked", "feed booked")
"""Points between two that are killed here."""
# Fault of the order, point, what has become of the claim's payout in the end.
UNDER_FAULTS = (
    ("timeout_after_acting", "booked", ONCE),
    ("pays_late", "feed booking", ONCE),
    ("no_money", "answered", REFUSED),
    ("pays_short", "answer begun", SHORT),
    ("pays_twice", "answered", f"{ONCE}; the bank's own money too"),
)


async def came_to(worlds: Worlds, killer: Killer, what: Try, wanted: str) -> None:
    async with worlds.open(what.kind) as unit:
        outcome = await tried(unit, killer, what)
    assert outcome.wrong == ""
    assert outcome.died, f"{what.point!r} was never reached"
    assert outcome.verdict == wanted


@pytest.mark.parametrize("point", [p for p in POINTS if p not in LEFT_TO_THE_BENCH])
async def test_a_claim_is_paid_once_wherever_the_process_is_killed(
    worlds: Worlds, killer: Killer, point: str
) -> None:
    await came_to(worlds, killer, Try("claim", "", "", point), ONCE)


@pytest.mark.parametrize(("kind", "point"), OTHERS)
async def test_each_kind_of_money_is_paid_once_by_whoever_goes_on(
    worlds: Worlds, killer: Killer, kind: str, point: str
) -> None:
    assert {kind for kind, _ in OTHERS} == KINDS.keys() - {"claim"}
    await came_to(worlds, killer, Try(kind, "", "", point), ONCE)


@pytest.mark.parametrize(("fault", "point", "wanted"), UNDER_FAULTS)
async def test_under_a_fault_it_is_paid_once_or_its_officer_is_told_why_not(
    worlds: Worlds, killer: Killer, fault: str, point: str, wanted: str
) -> None:
    await came_to(worlds, killer, Try("claim", "order", fault, point), wanted)

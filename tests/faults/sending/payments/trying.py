"""One kind of money, one fault of its bank, one kill: what became of it by the bank's own books."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.entities.approval import ApprovalState
from models.entities.discrepancy import DiscrepancyState
from models.entities.officer import Role
from models.entities.payout import PayoutState
from recovery_flows.engine import event_feed
from recovery_flows.sandbox.faults import catalogue
from recovery_flows.sandbox.faults.catalogue import means_something
from recovery_flows.sandbox.states import FaultKind
from tests.faults.sending.payments import books
from tests.faults.sending.payments.child import DESK, FEED, POINTS
from tests.faults.sending.payments.worlds import Killer

_WITH: Mapping[FaultKind, Mapping[str, Any]] = {
    FaultKind.RATE_LIMITED: {"seconds": 0},
    FaultKind.CLOSED: {"seconds": 0},
    FaultKind.SLOW: {"seconds": 1},
    FaultKind.PAYS_LATE: {"seconds": 4 * 3600},
    FaultKind.COMES_BACK: {"seconds": 600},
    FaultKind.DOWN: {"times": 2},
}
FORMS = {"order": catalogue.PAYOUT, "by key": catalogue.BY_KEY, "feed": catalogue.FEED}
"""The calls in which a payment order or an answer to it can meet a fault."""
FAULTS = tuple(
    (form, fault)
    for form, call in FORMS.items()
    for fault in FaultKind
    if means_something(fault, call)
)
"""Every fault that touches a payment order or its answer, with the call in which it is met."""


@dataclass(frozen=True, slots=True)
class Try:
    """What is tried: a kind of money, a fault (`form` and name, or none), a point of the kill."""

    kind: str
    form: str
    fault: str
    point: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it; `died` tells whether the point was reached, `wrong` what must not be."""

    verdict: str
    died: bool
    wrong: str = ""


async def tried(unit: Any, killer: Killer, what: Try) -> Outcome:
    """Decide, be killed at the point, go on to rest; then the bank's books are held to ours."""
    (asked,) = (a for a in unit.file().approvals if a.state is ApprovalState.PENDING)
    assert asked.action == "return"
    _plant(unit, what)
    if what.point in DESK:
        died = killer.at(unit, what.point, role="supervisor", act="approve", words=[asked.id])
        wrong = _too_early(unit)
        if what.point == "deciding":
            unit.case_officer(Role.SUPERVISOR).approve(asked.id)
    else:
        unit.approve()
        patience = 0.4 if what.fault == FaultKind.SLOW else 60
        died = killer.at(unit, what.point, patience)
        wrong = _too_early(unit)
    await unit.come_to_rest()
    if what.fault == FaultKind.COMES_BACK:
        unit.later(1)
        await event_feed.poll(unit.engine, unit.sandbox.HOME)  # nobody waits: the night asks
    await unit.sweep(after_seconds=130)
    unit.assert_books_hold()
    verdict, later_wrong = _verdict(unit, asked.subject_id)
    return Outcome(verdict, died == signal.SIGKILL, wrong or later_wrong)


def _plant(unit: Any, what: Try) -> None:
    rows = []
    if what.form in ("by key", "feed") or (what.point in FEED and not what.fault):
        # So that the bank is asked by key, or tells first by its feed: its answer is lost.
        rows.append({"call": catalogue.PAYOUT, "kind": FaultKind.TIMEOUT_AFTER_ACTING})
    if what.fault:
        fault = FaultKind(what.fault)
        rows.append({"call": FORMS[what.form], "kind": fault, **_WITH.get(fault, {})})
    if rows:
        unit.sandbox.plant(*rows)


def _read(unit: Any) -> books.BankBooks:
    return books.read(unit.sandbox.path, {p.id for p in unit.file().payouts})


def _too_early(unit: Any) -> str:
    """What our ledger says right after the kill beyond what the bank's books show."""
    bank = _read(unit)
    for payout in unit.file().payouts:
        if payout.taken_minor > bank.kept_minor(payout.id):
            return f"{payout.id} is booked as paid and has not left the bank"
    return ""


def _verdict(unit: Any, allocation_id: str) -> tuple[str, str]:
    file, bank = unit.file(), _read(unit)
    twice = [ref for ref, times in bank.times_left.items() if times > 1]
    if twice:
        return "paid twice", f"{twice} left the bank more than once"
    mine = [p for p in file.payouts if p.allocation_id == allocation_id]
    found = sorted({d.kind for d in file.discrepancies if d.state is DiscrepancyState.OPEN})
    step = unit.page().steps[0]
    owned = f"{', '.join(found) or step.action} ({step.role})"
    for payout in file.payouts:
        kept = bank.kept_minor(payout.id)
        if payout.taken_minor != kept and not found:
            return "unowned", f"{payout.id}: the bank {kept}, we {payout.taken_minor}"
    states = {p.state for p in mine}
    if states == {PayoutState.SETTLED}:
        as_ordered = all(bank.arrived[p.id] == p.amount_minor == bank.left[p.id] for p in mine)
        extra = "; the bank's own money too" if bank.not_ours else ""
        if as_ordered and not found:
            return f"paid once{extra}", ""
        how = "paid once" if as_ordered else "paid short"
        return f"{how}{extra}; owned: {owned}", "" if found else "a difference nobody owns"
    if not step.sentence:
        return "lost", "nobody is told that it is not paid"
    return f"not yet: {', '.join(sorted(states))}; {owned}", ""


def cells(kinds: Iterable[str]) -> Iterator[Try]:
    """The whole matrix: a fault of the order with every point, one of its answers where it is met.

    A fault by key or of the feed comes after the order: a kill before that is another cell.
    """
    for kind in kinds:
        yield from (Try(kind, "", "", point) for point in POINTS)
        for form, fault in FAULTS:
            points = {"order": POINTS, "by key": ("answered", "booked"), "feed": tuple(FEED)}[form]
            yield from (Try(kind, form, fault, point) for point in points)

"""A hold of which its bank states less than before: what our own orders explain of it.

Every fall is held against all payouts out of the hold, whichever of the two the bank states first;
so `payouts_shown_minor` counts what of these the bank's figures show already. What neither a
payout nor an ordered release explains left the hold by nobody's order, and a person looks.
"""

from __future__ import annotations

from typing import NamedTuple

from models.case_file import CaseFile
from models.entities.call import CallKind, CallState
from models.entities.hold import HoldRow, HoldState
from models.entities.payout import PayoutState
from models.facts import HoldFact
from models.money import Money
from models.outcome import Scalar
from recovery_flows.ledger import outstanding_losses


class Fall(NamedTuple):
    """A bank's new figure of a hold; minor units of the account's currency.

    `paid_minor` is what the figures show of our payouts now, `released_minor` what of this fall a
    release explains, `unexplained_minor` what nothing of ours does.
    """

    paid_minor: int
    released_minor: int
    unexplained_minor: int


def fall(file: CaseFile, hold: HoldRow, told_minor: int) -> Fall:
    """What a bank's new figure says about payouts and releases; a rise takes back an excess."""
    fell = hold.held_minor - told_minor
    caused, is_open = _paid(file, hold)
    shown = hold.payouts_shown_minor
    if fell <= 0:
        # Money that came back to the hold was never lost, as after a payout that did not settle.
        return Fall(shown - min(-fell, max(0, shown - caused)), 0, 0)
    released = _released(file, hold, fell, max(0, caused - shown))
    shown += fell - released
    excess = 0 if is_open else max(0, shown - caused)
    return Fall(shown - excess, released, excess)


def unexplained(file: CaseFile, hold: HoldRow, fact: HoldFact) -> tuple[Money, Money] | None:
    """What a hold should show by our own orders and what its bank states; None where these agree.

    A freeze that takes the place of a stop holds what was ordered of that stop's money.
    """
    if fact.held.minor and fact.held.currency != hold.currency:
        return None
    told = Money(fact.held.minor, hold.currency)
    before, left = hold, told.minor
    if hold.state in (HoldState.ORDERED, HoldState.QUEUED):
        stop = next((h for h in file.holds if h.id == hold.supersedes_id), None)
        if stop is None or stop.state is not HoldState.STOPPED:
            return None
        # What of the stop was not ordered to be frozen ends with it.
        before, left = stop, told.minor + max(0, stop.held_minor - hold.requested_minor)
    minor = fall(file, before, left).unexplained_minor
    return (Money(told.minor + minor, hold.currency), told) if minor else None


def frees_a_part(file: CaseFile, freeze: HoldRow) -> bool:
    """Whether a freeze takes the place of a stop that holds more: the rest is free with it."""
    stop = next((h for h in file.holds if h.id == freeze.supersedes_id), None)
    if stop is None or stop.state is not HoldState.STOPPED:
        return False
    return freeze.requested_minor < stop.held_minor


def columns(file: CaseFile, hold: HoldRow, fact: HoldFact) -> dict[str, Scalar]:
    """Columns of a hold in force that follow from the bank's new figure of it."""
    if fact.held.minor and fact.held.currency != hold.currency:
        return {}
    found = fall(file, hold, fact.held.minor)
    values: dict[str, Scalar] = {}
    if found.paid_minor != hold.payouts_shown_minor:
        values["payouts_shown_minor"] = found.paid_minor
    if found.released_minor and hold.state is not HoldState.RELEASE_PENDING:
        values["releasing_minor"] = 0
    return values


def _paid(file: CaseFile, hold: HoldRow) -> tuple[int, bool]:
    """What payouts have taken out of a hold or may be taking, and whether that is not known yet.

    What came back after it was settled has left the hold all the same, an order that waits here
    has taken nothing; how much a payout in another currency takes is known once it is settled.
    """
    ours = [p for p in file.payouts if p.hold_id == hold.id]
    instructed = (p for p in ours if p.state is PayoutState.INSTRUCTED)
    going = [p for p in instructed if outstanding_losses.has_left(file, p)]
    sums = [p.debited_minor for p in ours if p.debited_currency == hold.currency]
    sums += [p.amount_minor for p in going if p.currency == hold.currency]
    return sum(sums), any(p.currency != hold.currency for p in going)


def _released(file: CaseFile, hold: HoldRow, fell: int, paid: int) -> int:
    """What of a fall an ordered release explains; one that is smaller may be payouts alone."""
    if not _has_left(file, hold) or (fell < hold.releasing_minor and fell <= paid):
        return 0
    return min(fell, hold.releasing_minor)


def _has_left(file: CaseFile, hold: HoldRow) -> bool:
    """Whether an order to release has left: one that has not cannot have lowered a hold."""
    orders = (c for c in file.calls if c.subject_id == hold.id and c.kind is CallKind.RELEASE)
    return hold.releasing_minor > 0 and all(c.state is not CallState.PLANNED for c in orders)

"""The figures of a hold: what its bank states, and what of it settled payouts may have taken out.

A bank's figure is never computed: a settled payout does not lower it. The bank is asked for the
hold instead; until it has answered, what the payout took counts as held no more, whichever of the
two the bank stated first.
"""

from __future__ import annotations

from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS, CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow
from models.entities.payout import PayoutRow, PayoutState
from models.facts import HoldFact
from models.ids import derive_id
from models.money import Money
from models.outcome import CallIntent, Scalar


def stated(fact: HoldFact) -> dict[str, Scalar]:
    """Columns of any statement of a bank about a hold: its own id, its revision, when."""
    return {
        "bank_ref": fact.bank_ref,
        "bank_revision": fact.revision,
        "bank_said_at": fact.modified_at,
        "bank_said": words(fact),
    }


def words(fact: HoldFact) -> str:
    """What a bank states of a hold, short enough to be kept beside it."""
    held = f"{fact.held.minor} {fact.held.currency}" if fact.held.minor else "nothing"
    until = f" until {fact.expires_at:%Y-%m-%dT%H:%M:%SZ}" if fact.expires_at else ""
    return f"{fact.state} {held}{until}"


def figure(hold: HoldRow, fact: HoldFact) -> dict[str, Scalar]:
    """Columns of the sum that the bank states; in another currency it holds none of the account's.

    Such a sum is kept beside: it is booked as it is, and no claim is covered by it.
    """
    if fact.held.currency == hold.currency or not fact.held.minor:
        return nothing(hold) | {"held_minor": fact.held.minor}
    return {
        "held_minor": 0,
        "foreign_minor": fact.held.minor,
        "foreign_currency": fact.held.currency,
    }


def shown(hold: HoldRow) -> Money:
    """What the bank states to hold, in the currency in which it states it."""
    if hold.foreign_minor and hold.foreign_currency:
        return Money(hold.foreign_minor, hold.foreign_currency)
    return Money(hold.held_minor, hold.currency)


def nothing(hold: HoldRow) -> dict[str, Scalar]:
    """Columns of a hold that holds nothing."""
    none: dict[str, Scalar] = {"held_minor": 0}
    return none | ({"foreign_minor": 0, "foreign_currency": ""} if hold.foreign_minor else {})


def is_renamed(file: CaseFile, asset_id: str, known: str, told: str) -> bool:
    """Whether a bank names something by another id than before; by letter a better one may come."""
    return known not in ("", told) and file.asset(asset_id).partner_id not in file.by_letter


def is_the_banks_own(file: CaseFile, hold_id: str, fact: HoldFact) -> bool:
    """Whether it is a hold that the bank took by itself: known by its name, no order of ours."""
    hold = file.hold(hold_id)
    return hold.kind is HoldKind.VOLUNTARY and hold.bank_ref == fact.bank_ref


def query(file: CaseFile, payout: PayoutRow, revision: int) -> CallIntent:
    """The question what a hold shows after a payout out of it, for one revision of the payout."""
    return CallIntent(
        id=derive_id("call", payout.id, CallKind.HOLD_QUERY, revision),
        partner_id=file.asset(payout.asset_id).partner_id,
        kind=CallKind.HOLD_QUERY,
        noun=EntityKind.PAYOUT,
        subject_id=payout.id,
        asset_id=payout.asset_id,
    )


def query_hold(file: CaseFile, hold: HoldRow, number: int) -> CallIntent:
    """The question what a hold shows, asked for the `number`-th time after a refused release."""
    return CallIntent(
        id=derive_id("call", hold.id, CallKind.HOLD_QUERY, number),
        partner_id=file.asset(hold.asset_id).partner_id,
        kind=CallKind.HOLD_QUERY,
        noun=EntityKind.HOLD,
        subject_id=hold.id,
        asset_id=hold.asset_id,
    )


def asked_about(file: CaseFile, subject_id: str) -> HoldRow:
    """The hold that a question is about: itself, or the one that a payout is out of."""
    payout = next((p for p in file.payouts if p.id == subject_id), None)
    return file.hold(payout.hold_id if payout is not None else subject_id)


def unconfirmed_minor(file: CaseFile, hold: HoldRow) -> int:
    """What settled payouts took out of a hold whose bank has not said since what is left.

    In the account's currency.
    """
    asked = {
        c.subject_id for c in file.calls if c.kind is CallKind.HOLD_QUERY and c.state in OPEN_CALLS
    }
    return sum(
        p.debited_minor
        for p in file.payouts
        if p.hold_id == hold.id
        and p.id in asked
        and p.state is PayoutState.SETTLED
        and p.debited_currency == hold.currency
    )

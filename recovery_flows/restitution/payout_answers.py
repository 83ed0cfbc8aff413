"""One revision of a bank about one payout: the move that it makes, and what it contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from models.entities.event import EntityKind
from models.entities.hold import HoldRow
from models.entities.payout import PayoutRow, PayoutState
from models.facts import BankPayoutState, PayoutFact
from models.language.phrase import stored_phrase
from models.money import Money
from models.outcome import Scalar, Transition

_S, _B = PayoutState, BankPayoutState

_NOTHING_PAID = stored_phrase("nothing was paid, as recorded")
NOTHING_NEW: Mapping[tuple[PayoutState, BankPayoutState], str] = {
    (_S.SETTLED, _B.SETTLED): stored_phrase("settled with the same sums, as recorded"),
    (_S.REFUSED, _B.REFUSED): stored_phrase("refused, as recorded"),
    (_S.RETURNED, _B.RETURNED): stored_phrase("returned, as recorded"),
    (_S.RETURNED, _B.REFUSED): _NOTHING_PAID,
    (_S.PREPARED, _B.REFUSED): _NOTHING_PAID,
    (_S.CANCELLED, _B.REFUSED): _NOTHING_PAID,
}
"""What only repeats our records; a test finds every other pair to be a move or a discrepancy."""

_TRANSITIONS: Mapping[tuple[PayoutState, BankPayoutState], str] = {
    (_S.INSTRUCTED, _B.RECEIVED): "acknowledged",
    (_S.INSTRUCTED, _B.SETTLED): "settled",
    (_S.INSTRUCTED, _B.REFUSED): "refused",
    (_S.INSTRUCTED, _B.RETURNED): "returned",
    (_S.SETTLED, _B.REFUSED): "refused",
    (_S.SETTLED, _B.RETURNED): "returned",
    (_S.REFUSED, _B.SETTLED): "settled",
    (_S.REFUSED, _B.RETURNED): "returned",
    (_S.RETURNED, _B.SETTLED): "settled",
    (_S.PREPARED, _B.SETTLED): "settled",
    (_S.CANCELLED, _B.SETTLED): "settled",
}
_EXPECTED = _S.INSTRUCTED


class Reading(NamedTuple):
    """The move of a payout on a bank's statement, and whether it contradicts what was recorded."""

    move: Transition
    contradicts: bool


def read(payout: PayoutRow, hold: HoldRow, fact: PayoutFact) -> Reading:
    """What a revision that was not taken yet does to a payout."""
    values: dict[str, Scalar] = {
        "bank_ref": fact.bank_ref,
        "bank_revision": fact.revision,
        "bank_said": words(fact),
        "bank_said_at": fact.modified_at,
    }
    event, reason = _event(payout, hold, fact)
    if event in ("settled", "corrected"):
        values |= _sums(hold, fact)
    elif event in ("refused", "returned"):
        values["reason"] = fact.reason
    move = Transition(
        EntityKind.PAYOUT, payout.id, event, payout.state, values, reason=reason or fact.reason
    )
    repeats = (payout.state, fact.state) in NOTHING_NEW and event == "stated"
    return Reading(move, payout.state is not _EXPECTED and not repeats)


def words(fact: PayoutFact) -> str:
    """What a bank states of a payout, short enough to be kept beside it."""
    debited = fact.debited
    left = f" for {debited.minor} {debited.currency}" if debited and debited.minor else ""
    return f"{fact.state} {fact.amount.minor} {fact.amount.currency}{left}"


def _event(payout: PayoutRow, hold: HoldRow, fact: PayoutFact) -> tuple[str, str]:
    cell = (payout.state, fact.state)
    if cell == (_S.SETTLED, _B.SETTLED) and _differs(payout, hold, fact):
        return "corrected", stored_phrase("the bank states other sums than before")
    return _TRANSITIONS.get(cell, "stated"), NOTHING_NEW.get(cell, "")


def _differs(payout: PayoutRow, hold: HoldRow, fact: PayoutFact) -> bool:
    before = (payout.settled_minor, payout.settled_currency or payout.currency)
    debited = debited_of(hold, fact)
    after = (fact.amount.minor, fact.amount.currency)
    took = (payout.debited_minor, payout.debited_currency)
    return before != after or took != (debited.minor, debited.currency)


def debited_of(hold: HoldRow, fact: PayoutFact) -> Money:
    """What left the hold; what the bank does not state is none where it cannot be known."""
    if fact.debited is not None:
        return fact.debited
    known = fact.amount.currency == hold.currency
    return fact.amount if known else Money(0, hold.currency)


def _sums(hold: HoldRow, fact: PayoutFact) -> dict[str, Scalar]:
    debited = debited_of(hold, fact)
    return {
        "settled_minor": fact.amount.minor,
        "settled_currency": fact.amount.currency,
        "debited_minor": debited.minor,
        "debited_currency": debited.currency,
        "booking_ref": fact.booking_ref,
        "settled_at": fact.booked_at,
    }

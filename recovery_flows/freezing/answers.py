"""One revision of a bank about one hold: the move that it makes, and what it contradicts.

The bank's statement is the truth about what it holds: it is booked in every state. Where it
contradicts an outcome that was recorded before, the reading says so, and a person looks.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState, Renewal
from models.facts import BankHoldState, HoldFact
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.freezing import (
    disposal,
    reductions,
    renewal,
)
from recovery_flows.freezing.answer_table import ENDED, HOLDING, IN_LINE, NOTHING_NEW, OVER, WAITING
from recovery_flows.freezing.drafts import is_followed
from recovery_flows.law import terms
from recovery_flows.ledger.hold_figures import figure, nothing, stated

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regimes

_S, _B = HoldState, BankHoldState
_ENDS = {
    _B.RELEASED: "released",
    _B.EXPIRED: "lapsed",
    _B.PAID_OUT: "disposed",
    _B.CONVERTED: "superseded",
    _B.CANCELLED: "released",
    _B.REFUSED: "released",
}
CLOCKS_APART = timedelta(minutes=5)
"""So far from ours a bank's clock may be before its stamps are taken for wrong."""
_WITHOUT_ORDER = stored_phrase("the bank let it go without an order")


class Reading(NamedTuple):
    """The move of a hold on a bank's statement, and whether it contradicts what was recorded."""

    move: Transition
    contradicts: bool = False


def read(file: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes) -> Reading:
    """What a revision that was not taken yet does to a hold; there is always a move."""
    if hold.state in (_S.ORDERED, _S.QUEUED):
        return _first_answer(file, hold, fact, now, laws)
    if hold.state in (_S.STOPPED, _S.FROZEN):
        return _in_force(file, hold, fact, laws)
    if hold.state is _S.RELEASE_PENDING:
        return _release_pending(file, hold, fact, now, laws)
    if hold.state is _S.DISPOSAL_PENDING:
        return _disposal_pending(file, hold, fact)
    if hold.state in OVER and fact.state in HOLDING:
        return _held_after_all(file, hold, fact, now, laws)
    if hold.state in OVER and fact.state is _B.CONVERTED and _holds_something(fact):
        return Reading(disposal.converted(file, hold, fact, stated(fact), laws), contradicts=True)
    return _only_stated(file, hold, fact)


def in_force(
    file: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes
) -> dict[str, Scalar]:
    """The bank's time starts the legal clock; the earlier of law and bank ends it."""
    acted = _acted_at(hold, fact, now)
    law = laws[file.asset(hold.asset_id).regime]
    ends = terms.due_at(law.row(hold.law_row).limit, acted, law)
    if fact.expires_at is not None:
        ends = min(ends, fact.expires_at)
    values: dict[str, Scalar] = {"acted_at": acted, "expires_at": ends}
    if hold.reminded_hours:
        values |= {"reminded_hours": 0, "escalated_at": None}
    return values | figure(hold, fact)


def _acted_at(hold: HoldRow, fact: HoldFact, now: datetime) -> datetime:
    """When the bank acted by its own word: after our order, and before we have heard of it.

    A clock that is hours away (one that writes local time as UTC) would let our stop end hours
    before or after the bank's.
    """
    acted = fact.acted_at or fact.modified_at
    if acted > now + CLOCKS_APART:
        return now
    if hold.acted_at is None and hold.ordered_at and acted < hold.ordered_at - CLOCKS_APART:
        return hold.ordered_at
    return acted


def _holds_something(fact: HoldFact) -> bool:
    return fact.held.minor > 0


def _only_stated(file: CaseFile, hold: HoldRow, fact: HoldFact) -> Reading:
    """The statement is noted; what does not merely repeat our records contradicts them."""
    reason = NOTHING_NEW.get((hold.state, fact.state), "")
    if not reason and fact.state is _B.CONVERTED and is_followed(file.holds, hold):
        reason = stored_phrase("the hold that follows it took over")
    contradicts = not reason or (_holds_something(fact) and fact.state in ENDED)
    values = stated(fact)
    move = Transition(EntityKind.HOLD, hold.id, "stated", hold.state, values, reason=reason)
    return Reading(move, contradicts=contradicts)


def _first_answer(
    file: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes
) -> Reading:
    event = _first_event(hold, fact)
    if event == "queued" and hold.state is _S.QUEUED:
        return _only_stated(file, hold, fact)
    values = stated(fact)
    if event in ("stopped", "frozen"):
        values |= in_force(file, hold, fact, now, laws)
    elif fact.reason:
        values["reason"] = fact.reason
    move = Transition(EntityKind.HOLD, hold.id, event, hold.state, values, reason=fact.reason)
    # Money that went to others before we had heard that it was held is no mere lapse.
    went = fact.state is _B.PAID_OUT or (
        fact.state is _B.CONVERTED and not is_followed(file.holds, hold)
    )
    return Reading(move, contradicts=went)


def _first_event(hold: HoldRow, fact: HoldFact) -> str:
    if fact.state in HOLDING or (fact.state is _B.CONVERTED and _holds_something(fact)):
        return "stopped" if hold.kind is HoldKind.STOP else "frozen"
    if fact.state is _B.QUEUED:
        return "queued"
    if fact.state is _B.REFUSED:
        return "no_funds" if fact.reason == "NO_BALANCE" else "refused"
    if fact.state in WAITING:
        return "acknowledged"
    # The bank stopped and released between two of our polls.
    return "lapsed"


def _in_force(file: CaseFile, hold: HoldRow, fact: HoldFact, laws: Regimes) -> Reading:
    values = stated(fact)
    if disposal.concerns(file, hold, fact):
        return Reading(disposal.converted(file, hold, fact, values, laws))
    if fact.state in HOLDING:
        return Reading(_still_held(file, hold, fact, values, laws))
    if fact.state in IN_LINE:
        # It had acted: an order that it has only received holds what it says, and is looked at.
        move = Transition(
            EntityKind.HOLD, hold.id, "updated", hold.state, values | figure(hold, fact)
        )
        return Reading(move, contradicts=True)
    unexplained = reductions.fall(file, hold, 0).unexplained_minor
    contradicts = fact.state is _B.REFUSED or (fact.state is _B.PAID_OUT and unexplained > 0)
    return Reading(_end(hold, fact, values | nothing(hold)), contradicts=contradicts)


def _release_pending(
    file: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes
) -> Reading:
    values = stated(fact)
    if fact.state is _B.CONVERTED and _holds_something(fact):
        return Reading(disposal.converted(file, hold, fact, values, laws), contradicts=True)
    if fact.state in HOLDING:
        acted = {} if hold.acted_at else in_force(file, hold, fact, now, laws)
        held = values | acted | figure(hold, fact) | reductions.columns(file, hold, fact)
        return Reading(Transition(EntityKind.HOLD, hold.id, "updated", hold.state, held))
    if fact.state in IN_LINE:
        reading = _only_stated(file, hold, fact)
        return reading._replace(contradicts=bool(hold.held_minor or hold.foreign_minor))
    went = fact.state in (_B.PAID_OUT, _B.CONVERTED)
    return Reading(_end(hold, fact, values | nothing(hold)), contradicts=went)


def _disposal_pending(file: CaseFile, hold: HoldRow, fact: HoldFact) -> Reading:
    values = stated(fact)
    if fact.state in IN_LINE:
        move = Transition(
            EntityKind.HOLD, hold.id, "updated", hold.state, values | figure(hold, fact)
        )
        return Reading(move, contradicts=True)
    return Reading(disposal.move(file, hold, fact, values), contradicts=fact.state is _B.REFUSED)


def _held_after_all(
    file: CaseFile, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes
) -> Reading:
    """The bank holds what our records have as ended: it is in force again, to the bank's end.

    Where that end is over too, the bank either tells of the past or holds without a term.
    """
    values = stated(fact) | in_force(file, hold, fact, now, laws)
    law = laws[file.asset(hold.asset_id).regime]
    before, later = hold.expires_at, fact.expires_at
    if before is not None and later is not None and later > before and hold.acted_at:
        values |= renewal.renewed_values(hold, later, law)
    ends = values["expires_at"]
    if isinstance(ends, datetime) and ends <= now:
        reason = stored_phrase("it is of the term that is over")
        move = Transition(
            EntityKind.HOLD, hold.id, "stated", hold.state, stated(fact), reason=reason
        )
        return Reading(move, fact.modified_at > ends)
    event = "stopped_late" if hold.kind in (HoldKind.STOP, HoldKind.VOLUNTARY) else "frozen_late"
    reason = stored_phrase("the bank holds it, though it was recorded as {state}", state=hold.state)
    return Reading(
        Transition(EntityKind.HOLD, hold.id, event, hold.state, values, reason=reason),
        contradicts=True,
    )


def _end(hold: HoldRow, fact: HoldFact, ended: dict[str, Scalar]) -> Transition:
    """A hold in force that the bank holds no more."""
    event = _ENDS[fact.state]
    if event == "released" and hold.state is not _S.RELEASE_PENDING:
        # Nobody told the bank to: the owner has to know, and it is stopped again.
        return Transition(
            EntityKind.HOLD, hold.id, "let_go_early", hold.state, ended, reason=_WITHOUT_ORDER
        )
    if hold.state is _S.RELEASE_PENDING and event not in ("released", "lapsed"):
        event = "released"
    return Transition(EntityKind.HOLD, hold.id, event, hold.state, ended, reason=_end_reason(fact))


def _end_reason(fact: HoldFact) -> str:
    if fact.state is _B.EXPIRED:
        return stored_phrase("the bank let its hold end")
    return fact.reason


def _still_held(
    file: CaseFile, hold: HoldRow, fact: HoldFact, values: dict[str, Scalar], laws: Regimes
) -> Transition:
    """The bank's figures of a hold in force; a later end than ours is its yes to our renewal."""
    values = values | figure(hold, fact) | reductions.columns(file, hold, fact)
    ends, reason = hold.expires_at, ""
    if fact.expires_at is not None and ends is not None and fact.expires_at < ends:
        values["expires_at"], reason = (
            fact.expires_at,
            stored_phrase("the bank lets it end earlier"),
        )
    elif hold.renewal == Renewal.ORDERED and fact.expires_at and ends and fact.expires_at > ends:
        law = laws[file.asset(hold.asset_id).regime]
        values |= renewal.renewed_values(hold, fact.expires_at, law)
        return Transition(EntityKind.HOLD, hold.id, "renewed", hold.state, values)
    return Transition(EntityKind.HOLD, hold.id, "updated", hold.state, values, reason=reason)

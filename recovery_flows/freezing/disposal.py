"""Conversion: a court's order takes over a freeze; the bank disposes of the money under it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.facts import BankHoldState, HoldFact
from models.language.phrase import phrase, stored_phrase
from models.outcome import Scalar, Transition, Values
from recovery_flows.errors import StepRefusedError
from recovery_flows.freezing.drafts import is_followed
from recovery_flows.law import terms
from recovery_flows.law.rows import Measure
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.hold_figures import figure, nothing, unconfirmed_minor

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regimes

_HELD = (BankHoldState.HELD, BankHoldState.PARTIALLY_HELD, BankHoldState.CONVERTED)
_BY_COURT = stored_phrase("a court's order took the freeze over")


def record_conversion(changes: Changeset, hold_id: str, now: datetime, laws: Regimes) -> None:
    """An officer learned of a court's order on a frozen sum before the bank said so."""
    hold = changes.file.hold(hold_id)
    if hold.state is not HoldState.FROZEN:
        raise StepRefusedError(
            phrase(
                "hold {hold_id} is {hold_state}: only a freeze is taken over",
                hold_id=hold_id,
                hold_state=hold.state,
            )
        )
    changes.apply(_converted(changes.file, hold, "court_order_entered", {}, now, laws))


def concerns(file: CaseFile, hold: HoldRow, fact: HoldFact) -> bool:
    """Whether a bank's statement is about a court's order, not about a hold that follows ours."""
    return fact.state is BankHoldState.CONVERTED and not is_followed(file.holds, hold)


def converted(
    file: CaseFile, hold: HoldRow, fact: HoldFact, values: Values, laws: Regimes
) -> Transition:
    """The move of a hold that a court's order took over, with the bank's figure."""
    held = {**values, **figure(hold, fact)}
    return _converted(file, hold, "converted", held, fact.modified_at, laws)


def move(file: CaseFile, hold: HoldRow, fact: HoldFact, values: Values) -> Transition:
    """The move of what a court's order took over: changed, disposed of, or set free."""
    if fact.state in _HELD:
        held = {**values, **figure(hold, fact)}
        return Transition(EntityKind.HOLD, hold.id, "updated", hold.state, held)
    ended = {**values, **nothing(hold)}
    if fact.state is BankHoldState.PAID_OUT:
        # What our own payouts took out of it went to victims.
        ended["disposed_minor"] = max(0, hold.held_minor - unconfirmed_minor(file, hold))
        return Transition(EntityKind.HOLD, hold.id, "disposed", hold.state, ended)
    reason = stored_phrase("set free after a court's order")
    return Transition(EntityKind.HOLD, hold.id, "released", hold.state, ended, reason=reason)


def _converted(
    file: CaseFile, hold: HoldRow, event: str, values: Values, since: datetime, laws: Regimes
) -> Transition:
    """No term of the freeze runs any more; the regime's own clock for disposals does, if it has."""
    law = laws[file.asset(hold.asset_id).regime]
    changed: dict[str, Scalar] = {**values, "expires_at": None, "reminded_hours": 0}
    basis = ""
    if law.has(Measure.DISPOSAL):
        row = law.measure(Measure.DISPOSAL)
        changed["release_due_at"] = terms.due_at(row.limit, since, law)
        basis = f"{row.instrument}, {row.article}"
    return Transition(
        EntityKind.HOLD, hold.id, event, hold.state, changed, reason=_BY_COURT, legal_basis=basis
    )

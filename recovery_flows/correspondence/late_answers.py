"""A letter that comes after the clock had given its hold up."""

from __future__ import annotations

from datetime import datetime

from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState
from models.facts import BankHoldState, HoldFact
from models.language.phrase import stored_phrase
from models.outcome import Scalar, Transition
from recovery_flows.approvals.requests import void_approvals
from recovery_flows.freezing import answers as hold_answers
from recovery_flows.freezing.drafts import NEVER_TRIED
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger import hold_figures
from recovery_flows.ledger.changeset import Changeset

_HOLDING = (BankHoldState.HELD, BankHoldState.PARTIALLY_HELD)
_NOT_SENT = (HoldState.DRAFT, HoldState.PENDING_APPROVAL)


def apply(changes: Changeset, hold: HoldRow, fact: HoldFact, now: datetime, laws: Regimes) -> None:
    """Put a lapsed hold in force again if the bank holds the money still and nothing follows it.

    What was drafted in its place is withdrawn; what was ordered in its place stands, and so does
    the lapse: the same money is not to be counted as held twice.
    """
    values: dict[str, Scalar] = {
        **hold_figures.stated(fact),
        **hold_answers.in_force(changes.file, hold, fact, now, laws),
    }
    ends = values["expires_at"]
    over = isinstance(ends, datetime) and ends <= now
    if fact.state not in _HOLDING or over or not make_room(changes, hold):
        return
    event = "stopped_late" if hold.kind is HoldKind.STOP else "frozen_late"
    reason = stored_phrase("the bank had acted: its letter came after the lapse")
    changes.apply(Transition(EntityKind.HOLD, hold.id, event, hold.state, values, reason=reason))


def make_room(changes: Changeset, hold: HoldRow) -> bool:
    """Withdraw what was only drafted in a hold's place; False where something was ordered."""
    after = [
        h for h in changes.file.holds if h.supersedes_id == hold.id and h.state not in NEVER_TRIED
    ]
    if any(h.state not in _NOT_SENT for h in after):
        return False
    for follower in after:
        void_approvals(changes, follower.id, stored_phrase("the bank holds the money already"))
        changes.apply(Transition(EntityKind.HOLD, follower.id, "cancelled", follower.state))
    return True

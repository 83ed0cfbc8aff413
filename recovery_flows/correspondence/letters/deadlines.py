"""What time does to letters: orders that may not leave any more, and banks that stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import CallState
from models.entities.event import EntityKind
from models.entities.hold import HoldRow, HoldState
from models.entities.recovery import RecoveryState
from models.language.phrase import stored_phrase
from models.outcome import Transition
from recovery_flows.correspondence import call_validity
from recovery_flows.correspondence.letters.next_steps import may_be_sent
from recovery_flows.freezing import reminders
from recovery_flows.law.regime import Regimes
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.letter_channel import is_by_letter, order_of


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Cancel letters whose approval is void; a hold that no bank answered for in time lapses."""
    if changes.file.recovery.state is not RecoveryState.OPEN:
        return
    for call in changes.file.calls:
        planned = call.state is CallState.PLANNED and is_by_letter(changes.file, call)
        if planned and not may_be_sent(changes.file, call):
            call_validity.withdraw_call(changes, call)
    for hold in changes.file.holds:
        ends = _silent_until(changes.file, hold, laws)
        if ends is not None and ends <= now:
            _lapse(changes, hold, laws)


def instants(file: CaseFile, laws: Regimes) -> Iterator[datetime]:
    """When a bank's silence ends a hold."""
    for hold in file.holds:
        ends = _silent_until(file, hold, laws)
        if ends is not None:
            yield ends


def _silent_until(file: CaseFile, hold: HoldRow, laws: Regimes) -> datetime | None:
    """The end of a hold that was ordered by letter, counted from its sending; None: no such hold.

    Through an interface a bank can be asked what became of an order; by letter nobody can, and
    once the term would be over even if the bank had acted, nothing is held there for certain.
    """
    if hold.state is not HoldState.ORDERED:
        return None
    order = order_of(file, hold)
    if order is None or order.state is not CallState.SENT or file.pending(order.id) is not None:
        return None
    return reminders.ends_at(file, hold, laws)


def _lapse(changes: Changeset, hold: HoldRow, laws: Regimes) -> None:
    row = laws[changes.file.asset(hold.asset_id).regime].rows.get(hold.law_row)
    basis = f"{row.instrument}, {row.article}" if row else ""
    reason = stored_phrase(
        "its letter was not answered in time: nobody knows whether the bank acted"
    )
    move = Transition(
        EntityKind.HOLD, hold.id, "lapsed", hold.state, reason=reason, legal_basis=basis
    )
    changes.apply(move)

"""Releases that a bank refused: it is asked what it holds, and a person looks before the next one.

The same order on the same facts gets the same answer. So a refusal is a discrepancy of the hold
with the bank's reason; no release of that hold is proposed, asked for or ordered before a person
has asked the bank's desk, or before the bank holds nothing any more.
"""

from __future__ import annotations

from datetime import datetime

from models.case_file import CaseFile
from models.entities.call import OPEN_CALLS, CallKind, CallRow, CallState
from models.entities.discrepancy import DiscrepancyKind, DiscrepancyRow
from models.entities.hold import LIVE_HOLDS, HoldKind, HoldRow, HoldState
from models.language.phrase import stored_phrase
from recovery_flows.ledger import bank_contradictions, discrepancies, hold_figures
from recovery_flows.ledger.changeset import Changeset

_WAITS = LIVE_HOLDS | {HoldState.QUEUED}


def last_refused(file: CaseFile, hold_id: str) -> CallRow | None:
    """The last order to release a hold, where its bank has refused it."""
    orders = _orders(file, hold_id)
    return orders[-1] if orders and orders[-1].state is CallState.REFUSED else None


def waits(file: CaseFile, hold: HoldRow) -> bool:
    """Whether the next release of a hold waits for its bank's figure, or for a person's look."""
    asked = (
        c.kind is CallKind.HOLD_QUERY and c.subject_id == hold.id and c.state in OPEN_CALLS
        for c in file.calls
    )  # fmt: skip
    return any(asked) or _open(file, hold.id) is not None


def note(changes: Changeset, hold_id: str, code: str, now: datetime) -> None:
    """Own the refusal of a hold that is in force still, and ask its bank what it holds."""
    hold = changes.file.hold(hold_id)
    if hold.state not in _WAITS:
        return
    number = len(_orders(changes.file, hold.id))
    is_unnamed = hold.kind is HoldKind.VOLUNTARY and not hold.bank_revision
    ask = stored_phrase("{code}: ask its desk why before it is ordered again", code=code)
    unnamed = stored_phrase(
        "{code}: ask its desk why before it is ordered again; where it knows the hold by another "
        "name, enter it with `recovery hold reference`", code=code,
    )  # fmt: skip
    detail = unnamed if is_unnamed else ask
    bank_contradictions.find(
        changes, DiscrepancyKind.RELEASE_REFUSED, bank_contradictions.About.hold(hold), now,
        detail=detail, mark=f"refusal {number}",
    )  # fmt: skip
    if hold.bank_ref and changes.file.asset(hold.asset_id).partner_id not in changes.file.by_letter:
        changes.call(hold_figures.query_hold(changes.file, hold, number))


def clear_ended(changes: Changeset, now: datetime) -> None:
    """Nobody has to ask about a hold that has ended since."""
    for hold in changes.file.holds:
        found = _open(changes.file, hold.id)
        if found is not None and hold.state not in _WAITS:
            discrepancies.clear(changes, found.id, now, stored_phrase("the hold has ended"))


def clear_renamed(changes: Changeset, hold_id: str, now: datetime) -> None:
    """What a bank refused under a reference that was wrong is asked for under the right one."""
    refused = (DiscrepancyKind.RELEASE_REFUSED, DiscrepancyKind.QUERY_REFUSED)
    for found in discrepancies.open_ones(changes.file):
        if found.subject_id == hold_id and found.kind in refused:
            discrepancies.clear(
                changes, found.id, now, stored_phrase("another reference of it was entered")
            )


def _open(file: CaseFile, hold_id: str) -> DiscrepancyRow | None:
    for found in discrepancies.open_ones(file):
        if found.kind is DiscrepancyKind.RELEASE_REFUSED and found.subject_id == hold_id:
            return found
    return None


def _orders(file: CaseFile, hold_id: str) -> list[CallRow]:
    return [c for c in file.calls if c.subject_id == hold_id and c.kind is CallKind.RELEASE]

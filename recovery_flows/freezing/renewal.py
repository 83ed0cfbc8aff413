"""Renewals: drafted at half of a freeze's life, submitted, approved, sent, answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.case_file import CaseFile
from models.entities.call import CallKind
from models.entities.event import EntityKind
from models.entities.hold import HoldKind, HoldRow, HoldState, Renewal
from models.ids import derive_id
from models.language.phrase import stored_phrase
from models.outcome import CallIntent, Scalar, Transition
from recovery_flows.law import terms
from recovery_flows.ledger.changeset import Changeset

if TYPE_CHECKING:
    from recovery_flows.law.regime import Regime, Regimes

_LAST_INSTANT = timedelta(microseconds=1)


OPEN_TO_SUBMIT = (Renewal.DRAFT, Renewal.REFUSED, Renewal.AGAIN)
"""How far a renewal is that may be submitted; one that was just refused is no step yet."""
TO_SUBMIT = (Renewal.DRAFT, Renewal.AGAIN)


def drafted_from(file: CaseFile, hold: HoldRow, laws: Regimes) -> datetime | None:
    """The instant from which a renewal is drafted: half-way through the term; None: never."""
    asset = file.asset(hold.asset_id)
    row = laws[asset.regime].rows.get(hold.law_row)
    is_freeze = hold.kind in (HoldKind.FREEZE, HoldKind.QUEUE) and hold.state is HoldState.FROZEN
    if not (is_freeze and asset.home and hold.held_minor and row):
        return None
    if hold.expires_at is None or (row.repeats is not None and hold.renewals >= row.repeats):
        return None
    begun = hold.term_from or hold.acted_at
    return None if begun is None else terms.half_life(begun, hold.expires_at)


def advance(changes: Changeset, now: datetime, laws: Regimes) -> None:
    """Draft the renewals whose time has come."""
    for hold in changes.file.holds:
        at = drafted_from(changes.file, hold, laws)
        if at is not None and at <= now and hold.renewal == Renewal.NONE:
            values: dict[str, Scalar] = {"renewal": Renewal.DRAFT}
            reason = stored_phrase("half of its term is over")
            changes.apply(
                Transition(
                    EntityKind.HOLD, hold.id, "renewal_drafted", hold.state, values, reason=reason
                )
            )


def new_end(hold: HoldRow, law: Regime) -> datetime:
    """When a renewed freeze ends: the law's term, counted from the last day of the present one."""
    if hold.expires_at is None:
        raise ValueError(f"hold {hold.id} has no end that could be put off")
    return terms.due_at(law.row(hold.law_row).limit, hold.expires_at - _LAST_INSTANT, law)


def intent(file: CaseFile, hold: HoldRow, approval: str) -> CallIntent:
    """The order to prolong a freeze, sent under one approval."""
    return CallIntent(
        id=derive_id("call", hold.id, CallKind.EXTEND, approval),
        partner_id=file.asset(hold.asset_id).partner_id,
        kind=CallKind.EXTEND,
        noun=EntityKind.HOLD,
        subject_id=hold.id,
        asset_id=hold.asset_id,
        approval_id=approval,
    )


def move(hold: HoldRow, event: str, renewal: Renewal, reason: str = "") -> Transition:
    """A move of a renewal; the freeze itself stays in force."""
    return Transition(
        EntityKind.HOLD, hold.id, event, hold.state, {"renewal": renewal}, reason=reason
    )


def renewed_values(hold: HoldRow, ends: datetime, law: Regime) -> dict[str, Scalar]:
    """What a bank's yes changes: the new term begins where the old one would have ended."""
    return {
        "expires_at": min(ends, new_end(hold, law)),
        "term_from": hold.expires_at,
        "renewal": Renewal.NONE,
        "renewals": hold.renewals + 1,
        "reminded_hours": 0,
        "escalated_at": None,
    }

"""What of a court's list cannot be paid: more than a claim is open, or than the account holds."""

from __future__ import annotations

from datetime import datetime

from models.entities.allocation import (
    CourtListRow,
    CourtListState,
    CourtShareRow,
    CourtShareState,
)
from models.entities.asset import Stage
from models.entities.discrepancy import DiscrepancyKind
from models.entities.event import EntityKind
from models.language.phrase import stored_phrase
from models.money import Money
from recovery_flows.ledger import discrepancies, pools
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.ledger.court_money import shares_of, unknown_minor
from recovery_flows.ledger.outstanding_losses import LOST, net_loss_minor
from recovery_flows.restitution.court.rows import due_minor


def own_what_cannot_be_paid(changes: Changeset, found: CourtListRow, now: datetime) -> None:
    """Rows above what is open of their claims, and a list above what is held, are looked into."""
    file = changes.file
    currency = file.recovery.currency
    claims = {c.id: c for c in file.claims}
    for row in (r for r in shares_of(file, found) if r.state is CourtShareState.NAMED):
        claim = claims[row.claim_id]
        most = net_loss_minor(file, claim) if claim.state in LOST else 0
        if due_minor(file, row) > most:
            _own_above_claim(changes, found, row, most, now)
    held = pools.payable_minor(file, file.asset(found.asset_id))
    held += unknown_minor(file, found.asset_id)
    due = sum(due_minor(file, r) for r in shares_of(file, found))
    if due > held:
        discrepancies.find(
            changes, DiscrepancyKind.COURT_ABOVE_HELD, EntityKind.COURT_LIST, found.id, now,
            asset_id=found.asset_id, expected=Money(held, currency), stated=Money(due, currency),
            detail=found.reference,
        )  # fmt: skip


def own_unpaid(changes: Changeset, now: datetime) -> None:
    """A list of an account on which nothing more is done, and that was not followed: look into it.

    Its hold has lapsed, was given up or taken over, or its claim was rejected meanwhile.
    """
    for found in (c for c in changes.file.court_lists if c.state is CourtListState.IN_FORCE):
        file = changes.file
        if file.asset(found.asset_id).stage is not Stage.CLOSED:
            continue
        claims, unpaid = {c.id: c for c in file.claims}, 0
        for row in (r for r in shares_of(file, found) if r.state is CourtShareState.NAMED):
            due, claim = due_minor(file, row), claims[row.claim_id]
            if claim.state in LOST:
                unpaid += min(due, net_loss_minor(file, claim))
            elif due:
                _own_above_claim(changes, found, row, 0, now)
        if unpaid:
            currency = file.recovery.currency
            discrepancies.find(
                changes, DiscrepancyKind.COURT_ABOVE_HELD, EntityKind.COURT_LIST, found.id, now,
                asset_id=found.asset_id, expected=Money(0, currency),
                stated=Money(unpaid, currency), detail=found.reference, mark="closed",
            )  # fmt: skip


def _own_above_claim(
    changes: Changeset, found: CourtListRow, row: CourtShareRow, most: int, now: datetime
) -> None:
    currency = changes.file.recovery.currency
    discrepancies.find(
        changes, DiscrepancyKind.COURT_ABOVE_CLAIM, EntityKind.COURT_SHARE, row.id, now,
        claim_id=row.claim_id, expected=Money(most, currency),
        stated=Money(row.amount_minor, currency), detail=stored_phrase(
            "line {line} of {reference}", line=row.line,
            reference=found.reference
        ),
    )  # fmt: skip

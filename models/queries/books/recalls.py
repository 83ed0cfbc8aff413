"""Recalls over all recoveries: by which a bank's message finds the one that it answers."""

from __future__ import annotations

from dataclasses import fields

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import CaseFile
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.recall import (
    OPEN_RECALLS,
    WENT_OUT,
    CreditState,
    Recall,
    RecallCredit,
    RecallRow,
)
from models.money import Money
from models.queries.books.booked_credits import BookedCredit, credits_that_fit

_RECALLS, _CLAIMS = table_of(Recall), table_of(Claim)
_CREDITS = table_of(RecallCredit)
_COLUMNS = [_RECALLS.c[f.name] for f in fields(RecallRow)]


def recalls_that_went_out(session: Session) -> tuple[RecallRow, ...]:
    """Every recall that a bank may answer, of all recoveries."""
    query = sa.select(*_COLUMNS).where(_RECALLS.c.state.in_(WENT_OUT)).order_by(_RECALLS.c.id)
    return tuple(RecallRow(**row) for row in session.execute(query).mappings())


def reported_as(session: Session, external_ref: str) -> str:
    """The recovery that the claim of this report is in; "" where it was not filed yet."""
    query = sa.select(_CLAIMS.c.recovery_id).where(_CLAIMS.c.external_ref == external_ref)
    return str(session.execute(query).scalar() or "")


def same_payment_recalled(session: Session, recovery_id: str, uetr: str) -> str:
    """The recall of another recovery that calls this payment back already; "" for none."""
    query = sa.select(_RECALLS.c.id).where(
        _RECALLS.c.uetr == uetr, _RECALLS.c.uetr != "", _RECALLS.c.recovery_id != recovery_id,
        _RECALLS.c.state.in_(OPEN_RECALLS),
    )  # fmt: skip
    return str(session.execute(query.order_by(_RECALLS.c.id)).scalar() or "")


def same_money_entered(
    session: Session, claim_id: str, account_id: str, booking: str, proof: str
) -> str:
    """The recall of another claim for which this money is entered already; "" for none.

    The same: one reference on one victim's account, or one reference in one and the same document.
    """
    same = sa.or_(_CLAIMS.c.victim_account_id == account_id, _CREDITS.c.proof == proof)
    query = sa.select(_CREDITS.c.recall_id).where(
        _CREDITS.c.claim_id == _CLAIMS.c.id, _CREDITS.c.claim_id != claim_id,
        _CREDITS.c.booking == booking, _CREDITS.c.state != CreditState.DENIED, same,
    )  # fmt: skip
    return str(session.execute(query.order_by(_CREDITS.c.id)).scalar() or "")


def fitting_credits(session: Session, file: CaseFile, row: RecallRow) -> list[BookedCredit]:
    """Credits on the victim's account that may be the money of a recall and are not entered yet."""
    if row.sent_at is None:
        return []
    claim = next(c for c in file.claims if c.id == row.claim_id)
    known = {c.booking for c in file.recall_credits if c.state is not CreditState.DENIED}
    names = (row.case_ref, row.uetr, row.end_to_end_id)
    most = Money(row.requested_minor, row.currency)
    found = credits_that_fit(session, claim.victim_account_id, row.sent_at, most, names)
    return [credit for credit in found if not known & set(credit.names)]

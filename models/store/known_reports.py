"""What is known of a report before it is taken in: itself, its payment, its payee's holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.deconfliction_hits import Elsewhere, Match
from models.entities.account import Account
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.officer import Officer
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.payment_refs import is_reference
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_C, _R, _OFFICERS = table_of(Claim), table_of(Recovery), table_of(Officer)
_ACCOUNTS = table_of(Account)
SAME_PAYMENT_WITHIN = timedelta(hours=1)
"""How far two persons' statements of the time of one payment may lie apart."""


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment that a report is about; `payer` and `payee` are ids of accounts."""

    payer: str
    payee: str
    minor: int
    currency: str
    paid_at: datetime
    reference: str = ""


def known_report(session: Session, external_ref: str) -> Elsewhere | None:
    """The recovery that the report of this reference is in already; None where it is new."""
    query = _recoveries().where(_C.c.external_ref == external_ref)
    row = session.execute(query).first()
    return None if row is None else _elsewhere(row)


def same_payment(session: Session, payment: Payment) -> tuple[Elsewhere, ...]:
    """The recoveries that have this payment already, reported by whomever, the oldest first.

    It is the same where payer and payee are and either the sum, within an hour, or the payment's
    reference; two payments with references of their own that differ are two.
    """
    alike = sa.and_(
        _C.c.payee_account_id == payment.payee,
        _C.c.victim_account_id == payment.payer,
        _C.c.reported_minor == payment.minor,
        _C.c.currency == payment.currency,
        _C.c.paid_at >= payment.paid_at - SAME_PAYMENT_WITHIN,
        _C.c.paid_at <= payment.paid_at + SAME_PAYMENT_WITHIN,
    )
    reference = payment.reference.lower()
    if is_reference(reference):
        referred = sa.and_(
            sa.func.lower(_C.c.end_to_end_id) == reference,
            _C.c.payee_account_id == payment.payee,
            _C.c.victim_account_id == payment.payer,
        )
        alike = sa.or_(alike, referred)
    rows = session.execute(_recoveries().where(alike).order_by(_R.c.reported_at, _R.c.ref)).all()
    return tuple(
        _elsewhere(row) for row in rows if not _differ(reference, row.end_to_end_id.lower())
    )


def _differ(one: str, other: str) -> bool:
    return is_reference(one) and is_reference(other) and one != other


def _recoveries() -> sa.Select[Any]:
    return (
        sa.select(
            _R.c.id, _R.c.ref, _R.c.owner_id, _R.c.state, _OFFICERS.c.handle, _C.c.end_to_end_id
        )
        .join_from(_C, _R, _R.c.id == _C.c.recovery_id)
        .join(_OFFICERS, _OFFICERS.c.id == _R.c.owner_id, isouter=True)
    )


def _elsewhere(row: Any) -> Elsewhere:  # noqa: ANN401 - a row of `_recoveries`
    return Elsewhere(
        what=Match.PAYMENT, account_id="", recovery_id=row.id, ref=row.ref, owner_id=row.owner_id,
        owner=row.handle or "", is_open=row.state not in CLOSED_RECOVERIES,
    )  # fmt: skip


def stored_holder(session: Session, vault: Vault, account_id: str) -> str:
    """The name under which an account is stored already; "" where there is none yet."""
    query = sa.select(_ACCOUNTS.c.holder_sealed).where(_ACCOUNTS.c.id == account_id)
    sealed = session.execute(query).scalar() or ""
    return vault.open(sealed, SealedPlace("account", account_id, "holder_sealed"))

"""Finds reports and payments that were told of before, as whoever reports may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.deconfliction_hits import DeconflictionHit, Match, without_hidden
from models.entities.account import Account
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.officer import Officer
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.payment_refs import is_reference
from models.rights.sessions import hidden_now, of_all, who_to_ask
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


def known_report(session: Session, external_ref: str) -> DeconflictionHit | None:
    """The recovery that already holds the report of this reference; None where it is new."""
    row = of_all(session, _KNOWN, {"ref": external_ref}).first()
    return None if row is None else _shown(session, [_elsewhere(row)])[0]


def same_payment(session: Session, payment: Payment) -> tuple[DeconflictionHit, ...]:
    """The recoveries that have this payment already, reported by whomever, the oldest first.

    It is the same where payer and payee are and either the sum, within an hour, or the payment's
    reference; two payments with references of their own that differ are two.
    """
    reference = payment.reference.lower()
    given = {
        "payee": payment.payee,
        "payer": payment.payer,
        "minor": payment.minor,
        "currency": payment.currency,
        "earliest": payment.paid_at - SAME_PAYMENT_WITHIN,
        "latest": payment.paid_at + SAME_PAYMENT_WITHIN,
    }
    if is_reference(reference):
        rows = of_all(session, _ALIKE_OR_REFERRED, {**given, "reference": reference}).all()
    else:
        rows = of_all(session, _ALIKE, given).all()
    return _shown(
        session, [_elsewhere(r) for r in rows if not _differ(reference, r.end_to_end_id.lower())]
    )


def _shown(session: Session, found: list[DeconflictionHit]) -> tuple[DeconflictionHit, ...]:
    """The hits as whoever reports may know of them."""
    if not found:
        return ()
    return without_hidden(found, who_to_ask(session, hidden_now(session)))


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


def _alike() -> sa.ColumnElement[bool]:
    return sa.and_(
        *_SAME_ACCOUNTS,
        _C.c.reported_minor == sa.bindparam("minor"),
        _C.c.currency == sa.bindparam("currency"),
        _C.c.paid_at >= sa.bindparam("earliest", type_=_C.c.paid_at.type),
        _C.c.paid_at <= sa.bindparam("latest", type_=_C.c.paid_at.type),
    )


def _referred() -> sa.ColumnElement[bool]:
    return sa.and_(sa.func.lower(_C.c.end_to_end_id) == sa.bindparam("reference"), *_SAME_ACCOUNTS)


# Built once: each report asks these, and building costs more than asking.
_SAME_ACCOUNTS = (
    _C.c.payee_account_id == sa.bindparam("payee"),
    _C.c.victim_account_id == sa.bindparam("payer"),
)
_KNOWN = _recoveries().where(_C.c.external_ref == sa.bindparam("ref"))
_ALIKE = _recoveries().where(_alike()).order_by(_R.c.reported_at, _R.c.ref)
_ALIKE_OR_REFERRED = (
    _recoveries().where(sa.or_(_alike(), _referred())).order_by(_R.c.reported_at, _R.c.ref)
)


def _elsewhere(row: Any) -> DeconflictionHit:  # noqa: ANN401 - a row of `_recoveries`
    return DeconflictionHit(
        what=Match.PAYMENT, account_id="", recovery_id=row.id, ref=row.ref, owner_id=row.owner_id,
        owner=row.handle or "", is_open=row.state not in CLOSED_RECOVERIES,
    )  # fmt: skip


def stored_holder(session: Session, vault: Vault, account_id: str) -> str:
    """The name under which an account is stored already; "" where there is none yet."""
    query = sa.select(_ACCOUNTS.c.holder_sealed).where(_ACCOUNTS.c.id == account_id)
    sealed = session.execute(query).scalar() or ""
    return vault.open(sealed, SealedPlace("account", account_id, "holder_sealed"))

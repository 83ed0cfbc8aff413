"""What is known of a report before it is taken in: the report itself, its payee's holder."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.account import Account
from models.elsewhere import Elsewhere, Match
from models.officer import Officer
from models.recovery import Claim, Recovery
from models.sealed_place import SealedPlace
from models.states import CLOSED_RECOVERIES
from models.tables import table_of
from models.vault import Vault

_C, _R, _OFFICERS = table_of(Claim), table_of(Recovery), table_of(Officer)
_ACCOUNTS = table_of(Account)


def known_report(
    session: Session,
    external_ref: str,
    accounts: tuple[str, str],
    minor: int,
    currency: str,
    paid_at: datetime,
) -> Elsewhere | None:
    """The recovery that a report is in already; None where it is new.

    `accounts` are the victim's and the payee's: with sum and time they say which payment it is.
    """
    victim, payee = accounts
    is_payment = sa.and_(
        _C.c.payee_account_id == payee,
        _C.c.victim_account_id == victim,
        _C.c.reported_minor == minor,
        _C.c.currency == currency,
        _C.c.paid_at == paid_at,
    )
    query = (
        sa.select(_R.c.id, _R.c.ref, _R.c.owner_id, _R.c.state, _OFFICERS.c.handle)
        .join_from(_C, _R, _R.c.id == _C.c.recovery_id)
        .join(_OFFICERS, _OFFICERS.c.id == _R.c.owner_id, isouter=True)
        .where(sa.or_(_C.c.external_ref == external_ref, is_payment))
        .order_by(_C.c.external_ref != external_ref, _C.c.id)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    return Elsewhere(
        what=Match.PAYMENT, account_id="", recovery_id=row.id, ref=row.ref, owner_id=row.owner_id,
        owner=row.handle or "", is_open=row.state not in CLOSED_RECOVERIES,
    )  # fmt: skip


def stored_holder(session: Session, vault: Vault, account_id: str) -> str:
    """The name under which an account is stored already; "" where there is none yet."""
    query = sa.select(_ACCOUNTS.c.holder_sealed).where(_ACCOUNTS.c.id == account_id)
    sealed = session.execute(query).scalar() or ""
    return vault.open(sealed, SealedPlace("account", account_id, "holder_sealed"))

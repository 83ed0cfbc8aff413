"""What our books say that banks can be asked about: holds and payouts, each with the bank's id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.hold import Hold, HoldKind, HoldState
from models.entities.ledger import LedgerAccount, PostingRow
from models.entities.payout import Payout, PayoutState
from models.entities.recovery import Recovery

_P, _R, _A = table_of(PostingRow).c, table_of(Recovery).c, table_of(Asset).c
_H, _Y = table_of(Hold).c, table_of(Payout).c


@dataclass(frozen=True, slots=True)
class BookedHold:
    """A hold that a bank knows and what the ledger says it holds, excess included."""

    partner_id: str
    recovery_id: str
    ref: str
    hold_id: str
    bank_ref: str
    state: HoldState
    held_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BookedPayout:
    """A payout that a bank knows; it counts as 0 in our books until it is settled."""

    partner_id: str
    recovery_id: str
    ref: str
    payout_id: str
    bank_ref: str
    state: PayoutState
    settled_minor: int
    settled_currency: str
    debited_minor: int
    debited_currency: str


def booked_holds(session: Session) -> list[BookedHold]:
    """Every hold with a bank's id, ended ones too, by partner."""
    held: Any = sa.func.coalesce(sa.func.sum(_P.asset_minor), 0)
    # What the bank states in another currency than the account's is compared in that currency.
    currency = sa.case((_H.foreign_currency == "", _H.currency), else_=_H.foreign_currency)
    books = sa.and_(
        _P.hold_id == _H.id,
        _P.asset_currency == currency,
        _P.account.in_((LedgerAccount.HELD, LedgerAccount.MEMO_EXCESS)),
    )
    query = (
        sa.select(
            _A.partner_id, _H.recovery_id, _R.ref, _H.id, _H.bank_ref, _H.state, held, currency
        )
        .select_from(table_of(Hold))
        .join(table_of(Asset), _A.id == _H.asset_id)
        .join(table_of(Recovery), _R.id == _H.recovery_id)
        .outerjoin(table_of(PostingRow), books)
        .where(_H.bank_ref != "", _H.kind != HoldKind.CUSTODY)
        .group_by(_A.partner_id, _H.recovery_id, _R.ref, _H.id, _H.bank_ref, _H.state, currency)
        .order_by(_A.partner_id, _H.id)
    )
    return [BookedHold(*row) for row in session.execute(query)]


def booked_payouts(session: Session) -> list[BookedPayout]:
    """Every instructed or settled payout with a bank's id, by partner."""
    query = (
        sa.select(
            _A.partner_id, _Y.recovery_id, _R.ref, _Y.id, _Y.bank_ref, _Y.state,
            sa.case((_Y.settled_currency == "", _Y.amount_minor), else_=_Y.settled_minor),
            sa.case((_Y.settled_currency == "", _Y.currency), else_=_Y.settled_currency),
            _Y.debited_minor, _Y.debited_currency,
        )
        .select_from(table_of(Payout))
        .join(table_of(Asset), _A.id == _Y.asset_id)
        .join(table_of(Recovery), _R.id == _Y.recovery_id)
        .where(_Y.bank_ref != "", _Y.state.in_((PayoutState.INSTRUCTED, PayoutState.SETTLED)))
        .order_by(_A.partner_id, _Y.id)
    )  # fmt: skip
    return [BookedPayout(*row) for row in session.execute(query)]

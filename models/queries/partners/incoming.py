"""Requests from abroad, and the recoveries that have the account which they ask about."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.deconfliction_hits import RESTRICTED
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim, Compensation
from models.entities.outside.incoming_request import OPEN_INCOMING, IncomingRequest, IncomingRow
from models.entities.payout import Payout
from models.entities.recovery import Recovery, RecoveryState
from models.rights.sessions import hidden_now, of_all, who_to_ask
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_I, _R = table_of(IncomingRequest), table_of(Recovery)
_ASSETS, _CLAIMS = table_of(Asset), table_of(Claim)
_PAYOUTS, _COMPENSATIONS = table_of(Payout), table_of(Compensation)
_ACCOUNTS = (
    _CLAIMS.c.victim_account_id, _CLAIMS.c.payee_account_id, _CLAIMS.c.payout_account_id,
    _ASSETS.c.account_id, _PAYOUTS.c.payee_account_id, _COMPENSATIONS.c.payer_account_id,
)  # fmt: skip
"""Where a recovery names an account: who paid, who got, who is paid back, and who stood in."""
_COLUMNS = [_I.c[f.name] for f in fields(IncomingRow)]


@dataclass(frozen=True, slots=True)
class Match:
    """A recovery of ours that has the same account."""

    recovery_id: str
    ref: str
    owner: str
    state: str


@dataclass(frozen=True, slots=True)
class IncomingView:
    """One request with what it is for, its matches, and the text that stands in its answer.

    `account_tail` is all that is shown of the account, `answer_fields` the names of its fields.
    """

    now: datetime
    row: IncomingRow
    purpose: str
    account_tail: str
    matches: tuple[Match, ...]
    answer_fields: tuple[str, ...] = ()
    denial: str = ""


def place(request_id: str, column: str) -> SealedPlace:
    """Where a sealed column of a request is kept."""
    return SealedPlace("incoming_request", request_id, column)


def incoming_requests(session: Session, *, with_closed: bool = False) -> list[IncomingRow]:
    """Requests from abroad, what ends first standing first; open ones only, unless told."""
    query = sa.select(*_COLUMNS).order_by(_I.c.due_at.is_(None), _I.c.due_at, _I.c.ref)
    if not with_closed:
        query = query.where(_I.c.state.in_(OPEN_INCOMING))
    return [_row(row) for row in session.execute(query)]


def incoming_named(session: Session, ref: str) -> IncomingRow | None:
    """The request of that reference; None where there is none."""
    query = sa.select(*_COLUMNS).where(_I.c.ref == ref.strip().upper())
    row = session.execute(query).first()
    return _row(row) if row else None


def same_reference(session: Session, from_state: str, their_ref: str) -> str:
    """The reference under which it is registered already; "" where it is new."""
    query = sa.select(_I.c.ref).where(
        _I.c.from_state == from_state, sa.func.lower(_I.c.their_ref) == their_ref.lower()
    )
    return session.execute(query).scalar() or ""


def count_of_year(session: Session, prefix: str) -> int:
    """How many are registered whose reference begins so."""
    query = sa.select(sa.func.count()).select_from(_I).where(_I.c.ref.startswith(prefix))
    return int(session.execute(query).scalar_one())


def sealed_of(session: Session, vault: Vault, request_id: str, column: str) -> str:
    """One encrypted column of a request, opened."""
    query = sa.select(_I.c[column]).where(_I.c.id == request_id)
    return vault.open(session.execute(query).scalar_one(), place(request_id, column))


def matches(session: Session, account_id: str) -> tuple[Match, ...]:
    """Recoveries, ended ones too, that have this account: traced, paid from, to or back to.

    Of one that is hidden from whoever reads: that there is one, and whom to ask.
    """
    found = having(session, account_id)
    ask = who_to_ask(session, hidden_now(session)) if found else {}
    return tuple(
        Match("", RESTRICTED, f"ask {ask[m.recovery_id]}", RecoveryState.OPEN)
        if m.recovery_id in ask
        else m
        for m in found
    )


def having(session: Session, account_id: str) -> tuple[Match, ...]:
    """The same for what a rule rests on, whoever reads; not to be shown."""
    if not account_id:
        return ()
    ids = sa.union(*(sa.select(c.table.c.recovery_id).where(c == account_id) for c in _ACCOUNTS))
    query = (
        sa.select(_R.c.id, _R.c.ref, _R.c.owner_id, _R.c.state)
        .where(_R.c.id.in_(ids))
        .order_by(_R.c.ref)
    )
    return tuple(Match(r.id, r.ref, r.owner_id, r.state) for r in of_all(session, query))


def disclosed_about(session: Session, recovery_id: str) -> list[IncomingRow]:
    """Requests about an account of this recovery of which an answer was drafted or told."""
    ids = sa.union(*(sa.select(c).where(c.table.c.recovery_id == recovery_id) for c in _ACCOUNTS))
    query = sa.select(*_COLUMNS).where(_I.c.account_id.in_(ids), _I.c.answer_digest != "")
    return [_row(row) for row in session.execute(query.order_by(_I.c.ref))]


def _row(row: Any) -> IncomingRow:  # noqa: ANN401 - a row of `_COLUMNS`
    return IncomingRow(**row._asdict())

"""What is due: recoveries to look at, calls to send, feeds to read, and when the next is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.channels import by_interface
from models.entities.account import Account
from models.entities.asset import Asset, Stage
from models.entities.call import OPEN_CALLS, Call, CallKind, CallState
from models.entities.catalogue import table_of
from models.entities.discrepancy import Discrepancy, DiscrepancyKind, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.hold import Hold
from models.entities.multi_agency import Task
from models.entities.partner import Partner, PartnerChannel, PartnerKind
from models.entities.payout import Payout
from models.entities.recovery import Recovery
from models.facts import AccountRef
from models.language.phrase import phrase
from models.prepared import reading, reading_any
from models.sealing.sealed_place import SealedPlace
from models.sealing.vault import Vault

_R, _CALLS, _PARTNERS = table_of(Recovery), table_of(Call), table_of(Partner)
_ACCOUNTS = table_of(Account)
_HOLDS, _ASSETS, _PAYOUTS = table_of(Hold), table_of(Asset), table_of(Payout)
_TASKS, _D = table_of(Task), table_of(Discrepancy)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """What the engine needs to talk to a partner."""

    id: str
    name: str
    regime: str
    currency: str
    home: bool
    base_url: str
    token: str = field(repr=False)
    client_id: str
    certificates: tuple[str, str, str]
    feed_reached_at: datetime | None
    feed_due_at: datetime | None
    feed_interval_seconds: int
    last_answer_at: datetime | None
    last_error: str
    breaker_failures: int
    breaker_until: datetime | None
    kind: PartnerKind = PartnerKind.BANK
    channel: PartnerChannel = PartnerChannel.API


@dataclass(frozen=True, slots=True)
class CallLine:
    """One leased call, opened: where it goes and the bytes, where they are fixed already."""

    id: str
    recovery_id: str
    asset_id: str
    partner_id: str
    kind: CallKind
    noun: EntityKind
    subject_id: str
    approval_id: str
    requester: str
    state: CallState
    attempts: int
    may_have_arrived: bool
    body_digest: str
    sent_at: datetime | None
    """When it first left, in case time."""
    path: str = field(repr=False)
    body: bytes = field(repr=False)


def partners(session: Session, vault: Vault | None) -> list[PartnerLine]:
    """All active partners; without a vault their tokens stay closed and are empty here."""
    return [_line(row, vault) for row in session.execute(_ALL_PARTNERS)]


_ALL_PARTNERS = sa.select(_PARTNERS).order_by(_PARTNERS.c.id)
_ONE_PARTNER = sa.select(_PARTNERS).where(_PARTNERS.c.id == sa.bindparam("of"))


def partner(session: Session, vault: Vault | None, partner_id: str) -> PartnerLine:
    """One partner; LookupError when it is not registered."""
    row = session.execute(_ONE_PARTNER, {"of": partner_id}).first()
    if row is None:
        raise LookupError(
            phrase(
                "there is no partner {partner_id}: `recovery partner list`", partner_id=partner_id
            )
        )
    return _line(row, vault)


def _line(row: sa.Row[Any], vault: Vault | None) -> PartnerLine:
    return PartnerLine(
        id=row.id,
        name=row.name,
        regime=row.regime,
        currency=row.currency,
        home=row.home,
        base_url=row.base_url,
        token=_token(vault, row) if vault else "",
        client_id=row.client_id,
        certificates=(row.ca_path, row.cert_path, row.cert_key_path),
        feed_reached_at=row.feed_reached_at,
        feed_due_at=row.feed_due_at,
        feed_interval_seconds=row.feed_interval_seconds,
        last_answer_at=row.last_answer_at,
        last_error=row.last_error,
        breaker_failures=row.breaker_failures,
        breaker_until=row.breaker_until,
        kind=row.kind,
        channel=row.channel,
    )


def _token(vault: Vault, row: sa.Row[Any]) -> str:
    return vault.open(row.token_sealed, SealedPlace("partner", row.id, "token_sealed"))


def due_recoveries(
    session: Session, now: datetime, wall_now: datetime, limit: int
) -> list[tuple[str, Stage]]:
    """Recoveries that the engine has to look at and where they stand, the longest waiting first.

    One that could not be processed is left out until its next attempt, which is transport time.
    """
    given = {"now": now, "wall": wall_now, "limit": limit}
    return [(row.id, row.stage) for row in session.execute(_DUE, given)]


def _due() -> sa.Select[Any]:
    pausing = sa.exists().where(
        _D.c.recovery_id == _R.c.id,
        _D.c.state == DiscrepancyState.OPEN,
        _D.c.kind == DiscrepancyKind.PROCESSING_FAILED,
        _D.c.subject_noun == EntityKind.RECOVERY,
        _D.c.retry_at > sa.bindparam("wall", type_=_D.c.retry_at.type),
    )
    return (
        sa.select(_R.c.id, _R.c.stage)
        .where(_R.c.wake_at <= sa.bindparam("now", type_=_R.c.wake_at.type), ~pausing)
        .order_by(_R.c.wake_at, _R.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


# Built once: the engine asks this at each look, and building costs more than asking.
_DUE = _due()


def versions_of(session: Session, recovery_ids: Sequence[str]) -> dict[str, int]:
    """How often each recovery was written; a decision on another version is out of date."""
    rows = session.execute(reading_any(_R.c.id, _R.c.id, _R.c.version), {"of": list(recovery_ids)})
    return {row.id: row.version for row in rows}


def ref_of(session: Session, recovery_id: str) -> str:
    """A recovery's reference, such as R-2026-0001; its id where there is none."""
    query = sa.select(_R.c.ref).where(_R.c.id == recovery_id)
    return str(session.execute(query).scalar() or recovery_id)


def due_call_kinds(session: Session, now: datetime, wall_now: datetime) -> set[CallKind]:
    """Kinds of open calls that could be sent now."""
    return set(session.execute(_DUE_KINDS, {"now": now, "wall": wall_now}).scalars())


def _due_kinds() -> sa.Select[Any]:
    now = sa.bindparam("now", type_=_CALLS.c.not_before.type)
    wall = sa.bindparam("wall", type_=_CALLS.c.retry_at.type)
    query = sa.select(_CALLS.c.kind).where(
        _CALLS.c.state.in_(OPEN_CALLS),
        by_interface(),
        sa.or_(_CALLS.c.retry_at.is_(None), _CALLS.c.retry_at <= wall),
        sa.or_(_CALLS.c.lease_until.is_(None), _CALLS.c.lease_until < wall),
        sa.or_(_CALLS.c.not_before.is_(None), _CALLS.c.not_before <= now),
    )
    return query.distinct()


# Asked at each look of the engine, several times a second.
_DUE_KINDS = _due_kinds()


def calls_by_id(session: Session, vault: Vault, ids: Sequence[str]) -> list[CallLine]:
    """Leased calls in the order planned."""
    return [
        CallLine(
            id=row.id,
            recovery_id=row.recovery_id,
            asset_id=row.asset_id,
            partner_id=row.partner_id,
            kind=row.kind,
            noun=row.noun,
            subject_id=row.subject_id,
            approval_id=row.approval_id,
            requester=row.requester,
            state=row.state,
            attempts=row.attempts,
            may_have_arrived=row.may_have_arrived,
            body_digest=row.body_digest,
            sent_at=row.sent_at,
            path=vault.open(row.path_sealed, SealedPlace("call", row.id, "path_sealed")),
            body=vault.open(row.body_sealed, SealedPlace("call", row.id, "body_sealed")).encode(),
        )
        for row in session.execute(_LEASED, {"of": list(ids)})
    ]


_LEASED = reading_any(_CALLS.c.id).order_by(_CALLS.c.planned_at, _CALLS.c.id)


def call_owner(session: Session, call_id: str) -> tuple[str, str]:
    """The recovery and the asset that a call is about, without anything that is sealed."""
    query = sa.select(_CALLS.c.recovery_id, _CALLS.c.asset_id).where(_CALLS.c.id == call_id)
    row = session.execute(query).one()
    return row.recovery_id, row.asset_id


def calls_now(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """The recovery, the asset and the subject of these calls; a join has given them others."""
    wanted = (_CALLS.c.id, _CALLS.c.recovery_id, _CALLS.c.asset_id, _CALLS.c.subject_id)
    rows = session.execute(reading_any(_CALLS.c.id, *wanted), {"of": list(ids)})
    return {row.id: (row.recovery_id, row.asset_id, row.subject_id) for row in rows}


def account_ref(session: Session, vault: Vault, account_id: str) -> AccountRef:
    """An account's bank, number and holder, opened: for the wire only."""
    return _opened(vault, session.execute(reading(_ACCOUNTS.c.id), {"of": account_id}).one())


def account_refs(
    session: Session, vault: Vault, account_ids: Iterable[str]
) -> dict[str, AccountRef]:
    """The same of several, by id."""
    rows = session.execute(reading_any(_ACCOUNTS.c.id), {"of": sorted(set(account_ids))})
    return {row.id: _opened(vault, row) for row in rows}


def _opened(vault: Vault, row: Any) -> AccountRef:  # noqa: ANN401 - a row of the account table
    number = vault.open(row.number_sealed, SealedPlace("account", row.id, "number_sealed"))
    holder = vault.open(row.holder_sealed, SealedPlace("account", row.id, "holder_sealed"))
    return AccountRef(row.partner_id, number, holder)


def next_instant(session: Session, now: datetime) -> datetime | None:
    """The next instant of case time after `now` at which anything is due; None: nothing is."""
    instants = [session.execute(query, {"now": now}).scalar() for query in _NEXT]
    found = [at for at in instants if at is not None]
    return min(found, default=None)


_NEXT = [
    sa.select(sa.func.min(column)).where(column > sa.bindparam("now", type_=column.type), open_)
    for column, open_ in (
        (_R.c.wake_at, sa.true()),
        (_PARTNERS.c.feed_due_at, sa.true()),
        (_CALLS.c.not_before, _CALLS.c.state.in_(OPEN_CALLS)),
    )
]


def next_retry(session: Session) -> datetime | None:
    """The next instant of transport time at which an open call may be tried again.

    One that is leased: when its lease ends, since who took it may have died. One that is kept back
    before it was ever tried waits for its recovery, not for time.
    """
    found: datetime | None = session.execute(_NEXT_RETRY).scalar()
    return found


def _next_retry() -> sa.Select[Any]:
    free_at = sa.func.coalesce(_CALLS.c.lease_until, _CALLS.c.retry_at)
    tried = sa.or_(_CALLS.c.attempts > 0, _CALLS.c.lease_until.is_not(None))
    waits = sa.and_(_CALLS.c.state.in_(OPEN_CALLS), by_interface(), tried)
    return sa.select(sa.func.min(free_at)).where(waits)


_NEXT_RETRY = _next_retry()

"""Deconfliction: other recoveries with the same account or payment, by indexed columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session

from models.deconfliction_hits import DeconflictionHit, Match, without_hidden
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.hold import Hold, HoldState
from models.entities.officer import Officer
from models.entities.outside.third_party_claim import ThirdPartyClaim
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.entities.request import Request
from models.payment_refs import NO_REFERENCE, is_reference
from models.prepared import looked_through, reading_any
from models.rights.sessions import hidden_now, of_all, who_to_ask

if TYPE_CHECKING:
    from models.case_file import CaseFile

_A, _C, _R = table_of(Asset), table_of(Claim), table_of(Recovery)
_OFFICERS, _HOLDS, _REQUESTS = table_of(Officer), table_of(Hold), table_of(Request)
_THIRD = table_of(ThirdPartyClaim)
_PAYMENT = sa.func.lower(_C.c.end_to_end_id)
_AT_ONCE = 500
# What was merged into another file is told of by that one.
_NOT_JOINED = _R.c.state != RecoveryState.JOINED


def elsewhere(
    session: Session, recovery_ids: Sequence[str]
) -> dict[str, tuple[DeconflictionHit, ...]]:
    """Per recovery, the others that have one of its accounts or its payment."""
    of_asset = reading_any(_A.c.recovery_id, _A.c.recovery_id, _A.c.account_id)
    of_claim = reading_any(
        _C.c.recovery_id, _C.c.recovery_id, _C.c.payee_account_id, _C.c.end_to_end_id
    )
    given = {"of": list(recovery_ids)}
    accounts, payments = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for recovery_id, account in session.execute(of_asset, given):
        accounts[account].add(recovery_id)
    for recovery_id, account, payment in session.execute(of_claim, given):
        accounts[account].add(recovery_id)
        payments[payment.lower()].add(recovery_id)
    found = defaultdict[str, list[DeconflictionHit]](list)
    ask = who_to_ask(session, hidden_now(session))
    for key, line in _known(session, accounts, payments):
        askers = payments if line.what is Match.PAYMENT else accounts
        for recovery_id in askers[key] - {line.recovery_id}:
            found[recovery_id].append(line)
    return {recovery_id: without_hidden(lines, ask) for recovery_id, lines in found.items()}


def hits_of_file(session: Session, file: CaseFile) -> tuple[DeconflictionHit, ...]:
    """`elsewhere` of one recovery whose file is read already."""
    accounts = {a.account_id for a in file.assets} | {c.payee_account_id for c in file.claims}
    lines = _known(session, accounts, {c.end_to_end_id.lower() for c in file.claims})
    others = (line for _, line in lines if line.recovery_id != file.recovery.id)
    return without_hidden(others, who_to_ask(session, hidden_now(session)))


def hits_of(
    session: Session, accounts: Collection[str], payment: str
) -> tuple[DeconflictionHit, ...]:
    """The recoveries that know one of these accounts, or a payment of this reference."""
    ask = who_to_ask(session, hidden_now(session))
    found = _known(session, accounts, {payment.lower()})
    return without_hidden((line for _, line in found), ask)


def reported_at(session: Session, recovery_ids: Iterable[str]) -> Mapping[str, datetime]:
    """When each of these recoveries was reported."""
    query = sa.select(_R.c.id, _R.c.reported_at).where(_R.c.id.in_(sorted(set(recovery_ids))))
    return {row.id: row.reported_at for row in session.execute(query)}


def _known(
    session: Session, accounts: Iterable[str], payments: Iterable[str]
) -> list[tuple[str, DeconflictionHit]]:
    """(Account or lower-case reference, recoveries that have it), the oldest report first."""
    real = [payment for payment in payments if is_reference(payment)]
    given = {"accounts": list(accounts), "payments": real}
    rows = sorted(of_all(session, _KNOWN, given), key=lambda r: (r.reported_at, r.id, r.what))
    return [(row.key, _line(row)) for row in rows]


def _part(
    column: sa.ColumnElement[str],
    what: Match,
    wanted: str,
    columns: Iterable[sa.Column[Any]],
    table: sa.Table,
) -> sa.Select[Any]:
    among: sa.BindParameter[Any] = sa.bindparam(wanted, expanding=True)
    return (
        sa.select(column.label("key"), sa.literal(what.value).label("what"), *columns)
        .join_from(table, _R, _R.c.id == table.c.recovery_id)
        .join(_OFFICERS, _OFFICERS.c.id == _R.c.owner_id, isouter=True)
        .where(column.in_(among), _NOT_JOINED)
    )


def _known_query() -> sa.CompoundSelect[Any]:
    columns = (_R.c.id, _R.c.ref, _R.c.owner_id, _OFFICERS.c.handle, _R.c.state, _R.c.reported_at)
    return sa.union(
        _part(_A.c.account_id, Match.ACCOUNT, "accounts", columns, _A),
        _part(_C.c.payee_account_id, Match.ACCOUNT, "accounts", columns, _C),
        _part(_C.c.victim_account_id, Match.VICTIM, "accounts", columns, _C),
        _part(_PAYMENT, Match.PAYMENT, "payments", columns, _C),
    )


_KNOWN = _known_query()


def _line(row: Any) -> DeconflictionHit:  # noqa: ANN401 - a row of the union
    what = Match(row.what)
    return DeconflictionHit(
        what=what,
        account_id="" if what is Match.PAYMENT else row.key,
        recovery_id=row.id,
        ref=row.ref,
        owner_id=row.owner_id,
        owner=row.handle or "",
        is_open=RecoveryState(row.state) not in CLOSED_RECOVERIES,
    )


def shared_among(session: Session, recovery_ids: Sequence[str]) -> frozenset[str]:
    """Those of these recoveries that `elsewhere` would find another one for."""
    return frozenset(session.execute(_SHARED_AMONG, {"ids": list(recovery_ids)}).scalars())


def is_shared(recovery_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether another recovery knows an account that this one follows, or its payment."""
    mine, other = _C.alias(), _C.alias()
    my_asset, its_asset = _A.alias(), _A.alias()
    followed = ((my_asset, my_asset.c.account_id), (mine, mine.c.payee_account_id))
    known = (
        (its_asset, its_asset.c.account_id), (other, other.c.payee_account_id),
        (other, other.c.victim_account_id),
    )  # fmt: skip
    pairs = [(*one, *another) for one in followed for another in known]
    payment = sa.func.lower(mine.c.end_to_end_id)
    there = [_another(recovery_id, ours, its, key == its_key) for ours, key, its, its_key in pairs]
    same = sa.and_(sa.func.lower(other.c.end_to_end_id) == payment, payment.not_in(NO_REFERENCE))
    return sa.or_(*there, _another(recovery_id, mine, other, same))


def _another(
    recovery_id: sa.ColumnElement[str],
    ours: sa.FromClause,
    its: sa.FromClause,
    same: sa.ColumnElement[bool],
) -> sa.ColumnElement[bool]:
    its_recovery = _R.alias()
    return (
        sa.exists()
        .select_from(ours, its, its_recovery)
        .where(
            ours.c.recovery_id == recovery_id, same, its.c.recovery_id != recovery_id,
            its_recovery.c.id == its.c.recovery_id, its_recovery.c.state != RecoveryState.JOINED,
        )
    )  # fmt: skip


_SHARED_AMONG = sa.select(_R.c.id).where(
    _R.c.id.in_(sa.bindparam("ids", expanding=True)), _R.c.state != RecoveryState.JOINED,
    is_shared(_R.c.id),
)  # fmt: skip


def _followed() -> sa.Subquery:
    """Each account that a recovery follows, with the recovery."""
    return sa.union_all(
        sa.select(_A.c.account_id.label("key"), _A.c.recovery_id.label("of")),
        sa.select(_C.c.payee_account_id, _C.c.recovery_id),
    ).subquery()


def _paid() -> sa.Subquery:
    """Each payment that has a reference of its own, with the recovery."""
    return (
        sa.select(_PAYMENT.label("key"), _C.c.recovery_id.label("of"))
        .where(_PAYMENT.not_in(NO_REFERENCE))
        .subquery()
    )


def may_be_shared() -> sa.CompoundSelect[Any]:
    """The recoveries among which are all for which `is_shared` holds, found in one pass.

    Some may share only with what was merged into another one.
    """
    parts = []
    for pairs in (_followed(), _paid()):
        by_key = sa.select(pairs.c.key).group_by(pairs.c.key)
        of_two = by_key.having(sa.func.min(pairs.c.of) != sa.func.max(pairs.c.of))
        parts.append(sa.select(pairs.c.of).where(pairs.c.key.in_(of_two)))
    return sa.union_all(*parts, _of_victims(_followed()))


def all_hits(session: Session) -> frozenset[str]:
    """All recoveries that `elsewhere` would find another one for; for lists, in one pass."""
    followed, paid = _followed(), _paid()
    victims = session.execute(_of_victims(followed)).scalars()
    return frozenset({*_shared(session, followed), *_shared(session, paid), *victims})


def _shared(session: Session, pairs: sa.Subquery) -> Iterator[str]:
    """Recoveries that share a key with another one."""
    key, of = pairs.c.key, pairs.c.of
    keys = session.execute(sa.select(key).group_by(key).having(sa.func.min(of) != sa.func.max(of)))
    # Few keys are of two recoveries: whether one of those was merged is asked of these alone.
    suspects = iter(keys.scalars().all())
    wanted: sa.BindParameter[Any] = sa.bindparam("keys", expanding=True)
    kept = (
        sa.select(key, of).join_from(pairs, _R, _R.c.id == of).where(_NOT_JOINED, key.in_(wanted))
    )
    while some := list(islice(suspects, _AT_ONCE)):
        found = defaultdict[str, set[str]](set)
        for its, recovery_id in session.execute(kept, {"keys": some}):
            found[its].add(recovery_id)
        yield from (one for ids in found.values() if len(ids) > 1 for one in ids)


def _of_victims(pairs: sa.Subquery) -> sa.Select[Any]:
    """Recoveries tracing an account that belongs to a victim of another one."""
    return (
        sa.select(pairs.c.of)
        .join(_C, sa.and_(_C.c.victim_account_id == pairs.c.key, _C.c.recovery_id != pairs.c.of))
        .join(_R, _R.c.id == _C.c.recovery_id)
        .where(_NOT_JOINED)
        .distinct()
    )


def accounts_of(session: Session, subject_ids: Sequence[str]) -> dict[str, str]:
    """The account that each of these holds and requests is about, or a third party's is to get."""
    if not subject_ids:
        return {}
    released = (
        sa.select(_THIRD.c.id, _A.c.account_id)
        .join_from(_THIRD, _HOLDS, _HOLDS.c.id == _THIRD.c.hold_id)
        .join(_A, _A.c.id == _HOLDS.c.asset_id)
        .where(_THIRD.c.id.in_(subject_ids))
    )
    held_or_asked = (
        sa.select(table.c.id, _A.c.account_id)
        .join_from(table, _A, _A.c.id == table.c.asset_id)
        .where(table.c.id.in_(subject_ids))
        for table in (_HOLDS, _REQUESTS)
    )
    rows = session.execute(sa.union_all(released, *held_or_asked))
    return {row.id: row.account_id for row in rows}


def recoveries_wanting(session: Session, touched: Mapping[str, str]) -> list[str]:
    """Open recoveries that have one of these accounts as an asset, but for the one it maps to."""
    rows = session.execute(_WANTING, {"accounts": list(touched)})
    return sorted({row.recovery_id for row in rows if touched[row.account_id] != row.recovery_id})


_WANTING = (
    sa.select(_A.c.recovery_id, _A.c.account_id)
    .join(_R, _R.c.id == _A.c.recovery_id)
    .where(
        _A.c.account_id.in_(sa.bindparam("accounts", expanding=True)),
        _R.c.state.not_in(CLOSED_RECOVERIES),
    )
)


def recoveries_without_funds(session: Session, accounts: Collection[str]) -> list[str]:
    """Open recoveries of which a bank found nothing to hold on one of these accounts."""
    return sorted(set(session.execute(_WITHOUT_FUNDS, {"accounts": list(accounts)}).scalars()))


_WITHOUT_FUNDS = (
    sa.select(_A.c.recovery_id)
    .join(_R, _R.c.id == _A.c.recovery_id)
    .join(_HOLDS, _HOLDS.c.asset_id == _A.c.id)
    .where(
        _A.c.account_id.in_(sa.bindparam("accounts", expanding=True)),
        looked_through(_HOLDS.c.state) == HoldState.NO_FUNDS,
        _R.c.state.not_in(CLOSED_RECOVERIES),
    )
)

"""Who may act."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.officer import Officer, Role
from models.entities.recovery import Recovery, RecoveryState

_OFFICERS, _RECOVERIES = table_of(Officer), table_of(Recovery)


@dataclass(frozen=True, slots=True)
class OfficerView:
    """Who acts: an identity and its roles."""

    id: str
    handle: str
    roles: frozenset[Role]


def officers(session: Session) -> tuple[OfficerView, ...]:
    """All identities but the engine's."""
    query = sa.select(_OFFICERS).where(_OFFICERS.c.state == "active").order_by(_OFFICERS.c.handle)
    views = (_view(row.id, row.handle, row.roles) for row in session.execute(query))
    return tuple(v for v in views if Role.ENGINE not in v.roles)


def _view(officer_id: str, handle: str, roles: str) -> OfficerView:
    return OfficerView(officer_id, handle, frozenset(Role(r) for r in roles.split(",") if r))


def officer_by_os_user(session: Session, os_user: str) -> OfficerView | None:
    """The identity that is bound to an operating-system user."""
    row = session.execute(
        sa.select(_OFFICERS).where(_OFFICERS.c.os_user == os_user, _OFFICERS.c.state == "active")
    ).first()
    return _view(row.id, row.handle, row.roles) if row else None


def officer_with_hash(session: Session, handle: str) -> tuple[OfficerView, str] | None:
    """The identity of that handle and the hash of its secret."""
    row = session.execute(
        sa.select(_OFFICERS).where(_OFFICERS.c.handle == handle, _OFFICERS.c.state == "active")
    ).first()
    return (_view(row.id, row.handle, row.roles), row.secret_hash) if row else None


def ids_in_charge(session: Session, officer_id: str) -> frozenset[str]:
    """The ids of the open recoveries that an officer is in charge of."""
    return frozenset(
        session.execute(sa.select(_RECOVERIES.c.id).where(*_his(officer_id))).scalars()
    )


def in_charge(session: Session, officer_id: str, after: str, limit: int) -> list[str]:
    """The references of his open recoveries, a page of them after one, in their order."""
    query = (
        sa.select(_RECOVERIES.c.ref)
        .where(*_his(officer_id), _RECOVERIES.c.ref > after)
        .order_by(_RECOVERIES.c.ref)
        .limit(limit)
    )
    return [str(one) for one in session.execute(query).scalars()]


def _his(officer_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _RECOVERIES.c.owner_id == officer_id, _RECOVERIES.c.state == RecoveryState.OPEN

"""What partners' change feeds are read for: whose news it is, who is waited for, what ends next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.discrepancy import Discrepancy, DiscrepancyKind, DiscrepancyState
from models.entities.event import EntityKind
from models.entities.hold import LIVE_HOLDS, Hold, HoldState
from models.entities.multi_agency import OPEN_TASKS, Task, TaskState
from models.entities.partner import Partner, PartnerChannel
from models.entities.payout import Payout, PayoutState
from models.entities.recovery import CLOSED_RECOVERIES, Recovery
from models.entities.request import UNDER_WAY, WENT_OUT, Request, RequestState
from models.prepared import looked_through

_R, _PARTNERS, _TASKS = table_of(Recovery), table_of(Partner), table_of(Task)
_HOLDS, _ASSETS, _PAYOUTS = table_of(Hold), table_of(Asset), table_of(Payout)
_D, _REQUESTS = table_of(Discrepancy), table_of(Request)


@dataclass(frozen=True, slots=True)
class Owned:
    """Something of ours that a partner may report on: at which partner, whose."""

    noun: EntityKind
    id: str
    partner_id: str
    recovery_id: str
    asset_id: str


def owners_of_refs(session: Session, refs: Iterable[str]) -> list[Owned]:
    """What of ours has these ids, each with the partner that was told of it."""
    given = {"wanted": list(set(refs))}
    return [Owned(noun, *row) for noun, query in _OWNED for row in session.execute(query, given)]


def _owned() -> list[tuple[EntityKind, sa.Select[Any]]]:
    wanted: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
    found: list[tuple[EntityKind, sa.Select[Any]]] = []
    for noun, table in ((EntityKind.HOLD, _HOLDS), (EntityKind.PAYOUT, _PAYOUTS)):
        query = sa.select(table.c.id, _ASSETS.c.partner_id, table.c.recovery_id, table.c.asset_id)
        joined = query.join(_ASSETS, _ASSETS.c.id == table.c.asset_id)
        found.append((noun, joined.where(table.c.id.in_(wanted))))
    of_tasks = (_TASKS.c.id, _TASKS.c.partner_id, _TASKS.c.recovery_id, _TASKS.c.asset_id)
    found.append((EntityKind.TASK, sa.select(*of_tasks).where(_TASKS.c.id.in_(wanted))))
    r = _REQUESTS.c
    of_requests = sa.select(r.id, r.carrier_id, r.recovery_id, r.asset_id)
    carried = of_requests.where(r.id.in_(wanted), r.carrier_id != "")
    return [*found, (EntityKind.REQUEST, carried)]


_OWNED = _owned()


def pausing_subjects(session: Session, ids: Iterable[str], wall_now: datetime) -> frozenset[str]:
    """Those of these holds, payouts and tasks whose news failed and waits for its next attempt."""
    return frozenset(session.execute(_PAUSING, {"ids": list(ids), "wall": wall_now}).scalars())


_PAUSING = sa.select(_D.c.subject_id).where(
    _D.c.subject_id.in_(sa.bindparam("ids", expanding=True)),
    _D.c.state == DiscrepancyState.OPEN,
    _D.c.kind == DiscrepancyKind.PROCESSING_FAILED,
    _D.c.retry_at > sa.bindparam("wall", type_=_D.c.retry_at.type),
)


def waiting_partners(session: Session) -> set[str]:
    """Partners that owe an answer which would come through their feed."""
    return set(session.execute(_WAITING).scalars())


def _waiting() -> sa.CompoundSelect[Any]:
    holds = (
        sa.select(_ASSETS.c.partner_id)
        .join(_HOLDS, _HOLDS.c.asset_id == _ASSETS.c.id)
        .where(_HOLDS.c.state.in_((HoldState.ORDERED, HoldState.RELEASE_PENDING, HoldState.QUEUED)))
    )
    payouts = (
        sa.select(_ASSETS.c.partner_id)
        .join(_PAYOUTS, _PAYOUTS.c.asset_id == _ASSETS.c.id)
        .where(_PAYOUTS.c.state == PayoutState.INSTRUCTED)
    )
    tasks = sa.select(_TASKS.c.partner_id).where(_TASKS.c.state.in_(OPEN_TASKS))
    r = _REQUESTS.c
    dispatched = sa.and_(r.state == RequestState.APPROVED, r.sent_by != "")
    requests = sa.select(r.carrier_id).where(
        r.carrier_id != "", sa.or_(r.state.in_(UNDER_WAY), dispatched)
    )
    return holds.union(payouts, tasks, requests)


# Built once: an idle engine asks this at each look, and building costs more than asking.
_WAITING = _waiting()


def holding_partners(session: Session) -> set[str]:
    """Partners with a hold in force, or that preserve for an open case: they may release early.

    Bodies of other States that have answered a request of one too: they may say something else.
    """
    return set(session.execute(_HOLDING).scalars())


def _holding() -> sa.CompoundSelect[Any]:
    kept = (
        sa.select(_TASKS.c.partner_id)
        .join(_R, _R.c.id == _TASKS.c.recovery_id)
        .where(_TASKS.c.state == TaskState.PRESERVED, _R.c.state.not_in(CLOSED_RECOVERIES))
    )
    # A bank with one such hold is asked for no other: most that are in force stand at a few.
    in_force = (
        sa.select(_HOLDS.c.id)
        .join(_ASSETS, _ASSETS.c.id == _HOLDS.c.asset_id)
        .where(
            _ASSETS.c.partner_id == _PARTNERS.c.id,
            looked_through(_HOLDS.c.state).in_(LIVE_HOLDS),
            sa.or_(_HOLDS.c.held_minor > 0, _HOLDS.c.expires_at.is_not(None)),
        )
    )
    query = sa.select(_PARTNERS.c.id).where(in_force.correlate(_PARTNERS).exists())
    r = _REQUESTS.c
    ended = (
        sa.select(r.carrier_id)
        .join(_R, _R.c.id == r.recovery_id)
        .where(
            r.carrier_id != "", r.sent_at.is_not(None), r.state.in_(WENT_OUT - UNDER_WAY),
            _R.c.state.not_in(CLOSED_RECOVERIES),
        )
    )  # fmt: skip
    return query.union(kept, ended)


_HOLDING = _holding()


_ENDING = sa.and_(
    _HOLDS.c.state.in_((HoldState.STOPPED, HoldState.FROZEN, HoldState.RELEASE_PENDING)),
    _HOLDS.c.bank_ref != "",
    _HOLDS.c.expires_at.is_not(None),
)


def next_end(session: Session, partner_id: str, after: datetime) -> datetime | None:
    """The next end after an instant of a hold in force at a partner."""
    given = {"partner": partner_id, "at": after}
    found: datetime | None = session.execute(_NEXT_END, given).scalar()
    return found


_AT = sa.bindparam("at", type_=_HOLDS.c.expires_at.type)
_ENDS_THERE = sa.and_(_ENDING, _ASSETS.c.partner_id == sa.bindparam("partner"))
_NEXT_END = (
    sa.select(sa.func.min(_HOLDS.c.expires_at))
    .join(_ASSETS, _ASSETS.c.id == _HOLDS.c.asset_id)
    .where(_ENDS_THERE, _HOLDS.c.expires_at > _AT)
)
_PAST_END = (
    sa.select(_HOLDS.c.recovery_id)
    .join(_ASSETS, _ASSETS.c.id == _HOLDS.c.asset_id)
    .where(_ENDS_THERE, _HOLDS.c.expires_at <= _AT)
    .distinct()
)


def recoveries_past_end(session: Session, partner_id: str, at: datetime) -> list[str]:
    """Recoveries with a hold in force at a partner whose end is at or before an instant."""
    return list(session.execute(_PAST_END, {"partner": partner_id, "at": at}).scalars())


def letters_and_feeds(session: Session) -> tuple[frozenset[str], dict[str, datetime]]:
    """The partners reached by letter; up to when (case time) each feed was read without a gap."""
    rows = session.execute(_LETTERS_AND_FEEDS).all()
    letters = frozenset(row.id for row in rows if row.channel == PartnerChannel.LETTER)
    return letters, {row.id: row.feed_read_at for row in rows if row.feed_read_at is not None}


_LETTERS_AND_FEEDS = sa.select(_PARTNERS.c.id, _PARTNERS.c.channel, _PARTNERS.c.feed_read_at).where(
    sa.or_(_PARTNERS.c.channel == PartnerChannel.LETTER, _PARTNERS.c.feed_read_at.is_not(None))
)

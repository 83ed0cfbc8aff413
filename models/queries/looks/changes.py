"""What has changed since an event of the history: by which recoveries, in which events.

Events are read from that one on by their number, so a reading costs what has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.asset import Asset, Stage
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold
from models.entities.officer import Role
from models.entities.payout import Payout
from models.entities.recovery import Recovery, RecoveryState
from models.money import Money

_E, _R = table_of(Event), table_of(Recovery)
_HOLDS, _ASSETS, _PAYOUTS = table_of(Hold), table_of(Asset), table_of(Payout)
_NO_NEWS = (EntityKind.DISCLOSURE, EntityKind.CALL)
"""Who looked at what, and messages under way: what they bring is an event of its own."""
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class ChangedEvent:
    """One event that changed something; `partner_id` and `amount` of a hold, account or payout."""

    seq: int
    at: datetime
    actor_id: str
    noun: EntityKind
    event: str
    new_state: str
    reason: str
    partner_id: str = ""
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ChangedRecovery:
    """A recovery with what changed in it, the newest first."""

    recovery_id: str
    ref: str
    state: RecoveryState
    stage: Stage
    events: tuple[ChangedEvent, ...]


def last_event(session: Session) -> int:
    """The number of the newest event; 0 where there is none."""
    return int(session.execute(sa.select(sa.func.max(_E.c.seq))).scalar() or 0)


def last_event_before(session: Session, at: datetime) -> int:
    """The number of the last event before an instant of case time.

    By halves: their instants ascend with their numbers, and no index has them.
    """
    low, high = 0, last_event(session)
    while low < high:
        middle = (low + high + 1) // 2
        found = session.execute(
            sa.select(_E.c.at).where(_E.c.seq >= middle).order_by(_E.c.seq).limit(1)
        ).scalar()
        if found is not None and found < at:
            low = middle
        else:
            high = middle - 1
    return low


def is_news(since: int, own_id: str) -> sa.ColumnElement[bool]:
    """Whether an event came after `since`, changed something, and was not this officer's act.

    The engine's keeping of derived figures changes nothing for a person.
    """
    by_people = _E.c.role != Role.ENGINE
    moved = sa.or_(
        _E.c.old_state.is_(None), _E.c.old_state != _E.c.new_state, _E.c.event == "escalated"
    )
    return sa.and_(
        _E.c.seq > since, _E.c.recovery_id != "", _E.c.noun.not_in(_NO_NEWS),
        sa.or_(by_people, moved), _E.c.actor_id != own_id,
    )  # fmt: skip


def has_changed(
    recovery_id: sa.ColumnElement[str], since: int, own_id: str
) -> sa.ColumnElement[bool]:
    """Whether anything of a recovery has changed since."""
    return recovery_id.in_(sa.select(_E.c.recovery_id).where(is_news(since, own_id)))


def changed_ids(session: Session, since: int, own_id: str) -> tuple[frozenset[str], int]:
    """The recoveries that have changed since, and the newest event of this picture."""
    newest = last_event(session)
    if newest <= since:
        return frozenset(), newest
    found = session.execute(sa.select(_E.c.recovery_id).where(is_news(since, own_id)))
    return frozenset(found.scalars()), newest


def changes(
    session: Session, since: int, own_id: str, most: int
) -> tuple[tuple[ChangedRecovery, ...], int]:
    """At most `most` of the newest changes by recovery, and how many there are in all."""
    news = is_news(since, own_id)
    rows = session.execute(sa.select(_E).where(news).order_by(_E.c.seq.desc()).limit(most)).all()
    total = len(rows)
    if total == most:
        total = session.execute(sa.select(sa.func.count()).select_from(_E).where(news)).scalar_one()
    about = about_of(session, [row.subject_id for row in rows])
    of: dict[str, list[ChangedEvent]] = {}
    for row in rows:
        partner, amount = about.get(row.subject_id, ("", None))
        of.setdefault(row.recovery_id, []).append(ChangedEvent(
            row.seq, row.at, row.actor_id, row.noun, row.event, row.new_state, row.reason,
            partner, amount,
        ))  # fmt: skip
    heads = {
        head.id: head
        for some in _parts(list(of))
        for head in session.execute(
            sa.select(_R.c.id, _R.c.ref, _R.c.state, _R.c.stage).where(_R.c.id.in_(some))
        )
    }
    return tuple(
        ChangedRecovery(one, heads[one].ref, heads[one].state, heads[one].stage, tuple(events))
        for one, events in of.items()
        if one in heads
    ), total


def about_of(session: Session, subjects: list[str]) -> dict[str, tuple[str, Money | None]]:
    """Bank and sum of the holds, accounts and payouts among these ids."""
    found: dict[str, tuple[str, Money | None]] = {}
    for some in _parts(list(dict.fromkeys(subjects))):
        holds = sa.select(
            _HOLDS.c.id, _HOLDS.c.held_minor, _HOLDS.c.requested_minor, _HOLDS.c.currency,
            _ASSETS.c.partner_id,
        ).join_from(_HOLDS, _ASSETS, _ASSETS.c.id == _HOLDS.c.asset_id)  # fmt: skip
        for row in session.execute(holds.where(_HOLDS.c.id.in_(some))):
            minor = row.held_minor or row.requested_minor
            found[row.id] = row.partner_id, Money(minor, row.currency) if minor else None
        assets = sa.select(_ASSETS.c.id, _ASSETS.c.partner_id)
        for row in session.execute(assets.where(_ASSETS.c.id.in_(some))):
            found[row.id] = row.partner_id, None
        payouts = sa.select(_PAYOUTS.c.id, _PAYOUTS.c.amount_minor, _PAYOUTS.c.currency)
        for row in session.execute(payouts.where(_PAYOUTS.c.id.in_(some))):
            found[row.id] = "", Money(row.amount_minor, row.currency)
    return found


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))

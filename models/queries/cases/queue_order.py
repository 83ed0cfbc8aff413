"""The order of the queue in SQL: groups of urgency as stretches of an index, or any column.

All recoveries in the order of urgency are walked by the index, from the nearer end of a group; a
filter or another column sorts what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import Recovery, RecoveryState
from models.queries.cases.queue_filter import Wanted, listed
from models.urgency import GOLDEN_HOUR, SOON, Lane, Urgency

_R, _Q = table_of(Recovery), table_of(QueueEntry)
JOINED = _Q.join(_R, _R.c.id == _Q.c.id)
KEYS = (_Q.c.at, _Q.c.reported_at, _Q.c.id)
"""The order within a group."""
Group = sa.ColumnElement[bool]
_COLUMNS: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {
    "ref": (_R.c.ref,),
    "stage": (sa.case((_R.c.state == RecoveryState.OPEN, _R.c.stage), else_=_R.c.state),),
    "loss": (_R.c.currency, _Q.c.loss_minor),
    "victims": (_Q.c.victims,),
    "turn": (_R.c.step_role,),
    "next": (_R.c.step_wording,),
}
SORTED_BY = tuple(_COLUMNS)
"""The columns by which a queue can be sorted."""


def groups(now: datetime, *, with_closed: bool) -> dict[Urgency, Group]:
    """The groups of `models/urgency.py`, each a stretch of one lane; a test holds them together."""
    lane, at = _Q.c.lane, _Q.c.at
    hour, soon = now - GOLDEN_HOUR, now + SOON
    found = {
        Urgency.DISCREPANCY: lane == Lane.DISCREPANCY.value,
        Urgency.GOLDEN: sa.and_(lane == Lane.REPORTED.value, at > hour),
        Urgency.LATE: sa.and_(lane == Lane.WITH_CLOCK.value, at < now),
        Urgency.SOON: sa.and_(lane == Lane.WITH_CLOCK.value, at >= now, at < soon),
        Urgency.UNACCEPTED: sa.and_(lane == Lane.REPORTED.value, at <= hour),
        Urgency.RUNNING: sa.and_(lane == Lane.WITH_CLOCK.value, at >= soon),
        Urgency.WITHOUT_CLOCK: lane == Lane.WITHOUT_CLOCK.value,
    }
    return {**found, Urgency.ENDED: lane == Lane.ENDED.value} if with_closed else found


def sizes(session: Session, conditions: Sequence[Group]) -> list[int]:
    """How many recoveries meet each condition on their place in the queue, in one query."""
    counts = [sa.select(sa.func.count()).where(one).scalar_subquery() for one in conditions]
    return list(session.execute(sa.select(*counts)).one())


def walked(
    session: Session,
    select: sa.Select[Any],
    stretches: Mapping[Urgency, Group],
    counts: Mapping[Urgency, int],
    offset: int,
    limit: int,
) -> list[Any]:
    """Rows of all recoveries from the `offset`-th on, in the order of urgency."""
    found: list[Any] = []
    for urgency, group in stretches.items():
        size = counts[urgency]
        count = min(size - offset, limit - len(found))
        if count > 0:
            from_end = offset > size - offset - count
            keys = [key.desc() for key in KEYS] if from_end else list(KEYS)
            skipped = size - offset - count if from_end else offset
            rows = session.execute(select.where(group).order_by(*keys).offset(skipped).limit(count))
            found += list(rows)[::-1] if from_end else rows
        offset = max(0, offset - size)
    return found


def place_in(
    session: Session, stretches: Mapping[Urgency, Group], counts: Mapping[Urgency, int], at_id: str
) -> int | None:
    """How many recoveries stand before this one in the order of urgency; None: it is not there."""
    before = 0
    keys = session.execute(sa.select(*KEYS).where(_Q.c.id == at_id)).first()
    if keys is None:
        return None
    for urgency, group in stretches.items():
        if session.execute(sa.select(_Q.c.id).where(_Q.c.id == at_id, group)).first():
            its = sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(keys, KEYS, strict=True)))
            return before + sizes(session, [sa.and_(group, sa.tuple_(*KEYS) < its)])[0]
        before += counts[urgency]
    return None


def ordering(wanted: Wanted, stretches: Mapping[Urgency, Group]) -> list[sa.ColumnElement[Any]]:
    """A contradiction first, then by the column, if there is one, then by urgency."""
    group = sa.case(
        *((condition, urgency.value) for urgency, condition in stretches.items()),
        else_=Urgency.ENDED.value,
    )
    by_urgency = (group, *KEYS)  # no two recoveries are alike in it
    columns = _COLUMNS.get(wanted.order_by, by_urgency)
    turned = [column.desc() for column in columns] if wanted.is_down else list(columns)
    then = () if columns is by_urgency else by_urgency
    return [sa.case((stretches[Urgency.DISCREPANCY], 0), else_=1), *turned, *then]


def place_by(session: Session, wanted: Wanted, order: Sequence[Any], at_id: str) -> int | None:
    """How many recoveries stand before this one in any other order; None: it is not there."""
    number = sa.func.row_number().over(order_by=order).label("number")
    numbered = sa.select(_Q.c.id, number).select_from(JOINED).where(listed(wanted)).subquery()
    found = session.execute(sa.select(numbered.c.number).where(numbered.c.id == at_id)).scalar()
    return None if found is None else int(found) - 1

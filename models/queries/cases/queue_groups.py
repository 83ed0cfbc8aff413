"""The groups of the queue in SQL, each a stretch of one lane, and how many are in each.

Without a filter the kept counts of lanes tell most of it. A filter asks each recovery once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.queries.cases.queue_filter import Wanted, listed, passes, red_conditions
from models.store.rollups.names import count_of_lane
from models.store.rollups.spans import Span, just_after, numbers_in
from models.urgency import GOLDEN_HOUR, SOON, Attention, Lane, Urgency

_Q = table_of(QueueEntry)
Group = sa.ColumnElement[bool]
_FEW = 1_000
"""So many that pass a filter are held by their ids."""
_LANES = {
    Urgency.DISCREPANCY: Lane.DISCREPANCY, Urgency.GOLDEN: Lane.REPORTED,
    Urgency.LATE: Lane.WITH_CLOCK, Urgency.SOON: Lane.WITH_CLOCK,
    Urgency.UNACCEPTED: Lane.REPORTED, Urgency.RUNNING: Lane.WITH_CLOCK,
    Urgency.WITHOUT_CLOCK: Lane.WITHOUT_CLOCK, Urgency.ENDED: Lane.ENDED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow each other: the condition of those shown, their number in `size`.

    `found` of them pass the filter. `alike` is the condition without bounds on the instant: beside
    one instant, SQLite would walk from the bound on. Of a whole `span`, hours are counted.
    """

    condition: Group
    alike: Group
    size: int
    found: int
    span: Span | None = None


def spans(now: datetime) -> dict[Urgency, Span]:
    """The groups of `models/urgency.py`, each a span of one lane; a test holds them together."""
    hour, soon = just_after(now - GOLDEN_HOUR), now + SOON
    return {
        Urgency.DISCREPANCY: Span(Lane.DISCREPANCY),
        Urgency.GOLDEN: Span(Lane.REPORTED, since=hour),
        Urgency.LATE: Span(Lane.WITH_CLOCK, until=now),
        Urgency.SOON: Span(Lane.WITH_CLOCK, since=now, until=soon),
        Urgency.UNACCEPTED: Span(Lane.REPORTED, until=hour),
        Urgency.RUNNING: Span(Lane.WITH_CLOCK, since=soon),
        Urgency.WITHOUT_CLOCK: Span(Lane.WITHOUT_CLOCK),
        Urgency.ENDED: Span(Lane.ENDED),
    }


def groups(now: datetime, *, with_closed: bool) -> dict[Urgency, Group]:
    """The conditions of the groups, without what has ended unless it is listed too."""
    listed_too = (group for group in Urgency if with_closed or group is not Urgency.ENDED)
    there = spans(now)
    return {group: there[group].condition for group in listed_too}


def group_of(stretches: Mapping[Urgency, Group]) -> sa.ColumnElement[int]:
    """The number of the group that a line is in, as SQL finds it."""
    return sa.case(
        *((condition, urgency.value) for urgency, condition in stretches.items()),
        else_=Urgency.ENDED.value,
    )


def sizes(session: Session, conditions: Sequence[Group]) -> list[int]:
    """How many recoveries meet each condition on their place in the queue, in one query."""
    counts = [sa.select(sa.func.count()).where(one).scalar_subquery() for one in conditions]
    return list(session.execute(sa.select(*counts)).one())


def sizes_of_all(session: Session, now: datetime, kept: Mapping[str, int]) -> dict[Urgency, int]:
    """How many recoveries are in each group: what is young, late or ends soon by its hours.

    The rest of each lane follows from its kept count.
    """
    of, there = {lane: kept.get(count_of_lane(lane), 0) for lane in Lane}, spans(now)
    counted = (Urgency.GOLDEN, Urgency.LATE, Urgency.SOON)
    golden, late, soon = numbers_in(session, [there[group] for group in counted])
    return {
        Urgency.DISCREPANCY: of[Lane.DISCREPANCY], Urgency.GOLDEN: golden, Urgency.LATE: late,
        Urgency.SOON: soon, Urgency.UNACCEPTED: of[Lane.REPORTED] - golden,
        Urgency.RUNNING: of[Lane.WITH_CLOCK] - late - soon,
        Urgency.WITHOUT_CLOCK: of[Lane.WITHOUT_CLOCK], Urgency.ENDED: of[Lane.ENDED],
    }  # fmt: skip


def stretches_of_all(
    now: datetime, stretches: Mapping[Urgency, Group], counts: Mapping[Urgency, int]
) -> dict[Urgency, Stretch]:
    """The groups as they are shown without a filter."""
    there = spans(now)
    return {
        group: Stretch(condition, there[group].among, counts[group], counts[group], there[group])
        for group, condition in stretches.items()
    }


def stretches_of_listed(
    session: Session, wanted: Wanted, stretches: Mapping[Urgency, Group]
) -> dict[Urgency, Stretch]:
    """The groups as a filter shows them; it is asked once of each recovery."""
    shown, red = listed(wanted), sa.or_(*red_conditions(wanted.red_from).values())
    both = sa.literal_column("0") if wanted.only_found else sa.case((red, 1), else_=0)
    sums = sa.func.count(), sa.func.coalesce(sa.func.sum(both), 0)
    if wanted.is_dear:
        numbered = sa.select(group_of(stretches).label("urgency"), *sums).group_by("urgency")
        query: Any = numbered.where(passes(wanted))
    else:
        parts = [
            sa.select(sa.literal(group.value), *sums).where(condition, passes(wanted))
            for group, condition in stretches.items()
        ]
        query = sa.union_all(*parts)
    found = {row[0]: row[1:] for row in session.execute(query)}
    through = {group: found.get(group.value, (0, 0)) for group in stretches}
    reds = dict.fromkeys(stretches, 0)
    if not wanted.only_found:
        reds = _reds(session, wanted, stretches)
    return {
        group: Stretch(
            sa.and_(condition, shown), sa.and_(_in_lane(group), shown),
            int(through[group][0]) + reds[group] - int(through[group][1]), int(through[group][0]),
        )
        for group, condition in stretches.items()
    }  # fmt: skip


def _reds(
    session: Session, wanted: Wanted, stretches: Mapping[Urgency, Group]
) -> dict[Urgency, int]:
    """How many of each group stand in red, by an index of those alone."""
    red = red_conditions(wanted.red_from)
    whole = {Urgency.DISCREPANCY: [red.pop(Attention.DISCREPANCY)]}
    asked = [
        (group, sa.and_(condition, one))
        for group, condition in stretches.items()
        for one in whole.get(group, red.values())
    ]
    found = dict.fromkeys(stretches, 0)
    counts = sizes(session, [condition for _, condition in asked])
    for (group, _), count in zip(asked, counts, strict=True):
        found[group] += count
    return found


def narrowed(session: Session, wanted: Wanted) -> Wanted:
    """The same, with the ids of what passes where they are few: they need not be sought again."""
    query = sa.select(_Q.c.id).where(passes(wanted)).limit(_FEW + 1)
    ids = session.execute(query).scalars().all()
    return wanted if len(ids) > _FEW else replace(wanted, passing=frozenset(ids))


def _in_lane(group: Urgency) -> Group:
    return _Q.c.lane == _LANES[group].value

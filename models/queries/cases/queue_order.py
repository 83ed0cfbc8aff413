"""The order of the queue in SQL: groups of urgency as stretches of an index, or any column.

In the order of urgency, filtered or not, lines are walked by the index, from the nearer end of a
group. Another column sorts what is there; by loss an index has the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import Recovery, RecoveryState
from models.prepared import looked_through
from models.queries.cases.queue_filter import Wanted, listed
from models.queries.cases.queue_groups import Group, Stretch, group_of, sizes
from models.store.rollups.spans import just_after, numbers_in
from models.urgency import Lane, Urgency

_R, _Q = table_of(Recovery), table_of(QueueEntry)
JOINED = _Q.join(_R, _R.c.id == _Q.c.id)
KEYS = (_Q.c.at, _Q.c.reported_at, _Q.c.id)
"""The order within a group."""
_COLUMNS: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {
    "ref": (_Q.c.ref,),
    "stage": (
        # Of two enums: what comes back is a text.
        sa.case(
            (_Q.c.state == RecoveryState.OPEN, sa.type_coerce(_Q.c.stage, sa.String)),
            else_=sa.type_coerce(_Q.c.state, sa.String),
        ),
    ),
    "loss": (_Q.c.currency, _Q.c.loss_minor),
    "victims": (_Q.c.victims,),
    "turn": (_Q.c.step_role,),
    "next": (_Q.c.step_wording,),
}
SORTED_BY = tuple(_COLUMNS)
"""The columns by which a queue can be sorted."""
Order = Sequence[tuple[sa.ColumnElement[Any], bool]]
"""Columns to sort by, each with whether it descends."""


def in_turn(wanted: Wanted, stretches: Mapping[Urgency, Stretch]) -> list[Stretch]:
    """What follows each other, a contradiction first: groups, or all the rest by a column."""
    rest = [one for group, one in stretches.items() if group is not Urgency.DISCREPANCY]
    if wanted.order_by in _COLUMNS:
        # No stretch of the lanes is looked for, so that an index on the column can be walked.
        others = sa.and_(looked_through(_Q.c.lane) != Lane.DISCREPANCY.value, listed(wanted))
        rest = [
            Stretch(others, others, sum(one.size for one in rest), sum(one.found for one in rest))
        ]
    elif wanted.is_down:
        rest = rest[::-1]
    return [stretches[Urgency.DISCREPANCY], *rest]


def ordering(wanted: Wanted, stretches: Mapping[Urgency, Group]) -> Order:
    """The order within what follows each other: by the column, if there is one, then by urgency.

    No two recoveries are alike in it.
    """
    keys = [(key, wanted.is_down and wanted.order_by not in _COLUMNS) for key in KEYS]
    if wanted.order_by not in _COLUMNS:
        return keys
    columns = [(column, wanted.is_down) for column in _COLUMNS[wanted.order_by]]
    return [*columns, (group_of(stretches), False), *keys]


def whole_ordering(
    wanted: Wanted, stretches: Mapping[Urgency, Group]
) -> list[sa.ColumnElement[Any]]:
    """The order of all lines at once, a contradiction first, as SQL sorts by it."""
    order = list(ordering(wanted, stretches))
    if wanted.order_by not in _COLUMNS:
        order.insert(0, (group_of(stretches), wanted.is_down))
    first = sa.case((stretches[Urgency.DISCREPANCY], 0), else_=1)
    return sorted_by([(first, False), *order])


def sorted_by(order: Order, *, backwards: bool = False) -> list[sa.ColumnElement[Any]]:
    """An order, or its opposite, as SQL sorts by it."""
    return [column.desc() if down != backwards else column.asc() for column, down in order]


def walked(
    session: Session, turn: Sequence[Stretch], order: Order, offset: int, limit: int
) -> list[str]:
    """Ids from the `offset`-th on, each stretch from its nearer end."""
    found: list[str] = []
    for stretch in turn:
        count = min(stretch.size - offset, limit - len(found))
        if count > 0:
            behind = stretch.size - offset - count
            from_end = offset > behind
            query = sa.select(_Q.c.id).where(stretch.condition)
            query = query.order_by(*sorted_by(order, backwards=from_end)).limit(count)
            ids = list(session.execute(query.offset(behind if from_end else offset)).scalars())
            found += ids[::-1] if from_end else ids
        offset = max(0, offset - stretch.size)
    return found


def place_in(session: Session, turn: Sequence[Stretch], order: Order, at_id: str) -> int | None:
    """How many recoveries stand before this one; None: it is not among them."""
    before = 0
    columns = [column for column, _ in order]
    query = sa.select(*columns).where(_Q.c.id == at_id)
    for stretch in turn:
        its = session.execute(query.where(stretch.condition)).first()
        if its is not None:
            is_indexed = columns[0] is _Q.c.at or columns[0] is _Q.c.currency
            place = _by_index if is_indexed else _by_walk
            return before + place(session, stretch, order, its)
        before += stretch.size
    return None


def _by_index(session: Session, stretch: Stretch, order: Order, its: Sequence[Any]) -> int:
    """How many of a stretch stand before these values, by an index that has the order's columns."""
    among, alike, ahead = stretch.condition, stretch.alike, []
    for (column, is_down), value in zip(order, its, strict=True):
        mine = sa.literal(value, column.type)
        ahead.append(sa.and_(among, column > mine if is_down else column < mine))
        among = alike = sa.and_(alike, column == mine)
    if stretch.span is None or order[0][0] is not _Q.c.at:
        return sum(sizes(session, ahead))
    at = {"since": just_after(its[0])} if order[0][1] else {"until": its[0]}
    return sum(numbers_in(session, [replace(stretch.span, **at)])) + sum(sizes(session, ahead[1:]))


def _by_walk(session: Session, stretch: Stretch, order: Order, its: Sequence[Any]) -> int:
    """The same by a look at each line."""
    ahead: sa.ColumnElement[bool] = sa.false()
    for (column, is_down), value in zip(reversed(order), reversed(its), strict=True):
        mine = sa.literal(value, column.type)
        stands = column > mine if is_down else column < mine
        ahead = sa.or_(stands, sa.and_(column == mine, ahead))
    query = sa.select(sa.func.count()).where(stretch.condition, ahead)
    return int(session.execute(query).scalar_one())

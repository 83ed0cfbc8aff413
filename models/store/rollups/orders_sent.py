"""Orders that were sent to partners, and what each recovery's answered ones add to the counts.

A count is of one partner, kind and time in whole minutes: over all days, and of the day (of UTC)
on which the order was first sent. What is not answered is read where it is asked for: it is as
much as is open, however much is stored. The queue knows which recoveries have any (`unanswered`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import Call, CallKind, CallState
from models.entities.catalogue import table_of
from models.entities.event import EntityKind, Event
from models.entities.hold import Hold, HoldKind, HoldState
from models.entities.multi_agency import OPEN_TASKS, Task
from models.entities.payout import Payout, PayoutState
from models.entities.recovery import Recovery
from models.measures.order_times import (
    AnswerCount,
    AnswerState,
    OrderKind,
    OrderTime,
    order_time,
)

OF_ANSWERS = "took "
"""How the name of each count of answers begins."""
_UNDATED = "undated"
_AT_ONCE = 10_000
_C, _E, _R = table_of(Call).c, table_of(Event).c, table_of(Recovery).c
_H, _Y, _T = table_of(Hold).c, table_of(Payout).c, table_of(Task).c
_REFUSED = (HoldState.REJECTED_BY_BANK, HoldState.NO_FUNDS)
_REFUSED_PAYOUT = (EntityKind.PAYOUT, PayoutState.REFUSED)
OPEN_ORDERS: Mapping[EntityKind, Sequence[str]] = {
    EntityKind.HOLD: (HoldState.ORDERED, HoldState.QUEUED),
    EntityKind.PAYOUT: (PayoutState.INSTRUCTED, PayoutState.PREPARED),
    EntityKind.TASK: sorted(OPEN_TASKS),
}
"""States in which the other side owes an answer."""
ORDER_CALLS: Mapping[EntityKind, tuple[CallKind, ...]] = {
    EntityKind.HOLD: (CallKind.HOLD, CallKind.REQUEST),
    EntityKind.PAYOUT: (CallKind.PAYOUT,),
    EntityKind.TASK: (CallKind.TASK,),
}
"""Calls that carry the order itself."""
Narrow = Callable[[EntityKind, Any], sa.ColumnElement[bool]]
"""A condition on the holds, payouts or tasks that are asked for, given their kind and columns."""


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order that was sent to a partner, as it is measured."""

    partner_id: str
    recovery_id: str
    time: OrderTime


def series_of_answers(partner_id: str, day: date | None = None) -> str:
    """The series of counts of a partner's answers: of all days, or of orders of one day."""
    return f"{OF_ANSWERS}{partner_id}" + (f" {day.isoformat()}" if day else "")


def answer_count(name: str, value: int) -> AnswerCount:
    """What a name of a count of answers says, with its value; ValueError where it is none."""
    series, kind, minutes = name.rsplit(" ", 2)
    _, _, *day = series.split(" ")
    return AnswerCount(
        OrderKind(kind), date.fromisoformat(day[0]) if day else None,
        None if minutes == _UNDATED else int(minutes), value,
    )  # fmt: skip


def answers_of(session: Session, ids: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each order of these recoveries that was sent: the recovery, and the names of its counts.

    One of all days and one of its day; none where it is not answered.
    """
    if not ids:
        return
    for order in measured(session, _OF_RECOVERIES, {"ids": list(ids)}):
        time = order.time
        if time.state is AnswerState.OPEN:
            yield order.recovery_id, ()
            continue
        took = f"{time.kind} {_UNDATED if time.minutes is None else time.minutes}"
        days = None, time.sent_at.astimezone(UTC).date()
        names = (f"{series_of_answers(order.partner_id, day)} {took}" for day in days)
        yield order.recovery_id, tuple(names)


def measured(session: Session, query: Any, given: Mapping[str, Any]) -> Iterator[SentOrder]:  # noqa: ANN401
    """The orders that a question of `sent_orders` finds, each with the time of its answer."""
    rows = session.execute(query, given).all()
    refused = [row.id for row in rows if (row.what, row.state) == _REFUSED_PAYOUT]
    at: dict[str, datetime] = {}
    for start in range(0, len(refused), _AT_ONCE):
        given = {"ids": refused[start : start + _AT_ONCE]}
        at |= {row.subject_id: row.at for row in session.execute(_REFUSALS, given)}
    for row in rows:
        time = _MEASURES[row.what](row, at.get(row.id, row.refused_at))
        yield SentOrder(row.partner_id, row.recovery_id, time)


def _hold_time(row: Any, refused_at: datetime | None) -> OrderTime:  # noqa: ANN401 - of `_holds`
    """Acted on at the bank's time; refused at the bank's time, or when its no to the call came."""
    kind = OrderKind.STOP if row.kind == HoldKind.STOP else OrderKind.FREEZE
    answered_at = row.acted_at
    if answered_at is None and row.state in _REFUSED:
        answered_at = row.said_at or refused_at
    return _time(EntityKind.HOLD, OrderKind.REQUEST if row.is_request else kind, row, answered_at)


def _payout_time(row: Any, refused_at: datetime | None) -> OrderTime:  # noqa: ANN401 - of `_others`
    return _time(EntityKind.PAYOUT, OrderKind.PAYOUT, row, row.acted_at or refused_at)


def _task_time(row: Any, refused_at: datetime | None) -> OrderTime:  # noqa: ANN401 - of `_others`
    del refused_at
    return _time(EntityKind.TASK, OrderKind.TASK, row, row.acted_at)


def _time(noun: EntityKind, kind: OrderKind, row: Any, answered_at: datetime | None) -> OrderTime:  # noqa: ANN401
    return order_time(
        kind, row.ref, row.sent_at, answered_at, is_open=row.state in OPEN_ORDERS[noun]
    )


_MEASURES: Mapping[str, Callable[[Any, datetime | None], OrderTime]] = {
    EntityKind.HOLD: _hold_time,
    EntityKind.PAYOUT: _payout_time,
    EntityKind.TASK: _task_time,
}


def sent_orders(narrow: Narrow, *, with_ref: bool = True) -> sa.CompoundSelect[Any]:
    """All kinds of orders as far as they are asked for; references cost a look at the recovery."""
    others = ((EntityKind.PAYOUT, _Y, _Y.settled_at), (EntityKind.TASK, _T, _T.answered_at))
    queries = [_holds(with_ref=with_ref), *(_others(*one, with_ref=with_ref) for one in others)]
    nouns = ((EntityKind.HOLD, _H), *((noun, of) for noun, of, _ in others))
    return sa.union_all(
        *(
            query.where(_C.kind.in_(ORDER_CALLS[noun]), _C.sent_at.is_not(None), narrow(noun, of))
            for query, (noun, of) in zip(queries, nouns, strict=True)
        )
    )


def _holds(*, with_ref: bool) -> sa.Select[Any]:
    """A hold ranked behind another authority's is left out: its wait is not the partner's."""
    refused = sa.case((_C.state == CallState.REFUSED, _C.answered_at))
    own = (
        _text(_H.kind).label("kind"), (_H.request_id != "").label("is_request"),
        _H.acted_at.label("acted_at"), _H.bank_said_at.label("said_at"),
        sa.func.max(refused).label("refused_at"),
    )  # fmt: skip
    return _orders(EntityKind.HOLD, _H, own, with_ref=with_ref).where(_H.kind != HoldKind.QUEUE)


def _others(noun: EntityKind, of: Any, answered_at: Any, *, with_ref: bool) -> sa.Select[Any]:  # noqa: ANN401
    own = (_NOTHING, sa.false(), answered_at, sa.null(), sa.null())
    return _orders(noun, of, own, with_ref=with_ref)


def _orders(noun: EntityKind, of: Any, own: tuple[Any, ...], *, with_ref: bool) -> sa.Select[Any]:  # noqa: ANN401
    columns = (
        sa.literal_column(f"'{noun}'", sa.String).label("what"), of.id, _C.partner_id,
        of.recovery_id, (_R.ref if with_ref else _NOTHING).label("ref"),
        _text(of.state).label("state"), sa.func.min(_C.sent_at).label("sent_at"),
    )  # fmt: skip
    query = sa.select(*columns, *own).join(of.id.table, of.id == _C.subject_id)
    if with_ref:
        query = query.join(table_of(Recovery), _R.id == of.recovery_id).group_by(_R.id)
    return query.group_by(_C.partner_id, of.id)


def _text(column: Any) -> sa.ColumnElement[str]:  # noqa: ANN401
    return sa.type_coerce(column, sa.String)


_NOTHING = sa.literal_column("''", sa.String)


_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
# Built once, so that SQLite is asked directly (`models.sqlite`).
_OF_RECOVERIES = sent_orders(lambda _noun, of: of.recovery_id.in_(_IDS), with_ref=False)
_REFUSALS = (
    sa.select(_E.subject_id, sa.func.max(_E.at).label("at"))
    .where(_E.subject_id.in_(_IDS), _E.noun == EntityKind.PAYOUT, _E.event == "refused")
    .group_by(_E.subject_id)
)

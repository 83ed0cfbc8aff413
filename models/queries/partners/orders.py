"""Orders that were sent to partners, as a partner's page asks for them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.call import Call
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.installation import UNANSWERED, QueueEntry
from models.measures.order_times import AnswerState, OrderTime
from models.prepared import looked_through
from models.store.rollups.orders_sent import (
    OPEN_ORDERS,
    ORDER_CALLS,
    SentOrder,
    measured,
    sent_orders,
)

_DAY = timedelta(days=1)
_C, _Q = table_of(Call).c, table_of(QueueEntry).c
_PARTNER: sa.BindParameter[str] = sa.bindparam("of", type_=sa.String)


def open_orders(session: Session) -> list[SentOrder]:
    """Every order that was sent and is not answered."""
    found = measured(session, _UNANSWERED, {})
    return [order for order in found if order.time.state is AnswerState.OPEN]


def orders_of_day(session: Session, partner_id: str, day: date) -> list[OrderTime]:
    """The orders that were first sent to a partner on a day of UTC."""
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    given = {"of": partner_id, "since": begun, "until": begun + _DAY}
    found = (order.time for order in measured(session, _OF_DAY, given))
    # Of an order that was sent again on this day, the first time may be another day.
    return [time for time in found if time.sent_at >= begun]


def orders_of(session: Session, partner_id: str) -> list[OrderTime]:
    """Every order that was ever sent to a partner."""
    return [order.time for order in measured(session, _OF_PARTNER, {"of": partner_id})]


def _sent_on_day(noun: EntityKind, of: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401
    # A table of its own: beside the outer one, the day would leave out a first sending before it.
    sent = table_of(Call).alias().c
    query = sa.select(sent.subject_id).where(
        sent.partner_id == _PARTNER, sent.sent_at >= _at("since"), sent.sent_at < _at("until"),
        sent.kind.in_(ORDER_CALLS[noun]),
    )  # fmt: skip
    # Looked through, or SQLite walks all that was ever sent to the partner.
    return sa.and_(of.id.in_(query), looked_through(_C.partner_id) == _PARTNER)


def _unanswered(noun: EntityKind, of: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401
    # Of those recoveries alone that have any. Only literally the same condition finds its index.
    known = sa.select(_Q.id).where(sa.text(UNANSWERED))
    return sa.and_(of.recovery_id.in_(known), looked_through(of.state).in_(OPEN_ORDERS[noun]))


def _at(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=_C.sent_at.type)


# Built once, so that SQLite is asked directly (`models.sqlite`).
_UNANSWERED = sent_orders(_unanswered)
_OF_DAY = sent_orders(_sent_on_day)
_OF_PARTNER = sent_orders(lambda _noun, _of: _C.partner_id == _PARTNER)

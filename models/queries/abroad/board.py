"""The board of requests across borders: what needs its reader first, then by clock; one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.officer import Role
from models.money import Money
from models.queries.abroad.request_lines import LINES, Turn, Way
from models.queries.cases.queue_filter import UNASSIGNED, Compared
from models.queries.installation.clock import case_now
from models.queries.installation.officers import OfficerView

_L = LINES.c


class BoardColumn(StrEnum):
    """What of a request a term of the filter asks about."""

    COUNTRY = "country"
    CHANNEL = "channel"
    STATE = "state"
    WANTS = "wants"
    OFFICER = "officer"
    TURN = "turn"
    WAY = "way"
    CURRENCY = "currency"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class BoardTerm:
    """One term of a filter; `value` is text, or an instant for DUE."""

    column: BoardColumn
    compared: Compared
    value: str | datetime


@dataclass(frozen=True, slots=True)
class BoardLook:
    """Which requests somebody looks at; `offset` and `at_id` as in the queue."""

    words: tuple[str, ...] = ()
    terms: tuple[BoardTerm, ...] = ()
    with_closed: bool = False
    order_by: str = ""
    is_down: bool = False
    offset: int = 0
    at_id: str = ""
    follows: bool = True


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One request; `recovery_id` and `amount` are empty for one from abroad."""

    line_id: str
    way: Way
    recovery_id: str
    ref: str
    country: str
    channel: str
    authority: str
    wanted: str
    state: str
    amount: Money | None
    due_at: datetime | None
    owner: str
    version: int
    reason: str
    turn: Turn
    runs: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Lines from the `offset`-th on at case time `now`; the counts are of all that is looked at."""

    now: datetime
    lines: tuple[BoardLine, ...]
    offset: int = 0
    total: int = 0
    at_row: int | None = None
    ours_count: int = 0
    second_count: int = 0
    late_count: int = 0
    incoming_count: int = 0


def board_page(
    session: Session, wall_now: datetime, look: BoardLook, limit: int,
    viewer: OfficerView | None = None,
) -> BoardPage:  # fmt: skip
    """At most `limit` requests, around the line of `at_id` where the look follows it.

    First stands what `viewer` has to act on, then what waits for a second person where he is a
    supervisor, then what others have to act on; within each the nearest clock.
    """
    now = case_now(session, wall_now)
    rows = session.execute(_statement(look, limit, viewer, now)).all()
    if not rows and look.offset:
        return board_page(session, wall_now, BoardLook(
            look.words, look.terms, look.with_closed, look.order_by, look.is_down
        ), limit, viewer)  # fmt: skip
    if not rows:
        return BoardPage(now, ())
    first = rows[0]
    return BoardPage(
        now, tuple(_line(row) for row in rows), first.place, first.total, first.at_row,
        first.ours, first.seconds, first.late, first.incoming,
    )  # fmt: skip


def _statement(
    look: BoardLook, limit: int, viewer: OfficerView | None, now: datetime
) -> sa.Select[Any]:
    """All lines numbered and counted by windows, cut to those wanted: one reading of the tables."""
    count = sa.func.count().over()

    def counted(where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((where, 1), else_=0)).over()

    number = sa.func.row_number().over(order_by=_order(look, viewer)) - 1
    numbered = (
        sa.select(
            LINES, number.label("place"), count.label("total"),
            counted(_L.turn == Turn.OURS).label("ours"),
            counted(_L.turn == Turn.SECOND).label("seconds"),
            counted(sa.and_(_L.runs, _L.due_at < now)).label("late"),
            counted(_L.way == Way.IN).label("incoming"),
        ).where(*_wanted(look))
    ).cte("numbered")  # fmt: skip
    at = sa.select(numbered.c.place).where(numbered.c.id == look.at_id).scalar_subquery()
    start: sa.ColumnElement[Any] = sa.literal(look.offset)
    if look.at_id and look.follows:
        is_away = sa.or_(at < look.offset, at >= look.offset + limit)
        start = sa.case((is_away, at - limit // 2), else_=look.offset)
    place = numbered.c.place
    return (
        sa.select(numbered, at.label("at_row"))
        .where(place >= start, place < start + limit)
        .order_by(place)
    )


def _order(look: BoardLook, viewer: OfficerView | None) -> list[sa.ColumnElement[Any]]:
    own, roles = (viewer.id, viewer.roles) if viewer else ("", frozenset[Role]())
    mine = sa.and_(_L.turn == Turn.OURS, _L.owner.in_((own, "")))
    decides = sa.and_(_L.turn == Turn.SECOND, sa.literal(Role.SUPERVISOR in roles))
    rank = sa.case(
        (sa.not_(sa.or_(_L.runs, _L.turn != Turn.THEIRS)), 5), (mine, 0), (decides, 1),
        (_L.turn == Turn.OURS, 2), (_L.turn == Turn.SECOND, 3), else_=4,
    )  # fmt: skip
    clock = (_L.due_at.is_(None), _L.due_at, _L.ref, _L.id)
    columns: Mapping[str, Sequence[sa.ColumnElement[Any]]] = {
        "country": (_L.country,), "ref": (_L.ref,), "channel": (_L.channel,),
        "state": (_L.state,), "authority": (_L.authority,), "due": (),
        "amount": (_L.currency, _L.minor), "officer": (_L.owner,),
    }  # fmt: skip
    chosen = [c.desc() for c in columns.get(look.order_by, ())] if look.is_down else list(
        columns.get(look.order_by, ())
    )  # fmt: skip
    return [*chosen, *clock] if look.order_by else [rank, *clock]


def _wanted(look: BoardLook) -> list[sa.ColumnElement[bool]]:
    is_there = [] if look.with_closed else [sa.or_(_L.runs, _L.turn != Turn.THEIRS)]
    told = sa.func.lower(
        _L.ref + " " + _L.country + " " + _L.channel + " " + _L.authority + " " + _L.state + " "
        + _L.wanted + " " + _L.owner + " " + _L.reason + " " + _L.id
    )  # fmt: skip
    words = [told.contains(word.lower(), autoescape=True) for word in look.words]
    return [*is_there, *words, *(_passes(term) for term in look.terms)]


_TEXTS: Mapping[BoardColumn, sa.ColumnElement[str]] = {
    BoardColumn.COUNTRY: _L.country, BoardColumn.CHANNEL: _L.channel,
    BoardColumn.STATE: _L.state, BoardColumn.WANTS: _L.wanted, BoardColumn.TURN: _L.turn,
    BoardColumn.WAY: _L.way, BoardColumn.CURRENCY: _L.currency, BoardColumn.OFFICER: _L.owner,
}  # fmt: skip


def _passes(term: BoardTerm) -> sa.ColumnElement[bool]:
    if term.column is BoardColumn.DUE:
        is_less = term.compared is Compared.LESS
        return _L.due_at < term.value if is_less else _L.due_at > term.value
    if term.column is BoardColumn.OFFICER and term.value == UNASSIGNED:
        return _L.owner == ""
    return sa.func.lower(_TEXTS[term.column]).contains(str(term.value).lower(), autoescape=True)


def _line(row: Any) -> BoardLine:  # noqa: ANN401 - a row of the statement
    return BoardLine(
        line_id=row.id, way=Way(row.way), recovery_id=row.recovery_id, ref=row.ref,
        country=row.country, channel=row.channel, authority=row.authority, wanted=row.wanted,
        state=row.state, amount=Money(row.minor, row.currency) if row.currency else None,
        due_at=row.due_at, owner=row.owner, version=row.version, reason=row.reason,
        turn=Turn(row.turn), runs=bool(row.runs),
    )  # fmt: skip

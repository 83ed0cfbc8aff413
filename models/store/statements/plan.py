"""Compares a statement with the stored bookings before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.statement import StatementLine
from models.ids import derive_id
from models.outcome import spelled
from models.store.statements.bookings import (
    StatementRecord,
    comparable,
    comparable_row,
    matches,
    row_of,
)
from models.store.statements.line_imports import is_there

_LINES = table_of(StatementLine)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """A statement compared with stored bookings: which are new, what it adds to known ones.

    `ids` are of all its bookings, `new` the rows to insert, `fills` the fields that it
    adds to known bookings.
    """

    statement: StatementRecord
    ids: tuple[str, ...]
    new: tuple[dict[str, Any], ...]
    fills: dict[str, dict[str, Any]]
    line_count: int


def plan_statement(
    session: Session,
    statement: StatementRecord,
    time_zone: str,
    also: Sequence[dict[str, Any]] = (),
) -> PlannedStatement:
    """Compare a statement with stored bookings, and with rows about to be stored (`also`)."""
    stored = _stored_near(session, statement, also)
    ids, new = _placed(statement, stored, ZoneInfo(time_zone))
    mine = set(ids)
    within = (
        r for r in (*stored, *new) if statement.covers_from <= r["booked_at"] <= statement.covers_to
    )
    return PlannedStatement(
        statement,
        tuple(ids),
        tuple(new),
        _blanks(statement, {str(row["id"]): row for row in stored}, ids),
        # A booking known by its day from elsewhere can lie before the hour at which this begins.
        sum(r["id"] in mine for r in within),
    )


_DAY_OF = _LINES.c.booked_at
_NEAR = (
    sa.select(_LINES)
    .where(
        _LINES.c.account_id == sa.bindparam("account"),
        _DAY_OF.between(
            sa.bindparam("first", type_=_DAY_OF.type), sa.bindparam("last", type_=_DAY_OF.type)
        ),
        is_there(),
    )
    .order_by(_DAY_OF, _LINES.c.seq, _LINES.c.id)
)


def _stored_near(
    session: Session, statement: StatementRecord, also: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The account's bookings around the days of a statement, in the order of their day."""
    if not statement.bookings:
        return []
    first = min(b.at for b in statement.bookings) - _DAY
    last = max(b.at for b in statement.bookings) + _DAY
    given = {"account": statement.account_id, "first": first, "last": last}
    stored = [dict(row) for row in session.execute(_NEAR, given).mappings()]
    near = [
        r
        for r in also
        if r["account_id"] == statement.account_id and first <= r["booked_at"] <= last
    ]
    if not near:
        return stored
    return sorted((*stored, *near), key=lambda r: (r["booked_at"], r["seq"], r["id"]))


def _placed(
    statement: StatementRecord, stored: list[dict[str, Any]], zone: ZoneInfo
) -> tuple[list[str], list[dict[str, Any]]]:
    """The id of every booking, and the rows of those that are new."""
    found = matches(
        [comparable_row(row, zone) for row in stored],
        [comparable(b, statement.origin) for b in statement.bookings],
    )
    twins: Counter[tuple[object, ...]] = Counter(_twin_key(row) for row in stored)
    after = _last_seq(stored)
    ids: list[str] = []
    new: list[dict[str, Any]] = []
    for booking, at in zip(statement.bookings, found, strict=True):
        if at is not None:
            ids.append(str(stored[at]["id"]))
            continue
        row = row_of(statement, booking)
        if booking.is_dated:
            row["seq"] += after.get(booking.at, 0)
        twins[_twin_key(row)] += 1
        row["id"] = line_id(
            statement.account_id, str(spelled(booking.at)), booking.amount.minor, booking.direction,
            booking.end_to_end_id, twins[_twin_key(row)],
        )  # fmt: skip
        ids.append(row["id"])
        new.append(row)
    return ids, new


def _last_seq(stored: list[dict[str, Any]]) -> dict[datetime, int]:
    """The highest number of a day's bookings: those of another file continue after it."""
    found: dict[datetime, int] = {}
    for row in stored:
        if row["is_dated"]:
            found[row["booked_at"]] = max(found.get(row["booked_at"], 0), row["seq"])
    return found


def _twin_key(row: dict[str, Any]) -> tuple[object, ...]:
    return row["booked_at"], row["amount_minor"], row["direction"], row["end_to_end_id"]


def line_id(
    account_id: str, at: str, minor: int, direction: str, end_to_end_id: str, occurrence: int
) -> str:
    """The id of a booking at an instant (ISO, UTC), the n-th of those that look alike."""
    return derive_id("line", account_id, at, minor, direction, end_to_end_id, occurrence)


def _blanks(
    statement: StatementRecord, stored: dict[str, dict[str, Any]], ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Missing counterparty fields of known bookings that a second source supplies, by booking."""
    found: dict[str, dict[str, Any]] = {}
    for name, booking in zip(ids, statement.bookings, strict=True):
        row = stored.get(name)
        if row is None:
            continue
        fresh = row_of(statement, booking)
        news = {
            column: fresh[column]
            for column in ("counter_account_id", "bank_reference")
            if fresh[column] and not row[column]
        }
        if news:
            found[name] = news
    return found

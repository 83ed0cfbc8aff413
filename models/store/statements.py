"""Statements: each booking stored once, however often, from whichever source, in what overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from models.account import Statement, StatementLine
from models.facts import LineFact, StatementFact
from models.ids import derive_id, digest
from models.outcome import Move, Outcome, Values, spelled
from models.partner import Partner
from models.states import Noun
from models.store.accounts import ensure_account
from models.store.bookings import Booking, ToldStatement, row_of, told_of, told_of_row
from models.store.record import record
from models.store.same_booking import matches
from models.store.unit import Actor, Unit
from models.tables import table_of

_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_PARTNERS = table_of(Partner)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a statement added: bookings not known before, other sides of known ones, itself."""

    new_lines: int
    filled: int
    is_new: bool

    def __bool__(self) -> bool:
        return bool(self.new_lines or self.filled or self.is_new)


def record_statement(
    unit: Unit,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    fact: StatementFact,
    document_digest: str,
    zones: Mapping[str, str] = MappingProxyType({}),
) -> tuple[str, int]:
    """Store a bank's own answer; return the account's id and how many lines were new.

    `zones` (law to time zone) tell on which legal day a booking is, to know it again where a file
    tells days only; UTC where the bank's is not among them.
    """
    account_id = ensure_account(unit, fact.account, fact.opening.currency)
    time_zone = zones.get(_regime_of(unit, fact.account.bank), "UTC")
    zone = ZoneInfo(time_zone)
    told = ToldStatement(
        account_id=account_id,
        currency=fact.opening.currency,
        covers_from=fact.covers_from,
        covers_to=fact.covers_to,
        opening_minor=fact.opening.minor,
        closing_minor=fact.closing.minor,
        bookings=tuple(_booking(unit, line, zone) for line in fact.lines),
    )
    recorded = record_told(unit, actor, now, recovery_id, told, document_digest, time_zone)
    return account_id, recorded.new_lines


def _regime_of(unit: Unit, partner_id: str) -> str:
    query = sa.select(_PARTNERS.c.regime).where(_PARTNERS.c.id == partner_id)
    return unit.session.execute(query).scalar() or ""


def _booking(unit: Unit, line: LineFact, zone: ZoneInfo) -> Booking:
    return Booking(
        at=line.booked_at,
        day=line.booked_at.astimezone(zone).date(),
        is_dated=False,
        seq=line.seq,
        direction=line.direction,
        kind=line.kind,
        amount=line.amount,
        counter_account=_counter_account(unit, line),
        counter_amount=line.counter_amount,
        end_to_end_id=line.end_to_end_id,
    )


def _counter_account(unit: Unit, line: LineFact) -> str:
    """The other side's account; empty where it lies at a bank that is no partner of ours."""
    if unit.banks is None:
        unit.banks = frozenset(unit.session.execute(sa.select(_PARTNERS.c.id)).scalars())
    if line.counter is None or line.counter.bank not in unit.banks:
        return ""
    return ensure_account(unit, line.counter)


def record_told(
    unit: Unit,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    told: ToldStatement,
    document_digest: str,
    time_zone: str,
) -> Recorded:
    """Store what a source says of one account: bookings once, the statement with its event."""
    stored = _stored_near(unit, told)
    ids, new = _placed(told, stored, ZoneInfo(time_zone))
    parts = [told.account_id, document_digest, *([told.number] if told.number > 1 else [])]
    statement_id = derive_id("stmt", *parts)
    is_new = not _has(unit, statement_id)
    if is_new:
        move = Move(
            Noun.STATEMENT, statement_id, "recorded", None,
            _values(told, [*stored, *new], ids, document_digest),
            reason="its balances do not add up" if told.gap_minor else "",
        )  # fmt: skip
        record(unit, actor, now, recovery_id, Outcome((move,)))
    if new:
        unit.session.execute(_LINES.insert(), new)
    filled = _fill_blanks(unit, told, {str(row["id"]): row for row in stored}, ids)
    return Recorded(len(new), filled, is_new)


def _values(
    told: ToldStatement, rows: list[dict[str, Any]], ids: Sequence[str], document_digest: str
) -> Values:
    mine = set(ids)
    within = [r for r in rows if told.covers_from <= r["booked_at"] <= told.covers_to]
    return {
        "account_id": told.account_id,
        "covers_from": told.covers_from,
        "covers_to": told.covers_to,
        "opening_minor": told.opening_minor,
        "closing_minor": told.closing_minor,
        "currency": told.currency,
        # A booking known by its day from elsewhere can lie before the hour at which this begins.
        "line_count": sum(r["id"] in mine for r in within),
        "lines_digest": digest(list(ids)),
        "document_digest": document_digest,
        "origin": told.origin,
        "is_complete": told.is_complete,
        "gap_minor": told.gap_minor,
    }


def _has(unit: Unit, statement_id: str) -> bool:
    query = sa.select(_STATEMENTS.c.id).where(_STATEMENTS.c.id == statement_id)
    return unit.session.execute(query).first() is not None


def _stored_near(unit: Unit, told: ToldStatement) -> list[dict[str, Any]]:
    """The account's bookings around the days of a statement, in the order of their day."""
    if not told.bookings:
        return []
    first, last = min(b.at for b in told.bookings), max(b.at for b in told.bookings)
    c = _LINES.c
    query = (
        sa.select(_LINES)
        .where(c.account_id == told.account_id, c.booked_at.between(first - _DAY, last + _DAY))
        .order_by(c.booked_at, c.seq, c.id)
    )
    return [dict(row) for row in unit.session.execute(query).mappings()]


def _placed(
    told: ToldStatement, stored: list[dict[str, Any]], zone: ZoneInfo
) -> tuple[list[str], list[dict[str, Any]]]:
    """The id of every booking, and the rows of those that are new."""
    found = matches(
        [told_of_row(row, zone) for row in stored], [told_of(b, told.origin) for b in told.bookings]
    )
    twins: Counter[tuple[object, ...]] = Counter(_twin_key(row) for row in stored)
    after = _last_seq(stored)
    ids: list[str] = []
    new: list[dict[str, Any]] = []
    for booking, at in zip(told.bookings, found, strict=True):
        if at is not None:
            ids.append(str(stored[at]["id"]))
            continue
        row = row_of(told, booking)
        if booking.is_dated:
            row["seq"] += after.get(booking.at, 0)
        twins[_twin_key(row)] += 1
        row["id"] = line_id(
            told.account_id, str(spelled(booking.at)), booking.amount.minor, booking.direction,
            booking.end_to_end_id, twins[_twin_key(row)],
        )  # fmt: skip
        ids.append(row["id"])
        new.append(row)
    return ids, new


def _last_seq(stored: list[dict[str, Any]]) -> dict[datetime, int]:
    """The last of a day's bookings by number: another file's come after them."""
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


def _fill_blanks(
    unit: Unit, told: ToldStatement, stored: dict[str, dict[str, Any]], ids: Sequence[str]
) -> int:
    """A second source that tells the other side of a known booking adds it; nothing is replaced."""
    filled = 0
    for name, booking in zip(ids, told.bookings, strict=True):
        row = stored.get(name)
        if row is None:
            continue
        fresh = row_of(told, booking)
        news = {
            column: fresh[column]
            for column in ("counter_account_id", "bank_reference")
            if fresh[column] and not row[column]
        }
        if news:
            unit.session.execute(_LINES.update().where(_LINES.c.id == name).values(**news))
            filled += 1
    return filled

"""Statements: each booking stored once, however often, from whichever source, in what overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.partner import Partner
from models.entities.statement import LineImport, Statement, StatementLine
from models.facts import LineFact, StatementFact
from models.ids import derive_id, digest
from models.language.phrase import stored_phrase
from models.outcome import Outcome, Transition, Values
from models.prepared import reading
from models.store.accounts import AccountPlan, ensure_account
from models.store.record import record
from models.store.statements.bookings import Booking, StatementRecord
from models.store.statements.plan import PlannedStatement, plan_statement
from models.store.unit import Actor, Unit

_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_PARTNERS, _IMPORTS = table_of(Partner), table_of(LineImport)
_PARTNER_IDS, _RUNNING_IMPORTS = sa.select(_PARTNERS.c.id), sa.select(_IMPORTS.c.id)
_INSERT_LINES = _LINES.insert()


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
    statement, time_zone = statement_of_fact(unit, fact, zones)
    recorded = store_statement(unit, actor, now, recovery_id, statement, document_digest, time_zone)
    return statement.account_id, recorded.new_lines


def statement_of_fact(
    accounts: Unit | AccountPlan, fact: StatementFact, zones: Mapping[str, str]
) -> tuple[StatementRecord, str]:
    """A bank's own answer as it is stored, and the time zone of its legal days.

    Its accounts are stored, or planned to be.
    """
    account_id = ensure_account(accounts, fact.account, fact.opening.currency)
    time_zone = zones.get(_regime_of(accounts, fact.account.bank), "UTC")
    zone = ZoneInfo(time_zone)
    statement = StatementRecord(
        account_id=account_id,
        currency=fact.opening.currency,
        covers_from=fact.covers_from,
        covers_to=fact.covers_to,
        opening_minor=fact.opening.minor,
        closing_minor=fact.closing.minor,
        bookings=tuple(_booking(accounts, line, zone) for line in fact.lines),
    )
    return statement, time_zone


def _regime_of(unit: Unit | AccountPlan, partner_id: str) -> str:
    query = reading(_PARTNERS.c.id, _PARTNERS.c.regime)
    return unit.session.execute(query, {"of": partner_id}).scalar() or ""


def _booking(unit: Unit | AccountPlan, line: LineFact, zone: ZoneInfo) -> Booking:
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


def _counter_account(unit: Unit | AccountPlan, line: LineFact) -> str:
    """The other side's account; empty where it lies at a bank that is no partner of ours."""
    if unit.banks is None:
        unit.banks = frozenset(unit.session.execute(_PARTNER_IDS).scalars())
    if line.counter is None or line.counter.bank not in unit.banks:
        return ""
    return ensure_account(unit, line.counter)


def store_statement(
    unit: Unit,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    statement: StatementRecord,
    document_digest: str,
    time_zone: str,
) -> Recorded:
    """Store what a source says of one account: bookings once, the statement with its event."""
    planned = plan_statement(unit.session, statement, time_zone)
    is_new = record_planned(unit, actor, now, recovery_id, planned, document_digest)
    insert_lines(unit, planned.new)
    for line, news in planned.fills.items():
        fill_line(unit, line, news)
    return Recorded(len(planned.new), len(planned.fills), is_new)


def record_planned(
    unit: Unit,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    planned: PlannedStatement,
    document_digest: str,
) -> bool:
    """Store a statement with its event, its bookings apart; False if it is stored already."""
    statement = planned.statement
    parts = [
        statement.account_id,
        document_digest,
        *([statement.number] if statement.number > 1 else []),
    ]
    statement_id = derive_id("stmt", *parts)
    if _has(unit, statement_id):
        return False
    move = Transition(
        EntityKind.STATEMENT, statement_id, "recorded", None, _values(planned, document_digest),
        reason=stored_phrase("its balances do not add up") if statement.gap_minor else "",
    )  # fmt: skip
    record(unit, actor, now, recovery_id, Outcome((move,)))
    return True


def insert_lines(unit: Unit, rows: Sequence[dict[str, Any]], import_id: str = "") -> None:
    """Store new bookings; those of an import that is running are not there for others yet.

    One that an import which is running has brought already is the same booking: it is there now.
    """
    rows = [{**row, "import_id": import_id} for row in rows]
    if not import_id and unit.session.execute(_RUNNING_IMPORTS).first():
        ids = [row["id"] for row in rows]
        brought = set(
            unit.session.execute(sa.select(_LINES.c.id).where(_LINES.c.id.in_(ids))).scalars()
        )
        for name in sorted(brought):
            unit.session.execute(_LINES.update().where(_LINES.c.id == name).values(import_id=""))
        rows = [row for row in rows if row["id"] not in brought]
    if rows:
        unit.session.execute(_INSERT_LINES, rows)


def fill_line(unit: Unit, line: str, news: Mapping[str, Any]) -> None:
    """Add what a second source tells of a known booking; nothing is replaced."""
    unit.session.execute(_LINES.update().where(_LINES.c.id == line).values(**news))


def _values(planned: PlannedStatement, document_digest: str) -> Values:
    statement = planned.statement
    return {
        "account_id": statement.account_id,
        "covers_from": statement.covers_from,
        "covers_to": statement.covers_to,
        "opening_minor": statement.opening_minor,
        "closing_minor": statement.closing_minor,
        "currency": statement.currency,
        "line_count": planned.line_count,
        "lines_digest": digest(list(planned.ids)),
        "document_digest": document_digest,
        "origin": statement.origin,
        "is_complete": statement.is_complete,
        "gap_minor": statement.gap_minor,
    }


def _has(unit: Unit, statement_id: str) -> bool:
    query = reading(_STATEMENTS.c.id, _STATEMENTS.c.id)
    return unit.session.execute(query, {"of": statement_id}).first() is not None

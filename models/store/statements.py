"""Statements: each booking stored once, however often and in what overlap it comes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa

from models.account import Statement, StatementLine
from models.facts import LineFact, StatementFact
from models.ids import derive_id, digest
from models.outcome import Move, Outcome, Values, spelled
from models.partner import Partner
from models.states import Noun
from models.store.accounts import ensure_account
from models.store.record import record
from models.store.unit import Actor, Unit
from models.tables import table_of

_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_PARTNERS = table_of(Partner)


def record_statement(
    unit: Unit,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    fact: StatementFact,
    document_digest: str,
) -> tuple[str, int]:
    """Store a statement's lines; return the account's id and how many lines were new."""
    account_id = ensure_account(unit, fact.account, fact.opening.currency)
    rows = _rows(unit, account_id, fact)
    statement_id = derive_id("stmt", account_id, document_digest)
    if not _has(unit, statement_id):
        values: Values = {
            "account_id": account_id,
            "covers_from": fact.covers_from,
            "covers_to": fact.covers_to,
            "opening_minor": fact.opening.minor,
            "closing_minor": fact.closing.minor,
            "currency": fact.opening.currency,
            "line_count": len(rows),
            "lines_digest": digest([row["id"] for row in rows]),
            "document_digest": document_digest,
        }
        move = Move(Noun.STATEMENT, statement_id, "recorded", None, values)
        record(unit, actor, now, recovery_id, Outcome((move,)))
    known = set(
        unit.session.execute(
            sa.select(_LINES.c.id).where(_LINES.c.account_id == account_id)
        ).scalars()
    )
    new = [row for row in rows if row["id"] not in known]
    if new:
        unit.session.execute(_LINES.insert(), new)
    return account_id, len(new)


def _has(unit: Unit, statement_id: str) -> bool:
    query = sa.select(_STATEMENTS.c.id).where(_STATEMENTS.c.id == statement_id)
    return unit.session.execute(query).first() is not None


def _rows(unit: Unit, account_id: str, fact: StatementFact) -> list[dict[str, object]]:
    seen: Counter[tuple[object, ...]] = Counter()
    rows = []
    for line in fact.lines:
        key = (line.booked_at, line.amount.minor, line.direction, line.end_to_end_id)
        seen[key] += 1
        rows.append(_row(unit, account_id, line, seen[key]))
    return rows


def line_id(
    account_id: str, at: str, minor: int, direction: str, end_to_end_id: str, occurrence: int
) -> str:
    """The id of a booking at an instant (ISO, UTC), the n-th of those that look alike."""
    return derive_id("line", account_id, at, minor, direction, end_to_end_id, occurrence)


def _counter_account(unit: Unit, line: LineFact) -> str:
    """The other side's account; empty where it lies at a bank that is no partner of ours."""
    if unit.banks is None:
        unit.banks = frozenset(unit.session.execute(sa.select(_PARTNERS.c.id)).scalars())
    if line.counter is None or line.counter.bank not in unit.banks:
        return ""
    return ensure_account(unit, line.counter)


def _row(unit: Unit, account_id: str, line: LineFact, occurrence: int) -> dict[str, object]:
    """The id is what the booking is plus which of its twins: two real twins on a day stay two."""
    counter = line.counter_amount
    at = str(spelled(line.booked_at))
    return {
        "id": line_id(
            account_id, at, line.amount.minor, line.direction, line.end_to_end_id, occurrence
        ),
        "account_id": account_id,
        "seq": line.seq,
        "booked_at": line.booked_at,
        "direction": line.direction,
        "kind": line.kind,
        "amount_minor": line.amount.minor,
        "currency": line.amount.currency,
        "counter_account_id": _counter_account(unit, line),
        "counter_minor": counter.minor if counter else None,
        "counter_currency": counter.currency if counter else "",
        "end_to_end_id": line.end_to_end_id,
    }  # fmt: skip

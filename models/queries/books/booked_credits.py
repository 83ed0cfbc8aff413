"""Credits that imported statements of an account have booked, found by a reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.statement import Statement, StatementLine
from models.facts import Direction
from models.money import Money
from models.payment_refs import is_reference
from models.store.statements.line_imports import is_there

_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class BookedCredit:
    """One credit: its sum, when it was booked, its references that tell it from others.

    `proof` is the digest of the statement that shows it.
    """

    amount: Money
    booked_at: datetime
    names: tuple[str, ...]
    proof: str


def booked_credits(session: Session, account_id: str, booking: str) -> list[BookedCredit]:
    """The credits on an account under that reference, the bank's or the payment's own."""
    named = sa.or_(_LINES.c.bank_reference == booking, _LINES.c.end_to_end_id == booking)
    rows = session.execute(_credits().where(_LINES.c.account_id == account_id, named)).all()
    return [_credit(session, row) for row in rows]


def credits_that_fit(
    session: Session, account_id: str, since: datetime, most: Money, references: Iterable[str]
) -> list[BookedCredit]:
    """Credits on an account since then that a person may take for money called back.

    Those under one of the `references` come first, then those of up to `most`; a few of each.
    """
    names = [name for name in references if is_reference(name)]
    mine = _credits().where(_LINES.c.account_id == account_id, _LINES.c.booked_at >= since)
    named = sa.or_(_LINES.c.bank_reference.in_(names), _LINES.c.end_to_end_id.in_(names))
    small = sa.and_(
        _LINES.c.currency == most.currency, _LINES.c.amount_minor <= most.minor, sa.not_(named)
    )
    rows: list[Any] = []
    for fits in (named, small):
        query = mine.where(fits).order_by(_LINES.c.booked_at).limit(_SUGGESTED)
        rows += session.execute(query).all()
    return [_credit(session, row) for row in rows]


def _credits() -> sa.Select[Any]:
    return sa.select(
        _LINES.c.account_id, _LINES.c.amount_minor, _LINES.c.currency, _LINES.c.booked_at,
        _LINES.c.bank_reference, _LINES.c.end_to_end_id,
    ).where(
        _LINES.c.direction == Direction.CREDIT, _LINES.c.is_reversal.is_(False), is_there()
    )  # fmt: skip


def _credit(session: Session, row: Any) -> BookedCredit:  # noqa: ANN401 - a row of `_credits`
    paper = sa.select(_STATEMENTS.c.document_digest).where(
        _STATEMENTS.c.account_id == row.account_id, _STATEMENTS.c.covers_from <= row.booked_at,
        _STATEMENTS.c.covers_to >= row.booked_at,
    )  # fmt: skip
    proof = session.execute(paper.order_by(_STATEMENTS.c.id)).scalars().first()
    names = tuple(n for n in (row.bank_reference, row.end_to_end_id) if is_reference(n))
    amount = Money(row.amount_minor, row.currency)
    return BookedCredit(amount, row.booked_at, names, str(proof or ""))

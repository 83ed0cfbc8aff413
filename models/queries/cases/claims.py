"""Claims of one recovery, page by page, and the bookings that they can be held against."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.entities.catalogue import table_of
from models.entities.claim import Claim, ClaimState, Compensation, CompensationState
from models.entities.payout import Payout, PayoutState, UnclaimedShare, UnclaimedState
from models.entities.recall import CreditState, RecallCredit
from models.entities.statement import Statement, StatementLine
from models.facts import Direction
from models.money import Money
from models.payment_refs import is_reference
from models.prepared import looked_through
from models.store.statements.line_imports import is_there

_C, _K, _Y = table_of(Claim).c, table_of(Compensation).c, table_of(Payout).c
_B = table_of(RecallCredit).c
_L, _S, _N = table_of(StatementLine).c, table_of(Statement).c, table_of(UnclaimedShare).c
_AT_ONCE = 400
_SAME_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim in figures: what its victim and what those who paid him have got of it."""

    claim_id: str
    external_ref: str
    state: ClaimState
    paid_at: datetime
    reported: Money
    upheld: Money
    compensated: Money
    paid: Money
    paid_to_payers: Money

    @property
    def open(self) -> Money:
        """What of the upheld loss is with nobody yet who may claim it."""
        paid = self.paid.minor + self.paid_to_payers.minor
        return Money(max(0, self.upheld.minor - paid), self.upheld.currency)


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """Some claims in the order of their payments; `after` asks for the next ones, "" at the end."""

    lines: tuple[ClaimLine, ...]
    after: str


def claim_page(session: Session, recovery_id: str, after: str, limit: int) -> ClaimPage:
    """The claims after the one named, at most so many; the cost does not grow with those before."""
    query = _PAGE.limit(limit + 1)
    if after:
        at = sa.select(_C.paid_at).where(_C.id == after).scalar_subquery()
        query = query.where(sa.or_(_C.paid_at > at, sa.and_(_C.paid_at == at, _C.id > after)))
    rows = session.execute(query, {"of": recovery_id}).all()
    lines = tuple(_line(row) for row in rows[:limit])
    return ClaimPage(lines, lines[-1].claim_id if len(rows) > limit else "")


def _line(row: Any) -> ClaimLine:  # noqa: ANN401 - a row of `_PAGE`
    sums = (row.reported_minor, row.upheld_minor, row.compensated, row.own, row.others)
    return ClaimLine(
        row.id, row.external_ref, ClaimState(row.state), row.paid_at,
        *(Money(int(minor), row.currency) for minor in sums),
    )  # fmt: skip


def _page() -> sa.Select[Any]:
    payers = sa.select(_K.payer_account_id).where(
        _K.claim_id == _C.id, looked_through(_K.state) == CompensationState.CONFIRMED
    )
    # As `PayoutRow.returned_minor`: settled, in the currency of the loss.
    got = sa.case(
        (_Y.settled_currency == "", _Y.amount_minor),
        (_Y.settled_currency == _Y.currency, _Y.settled_minor),
        else_=0,
    )
    recalled = sa.select(sa.func.coalesce(sa.func.sum(_B.counted_minor), 0)).where(
        _B.claim_id == _C.id, looked_through(_B.state) == CreditState.CONFIRMED
    )
    # A bank may correct a payout to less than was called back of it: none of it is with the payee.
    left = sa.case((got > _Y.clawed_minor, got - _Y.clawed_minor), else_=0)
    paid = sa.select(sa.func.coalesce(sa.func.sum(left), 0)).where(
        _Y.claim_id == _C.id,
        looked_through(_Y.state) == PayoutState.SETTLED,
        _Y.unclaimed_id == "",
    )
    compensated = sa.select(sa.func.coalesce(sa.func.sum(_K.amount_minor), 0)).where(
        _K.claim_id == _C.id, looked_through(_K.state) == CompensationState.CONFIRMED
    )
    # What the treasury refunded is whose the payout was that had not reached him.
    refunded = (
        sa.select(sa.func.coalesce(sa.func.sum(_N.refunded_minor), 0))
        .join(table_of(Payout), _Y.id == _N.payout_id)
        .where(_N.claim_id == _C.id, looked_through(_N.state) == UnclaimedState.REFUNDED)
    )
    to_payers = _Y.payee_account_id.in_(payers.correlate(table_of(Claim)))

    def sum_of(whose: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        by_bank, late = (q.where(whose).correlate(table_of(Claim)) for q in (paid, refunded))
        return by_bank.scalar_subquery() + late.scalar_subquery()

    return (
        sa.select(
            _C.id, _C.external_ref, _C.state, _C.paid_at, _C.reported_minor, _C.upheld_minor,
            _C.currency,
            compensated.correlate(table_of(Claim)).scalar_subquery().label("compensated"),
            (
                sum_of(sa.not_(to_payers))
                + recalled.correlate(table_of(Claim)).scalar_subquery()
            ).label("own"),
            sum_of(to_payers).label("others"),
        )
        .where(_C.recovery_id == sa.bindparam("of"))
        .order_by(_C.paid_at, _C.id)
    )  # fmt: skip


_PAGE = _page()


def claims_by_reference(session: Session, recovery_id: str) -> list[tuple[str, str]]:
    """(reference of the report, claim) of every claim of a recovery."""
    query = sa.select(_C.external_ref, _C.id).where(_C.recovery_id == recovery_id)
    return [(row.external_ref, row.id) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class BookedPayment:
    """A credit on a payee's account, by its bank's or a file's statement."""

    line_id: str
    account_id: str
    counter_id: str
    reference: str
    amount: Money
    booked_at: datetime

    def is_of(self, payer: str, payee: str, reference: str, paid_at: datetime) -> bool:
        """Whether it is the payment that somebody tells of: by reference, else by payer and day."""
        if self.account_id != payee:
            return False
        if is_reference(reference) and is_reference(self.reference):
            return reference == self.reference
        return payer == self.counter_id and abs(self.booked_at - paid_at) <= _SAME_DAY


def booked_payments(
    session: Session, payees: Collection[str], payers: Collection[str], references: Collection[str]
) -> list[BookedPayment]:
    """Credits on these accounts that come from one of the payers or carry one of the references."""
    found: dict[str, BookedPayment] = {}
    for part in _parts(payers):
        found |= _lines(session, payees, _L.counter_account_id.in_(part))
    for part in _parts(references):
        found |= _lines(session, payees, sa.func.lower(_L.end_to_end_id).in_(part))
    return sorted(found.values(), key=lambda line: (line.booked_at, line.line_id))


def _parts(names: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(set(names) - {""})
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _lines(
    session: Session, payees: Collection[str], where: sa.ColumnElement[bool]
) -> dict[str, BookedPayment]:
    query = sa.select(
        _L.id, _L.account_id, _L.counter_account_id, sa.func.lower(_L.end_to_end_id),
        _L.amount_minor, _L.currency, _L.booked_at,
    ).where(
        _L.account_id.in_(list(payees)), _L.direction == Direction.CREDIT,
        _L.is_reversal.is_(False), is_there(), where,
    )  # fmt: skip
    return {
        row[0]: BookedPayment(row[0], row[1], row[2], row[3], Money(row[4], row[5]), row[6])
        for row in session.execute(query)
    }


def covered(
    session: Session, payees: Collection[str]
) -> dict[str, list[tuple[datetime, datetime]]]:
    """For each account the stretches of time of which a complete statement is there."""
    query = sa.select(_S.account_id, _S.covers_from, _S.covers_to).where(
        _S.account_id.in_(list(payees)), _S.is_complete.is_(True)
    )
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for account_id, since, until in session.execute(query):
        found.setdefault(account_id, []).append((since, until))
    return found


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """One statement of an account as evidence: what it covers, and the SHA-256 of its bytes."""

    account_id: str
    covers_from: datetime
    covers_to: datetime
    is_complete: bool
    document_digest: str


def statement_papers(session: Session, accounts: Collection[str]) -> tuple[StatementPaper, ...]:
    """The statements of these accounts, by account and the time that they cover."""
    columns = (_S.account_id, _S.covers_from, _S.covers_to, _S.is_complete, _S.document_digest)
    query = sa.select(*columns).where(_S.account_id.in_(list(accounts)))
    found = session.execute(query.order_by(_S.account_id, _S.covers_from, _S.covers_to, _S.id))
    return tuple(StatementPaper(*row) for row in found)

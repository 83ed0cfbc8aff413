"""What tracing reads: bookings, statements, where accounts lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.case_file import Place
from models.entities.account import Account
from models.entities.asset import Asset
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.partner import Partner
from models.entities.statement import Statement, StatementLine
from models.facts import Direction, LineKind
from models.money import Money
from models.prepared import reading_any
from models.rights.sessions import hidden_now, of_all
from models.store.statements.line_imports import is_there

_LINES, _STATEMENTS = table_of(StatementLine), table_of(Statement)
_ACCOUNTS, _PARTNERS = table_of(Account), table_of(Partner)
_ASSETS, _CLAIMS = table_of(Asset), table_of(Claim)


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One stored booking; accounts by id. `is_dated`: the bank gave a day without a time."""

    account_id: str
    seq: int
    booked_at: datetime
    direction: Direction
    kind: LineKind
    amount_minor: int
    currency: str
    counter_account_id: str
    counter_minor: int | None
    counter_currency: str
    end_to_end_id: str
    is_dated: bool
    is_reversal: bool


@dataclass(frozen=True, slots=True)
class Covered:
    """A period covered by statements of an account, and the balance at its start."""

    account_id: str
    covers_from: datetime
    covers_to: datetime
    opening_minor: int


def lines_of(session: Session, account_ids: Iterable[str]) -> list[StoredLine]:
    """All stored bookings of these accounts, in booking order per account."""
    return [StoredLine(*row) for row in session.execute(_OF_ACCOUNTS, {"of": list(account_ids)})]


_OF_ACCOUNTS = (
    sa.select(*(_LINES.c[name] for name in StoredLine.__slots__))
    .where(_LINES.c.account_id.in_(sa.bindparam("of", expanding=True)), is_there())
    .order_by(_LINES.c.account_id, _LINES.c.seq)
)


def covered(session: Session, account_ids: Iterable[str]) -> list[Covered]:
    """The periods that statements cover, overlapping ones merged, the earliest first."""
    spans: list[Covered] = []
    for row in session.execute(_COVERED, {"of": list(account_ids)}):
        last = spans[-1] if spans else None
        if last and last.account_id == row.account_id and _meets(last, row.covers_from):
            spans[-1] = replace(last, covers_to=max(last.covers_to, row.covers_to))
        else:
            spans.append(Covered(*row))
    return spans


_COVERED = (
    sa.select(
        _STATEMENTS.c.account_id,
        _STATEMENTS.c.covers_from,
        _STATEMENTS.c.covers_to,
        _STATEMENTS.c.opening_minor,
    )
    .where(
        _STATEMENTS.c.account_id.in_(sa.bindparam("of", expanding=True)),
        _STATEMENTS.c.is_complete,
    )
    .order_by(_STATEMENTS.c.account_id, _STATEMENTS.c.covers_from, _STATEMENTS.c.covers_to)
)


def covered_by_files(session: Session, account_ids: Iterable[str]) -> frozenset[str]:
    """Those of these accounts of which a complete statement was imported."""
    return frozenset(session.execute(_BY_FILES, {"of": list(account_ids)}).scalars())


_BY_FILES = sa.select(_STATEMENTS.c.account_id).where(
    _STATEMENTS.c.account_id.in_(sa.bindparam("of", expanding=True)),
    _STATEMENTS.c.is_complete,
    _STATEMENTS.c.origin != "api",
)


def _meets(last: Covered, covers_from: datetime) -> bool:
    """Whether a period begins before or exactly when the previous one ends."""
    return covers_from <= last.covers_to + timedelta(microseconds=1)


def booked_between(session: Session, account_id: str, start: datetime, end: datetime) -> int:
    """Sum of the stored bookings of a period in minor units; credits are positive."""
    sign = sa.case((_LINES.c.direction == Direction.CREDIT, 1), else_=-1)
    query = sa.select(sa.func.coalesce(sa.func.sum(sign * _LINES.c.amount_minor), 0)).where(
        _LINES.c.account_id == account_id, _LINES.c.booked_at.between(start, end), is_there()
    )
    return int(session.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class LastBalance:
    """What an account held in all, in minor units of its currency, when its statement ended."""

    minor: int
    currency: str
    at: datetime


def last_balances(session: Session, account_ids: Iterable[str]) -> dict[str, LastBalance]:
    """The closing balance of the latest statement of each account that has one."""
    query = (
        sa.select(
            _STATEMENTS.c.account_id, _STATEMENTS.c.closing_minor, _STATEMENTS.c.currency,
            _STATEMENTS.c.covers_to,
        )
        .where(_STATEMENTS.c.account_id.in_(list(account_ids)), _STATEMENTS.c.is_complete)
        .order_by(_STATEMENTS.c.covers_to, _STATEMENTS.c.id)
    )  # fmt: skip
    return {account: LastBalance(*rest) for account, *rest in session.execute(query)}


def statement_currencies(session: Session, account_ids: Iterable[str]) -> list[tuple[str, Money]]:
    """Each currency of the statements of these accounts, with its latest closing balance."""
    rows = session.execute(_CLOSING, {"of": list(account_ids)})
    told = {(row.account_id, row.currency): row.closing_minor for row in rows}
    return [(account, Money(minor, code)) for (account, code), minor in sorted(told.items())]


_CLOSING = (
    sa.select(_STATEMENTS.c.account_id, _STATEMENTS.c.currency, _STATEMENTS.c.closing_minor)
    .where(_STATEMENTS.c.account_id.in_(sa.bindparam("of", expanding=True)))
    .order_by(_STATEMENTS.c.covers_to, _STATEMENTS.c.id)
)


def places(session: Session, account_ids: Iterable[str]) -> dict[str, Place]:
    """Bank and currency of these accounts; a currency that is not known is the bank's own."""
    return {
        row.id: Place(row.partner_id, row.home, row.regime, row.currency or row.usual)
        for row in session.execute(_PLACES, {"of": list(account_ids)})
    }


_PLACES = (
    sa.select(
        _ACCOUNTS.c.id, _ACCOUNTS.c.partner_id, _ACCOUNTS.c.currency, _PARTNERS.c.home,
        _PARTNERS.c.regime, _PARTNERS.c.currency.label("usual"),
    )
    .join(_PARTNERS, _PARTNERS.c.id == _ACCOUNTS.c.partner_id)
    .where(_ACCOUNTS.c.id.in_(sa.bindparam("of", expanding=True)))
)  # fmt: skip


_TAILS = reading_any(_ACCOUNTS.c.id, _ACCOUNTS.c.id, _ACCOUNTS.c.tail)


def tails(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """The last digits of these accounts, which may be shown; "" of a hidden victim's own account.

    Its bookings stand in the statement of an account that others want too. Where a recovery that
    whoever looks does see names the account itself, it is that recovery's as well.
    """
    wanted = list(account_ids)
    found = {row.id: row.tail for row in session.execute(_TAILS, {"of": wanted})} if wanted else {}
    return found | dict.fromkeys(_of_hidden_victims(session, wanted), "")


def _of_hidden_victims(session: Session, account_ids: list[str]) -> set[str]:
    hidden = hidden_now(session)
    if not hidden or not account_ids:
        return set()
    given = {"of": account_ids, "hidden": sorted(hidden)}
    theirs = set(of_all(session, _OF_HIDDEN, given).scalars())
    return theirs and theirs - set(session.execute(_OF_SEEN, given).scalars())


def _named_by(*columns: sa.Column[Any], are_hidden: bool) -> sa.CompoundSelect[Any]:
    """Those of the accounts that recoveries name in these columns."""
    hidden: sa.BindParameter[Any] = sa.bindparam("hidden", expanding=True)
    of: sa.BindParameter[Any] = sa.bindparam("of", expanding=True)
    each = []
    for column in columns:
        recovery = column.table.c.recovery_id
        which = recovery.in_(hidden) if are_hidden else recovery.not_in(hidden)
        each.append(sa.select(column).where(column.in_(of), which))
    return sa.union(*each)


_VICTIMS = (_CLAIMS.c.victim_account_id, _CLAIMS.c.payout_account_id)
_OF_HIDDEN = _named_by(*_VICTIMS, are_hidden=True)
_OF_SEEN = _named_by(*_VICTIMS, _CLAIMS.c.payee_account_id, _ASSETS.c.account_id, are_hidden=False)

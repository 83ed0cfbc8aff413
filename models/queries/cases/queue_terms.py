"""Conditions on one column of a recovery: `bank:east`, `ends<24h`, `held>10000`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, gt, lt
from typing import Any

import sqlalchemy as sa

from models.currencies import DECIMALS
from models.entities.asset import Asset, Stage
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.hold import LIVE_HOLDS, Hold, HoldState
from models.entities.installation import QueueEntry
from models.entities.partner import Partner
from models.entities.recovery import Recovery, RecoveryState

_R, _Q, _HOLDS = table_of(Recovery), table_of(QueueEntry), table_of(Hold)
_ASSETS, _CLAIMS, _PARTNERS = table_of(Asset), table_of(Claim), table_of(Partner)
UNASSIGNED = "-"
"""Stands for no officer at all."""


class TermColumn(StrEnum):
    """What of a recovery a term asks about."""

    BANK = "bank"
    STAGE = "stage"
    OFFICER = "officer"
    CASE = "case"
    CURRENCY = "currency"
    ENDS = "ends"
    AGE = "age"
    LOSS = "loss"
    HELD = "held"
    VICTIMS = "victims"


class Compared(StrEnum):
    """How a column is compared."""

    IS = ":"
    LESS = "<"
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Term:
    """A column compared with a text in small letters, an instant, or a number in whole units.

    A stage is asked by what is called so: states of recoveries, stages, states of holds.
    """

    column: TermColumn
    compared: Compared
    value: Any
    states: frozenset[RecoveryState] = frozenset()
    stages: frozenset[Stage] = frozenset()
    holds: frozenset[HoldState] = frozenset()


def meets(term: Term) -> sa.ColumnElement[bool]:
    """The condition of a term on a recovery and its place in the queue."""
    return _CONDITIONS[term.column](term)


def _bank(term: Term) -> sa.ColumnElement[bool]:
    named = sa.or_(
        *(sa.func.lower(column).contains(term.value, autoescape=True)
          for column in (_PARTNERS.c.id, _PARTNERS.c.name))
    )  # fmt: skip
    banks = sa.select(_PARTNERS.c.id).where(named)
    return sa.or_(
        _R.c.id.in_(sa.select(_ASSETS.c.recovery_id).where(_ASSETS.c.partner_id.in_(banks))),
        _R.c.id.in_(sa.select(_CLAIMS.c.recovery_id).where(_CLAIMS.c.victim_partner_id.in_(banks))),
    )


def _stage(term: Term) -> sa.ColumnElement[bool]:
    holding = sa.select(_HOLDS.c.recovery_id).where(_HOLDS.c.state.in_(term.holds))
    return sa.or_(
        _R.c.state.in_(term.states),
        sa.and_(_R.c.state == RecoveryState.OPEN, _R.c.stage.in_(term.stages)),
        _R.c.id.in_(holding) if term.holds else sa.false(),
    )


def _officer(term: Term) -> sa.ColumnElement[bool]:
    if term.value == UNASSIGNED:
        return _R.c.owner_id == ""
    return sa.func.lower(_R.c.owner_id).contains(term.value, autoescape=True)


def _held() -> sa.ColumnElement[Any]:
    """What live holds come to, in the currency of the loss."""
    mine = sa.and_(
        _HOLDS.c.recovery_id == _R.c.id,
        _HOLDS.c.currency == _R.c.currency,
        _HOLDS.c.state.in_(LIVE_HOLDS),
    )
    total = sa.select(sa.func.coalesce(sa.func.sum(_HOLDS.c.held_minor), 0)).where(mine)
    return total.correlate(_R).scalar_subquery()


def _sum(column: sa.ColumnElement[Any], term: Term) -> sa.ColumnElement[bool]:
    """Compare minor units with a number in whole units of each recovery's currency."""
    by_decimals: dict[int, list[str]] = {}
    for code, decimals in DECIMALS.items():
        by_decimals.setdefault(decimals, []).append(code)
    minor = sa.case(
        *((_R.c.currency.in_(codes), int(term.value.scaleb(decimals)))
          for decimals, codes in by_decimals.items())
    )  # fmt: skip
    return _by(column, term.compared, minor)


def _by(column: Any, compared: Compared, value: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401
    operator = {Compared.IS: eq, Compared.LESS: lt, Compared.MORE: gt}[compared]
    condition: sa.ColumnElement[bool] = operator(column, value)
    return condition


_CONDITIONS: Mapping[TermColumn, Callable[[Term], sa.ColumnElement[bool]]] = {
    TermColumn.BANK: _bank,
    TermColumn.STAGE: _stage,
    TermColumn.OFFICER: _officer,
    TermColumn.CASE: lambda t: sa.func.lower(_R.c.case_number).contains(t.value, autoescape=True),
    TermColumn.CURRENCY: lambda t: sa.func.lower(_R.c.currency) == t.value,
    TermColumn.ENDS: lambda t: _by(_R.c.due_at, t.compared, t.value),
    # Older than so long is reported before that instant.
    TermColumn.AGE: lambda t: (
        _R.c.reported_at < t.value if t.compared is Compared.MORE else _R.c.reported_at > t.value
    ),
    TermColumn.LOSS: lambda t: _sum(_Q.c.loss_minor, t),
    TermColumn.HELD: lambda t: _sum(_held(), t),
    TermColumn.VICTIMS: lambda t: _by(_Q.c.victims, t.compared, t.value),
}

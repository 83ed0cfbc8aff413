"""Which recoveries a queue shows: a filter in the database, over all of them.

A filter has words, and terms on one column such as `bank:east`, `ends<24h`, `held>10000`.

What stands in red is always among them: no filter hides it, only a search does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import eq, gt, lt
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from models.currencies import DECIMALS
from models.entities.account import Account
from models.entities.asset import Asset, Stage
from models.entities.catalogue import table_of
from models.entities.claim import Claim
from models.entities.hold import Hold, HoldState
from models.entities.installation import QueueEntry
from models.entities.partner import Partner
from models.entities.recovery import CLOSED_RECOVERIES, RecoveryState
from models.queries.cases.deconfliction import is_shared, may_be_shared
from models.queries.cases.search import Sought, found_by
from models.queries.looks.changes import has_changed
from models.store.rollups.spans import Span, just_after
from models.store.rollups.sums import named_in
from models.urgency import Attention, Lane

_Q, _HOLDS = table_of(QueueEntry), table_of(Hold)
_ASSETS, _CLAIMS, _PARTNERS = table_of(Asset), table_of(Claim), table_of(Partner)
_ACCOUNTS = table_of(Account)


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
    CHANGED = "changed"


class Compared(StrEnum):
    """How a column is compared."""

    IS = ":"
    LESS = "<"
    MORE = ">"


@dataclass(frozen=True, slots=True)
class Term:
    """A column compared with a text in small letters, an instant, or a number in whole units.

    A stage is asked by what is called so: states of recoveries, stages, states of holds. So is a
    bank, by the ids of partners (`banks_called`). What has changed is asked by the number of an
    event and whose acts are no news.
    """

    column: TermColumn
    compared: Compared
    value: Any
    states: frozenset[RecoveryState] = frozenset()
    stages: frozenset[Stage] = frozenset()
    holds: frozenset[HoldState] = frozenset()
    banks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """One word that a line must hold: in its text, or as one of these states or stages.

    A line in red for one of `waits`, or that another recovery knows (`shared`), holds it too, and
    one that is found by it as `sought`. A `loose` one is found by its letters in their order.
    """

    text: str
    states: frozenset[RecoveryState] = frozenset()
    stages: frozenset[Stage] = frozenset()
    waits: frozenset[Attention] = frozenset()
    shared: bool = False
    sought: Sought | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which recoveries and in which order; a contradiction stands first in every order.

    `red_from` says since when at the latest what waits stands in red. `order_by` is a column of
    the table, empty for the order of urgency. With `only_found`, the filter hides red lines too.
    Those of `changed` are marked so. `passing` are those that pass, where they are known.
    """

    red_from: Mapping[Attention, datetime]
    with_closed: bool = False
    words: tuple[Word, ...] = ()
    terms: tuple[Term, ...] = ()
    stands: str = ""
    owner: str = ""
    order_by: str = ""
    is_down: bool = False
    only_found: bool = False
    changed: frozenset[str] = frozenset()
    passing: frozenset[str] | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether any recovery may be left out."""
        return bool(self.words or self.terms or self.stands or self.owner)

    @property
    def is_dear(self) -> bool:
        """Whether it looks something up among all recoveries each time that it is asked."""
        looked_up = any(word.loose or word.shared for word in self.words)
        changed = any(term.column is TermColumn.CHANGED for term in self.terms)
        return self.passing is None and (looked_up or changed)


def red_conditions(
    red_from: Mapping[Attention, datetime],
) -> dict[Attention, sa.ColumnElement[bool]]:
    """What stands in red, by the reason."""
    waits = {
        reason: sa.and_(_Q.c.waits_for == reason, _Q.c.waits_since <= since)
        for reason, since in red_from.items()
    }
    return {**waits, Attention.DISCREPANCY: _Q.c.lane == Lane.DISCREPANCY.value}


def young_spans(red_from: Mapping[Attention, datetime]) -> list[Span]:
    """What waits for each of these reasons, and not so long yet that it stands in red."""
    # A contradiction is in red at once.
    return [
        Span(reason, since=just_after(since))
        for reason, since in red_from.items()
        if reason is not Attention.DISCREPANCY
    ]


def listed(wanted: Wanted) -> sa.ColumnElement[bool]:
    """What is shown: what passes the filter, and all that is in red."""
    there = sa.true() if wanted.with_closed else _Q.c.lane < Lane.ENDED.value
    if not wanted.is_filtered:
        return there
    if wanted.only_found:
        return sa.and_(there, passes(wanted))
    return sa.and_(there, sa.or_(passes(wanted), *red_conditions(wanted.red_from).values()))


def passes(wanted: Wanted) -> sa.ColumnElement[bool]:
    """What passes the filter, in red or not."""
    if wanted.passing is not None:
        return _Q.c.id.in_(sorted(wanted.passing))
    asked = [*(_holds(word, wanted) for word in wanted.words), *map(meets, wanted.terms)]
    if not wanted.with_closed:
        asked.append(_Q.c.lane < Lane.ENDED.value)
    if wanted.owner:
        asked.append(_Q.c.owner_id == wanted.owner)
    if wanted.stands == RecoveryState.REPORTED:
        asked.append(_Q.c.state == RecoveryState.REPORTED)
    elif wanted.stands:
        at = sa.and_(_Q.c.state == RecoveryState.OPEN, _Q.c.stage == wanted.stands)
        ended = _Q.c.state.in_(CLOSED_RECOVERIES)
        asked.append(sa.or_(at, ended) if wanted.stands == Stage.CLOSED else at)
    return sa.and_(sa.true(), *asked)


def _holds(word: Word, wanted: Wanted) -> sa.ColumnElement[bool]:
    if word.loose:
        return _has_letters(word.text)
    found: list[sa.ColumnElement[bool]] = [_Q.c.sought.contains(word.text, autoescape=True)]
    if word.states or word.stages:
        found.append(_Q.c.state.in_(word.states))
        found.append(sa.and_(_Q.c.state == RecoveryState.OPEN, _Q.c.stage.in_(word.stages)))
    red = red_conditions(wanted.red_from)
    found += [red[reason] for reason in sorted(word.waits)]
    if word.sought is not None:
        found.append(found_by(word.sought, _Q.c.id, _Q.c.case_number))
    if word.shared:
        found.append(sa.and_(_Q.c.id.in_(may_be_shared()), is_shared(_Q.c.id)))
    return sa.or_(*found)


def _has_letters(text: str) -> sa.ColumnElement[bool]:
    """Whether a recovery has these letters in this order in any one detail it is looked for by.

    Reference, case number, officer; references of the report, the payment and the bank; the last
    digits of an account; a bank.
    """
    pattern = "%".join(("", *(f"\\{c}" if c in "%_\\" else c for c in text), ""))

    def has(*places: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.or_(*(sa.func.lower(place).like(pattern, escape="\\") for place in places))

    banks = sa.select(_PARTNERS.c.id).where(has(_PARTNERS.c.id, _PARTNERS.c.name))
    accounts = sa.select(_ACCOUNTS.c.id).where(has(_ACCOUNTS.c.tail))
    claims = sa.or_(
        has(_CLAIMS.c.external_ref, _CLAIMS.c.end_to_end_id),
        _CLAIMS.c.victim_account_id.in_(accounts), _CLAIMS.c.victim_partner_id.in_(banks),
    )  # fmt: skip
    assets = sa.or_(_ASSETS.c.account_id.in_(accounts), _ASSETS.c.partner_id.in_(banks))
    return sa.or_(
        has(_Q.c.ref, _Q.c.case_number, _Q.c.owner_id),
        _Q.c.id.in_(sa.select(_CLAIMS.c.recovery_id).where(claims)),
        _Q.c.id.in_(sa.select(_ASSETS.c.recovery_id).where(assets)),
        _Q.c.id.in_(sa.select(_HOLDS.c.recovery_id).where(has(_HOLDS.c.bank_ref))),
    )


def banks_called(session: Session, text: str) -> frozenset[str]:
    """The ids of the partners with this text, in small letters, in their id or their name."""
    named = (
        sa.func.lower(column).contains(text, autoescape=True)
        for column in (_PARTNERS.c.id, _PARTNERS.c.name)
    )
    return frozenset(session.execute(sa.select(_PARTNERS.c.id).where(sa.or_(*named))).scalars())


def meets(term: Term) -> sa.ColumnElement[bool]:
    """The condition of a term on a recovery and its place in the queue."""
    return _CONDITIONS[term.column](term)


def _bank(term: Term) -> sa.ColumnElement[bool]:
    """Of its accounts or victims; `banks` are the ids of what is called so."""
    return sa.or_(sa.false(), *(_names(_Q.c.banks, bank) for bank in sorted(term.banks)))


def _stage(term: Term) -> sa.ColumnElement[bool]:
    return sa.or_(
        _Q.c.state.in_(term.states),
        sa.and_(_Q.c.state == RecoveryState.OPEN, _Q.c.stage.in_(term.stages)),
        *(_names(_Q.c.hold_states, state) for state in sorted(term.holds)),
    )


def _names(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    """Whether one of the names in a column (`rows.named_in`) is this one."""
    return column.contains(named_in([name]), autoescape=True)


def _officer(term: Term) -> sa.ColumnElement[bool]:
    if term.value == UNASSIGNED:
        return _Q.c.owner_id == ""
    return sa.func.lower(_Q.c.owner_id).contains(term.value, autoescape=True)


def _sum(column: sa.ColumnElement[Any], term: Term) -> sa.ColumnElement[bool]:
    """Compare minor units with a number in whole units of each recovery's currency."""
    by_decimals: dict[int, list[str]] = {}
    for code, decimals in DECIMALS.items():
        by_decimals.setdefault(decimals, []).append(code)
    minor = sa.case(
        *((_Q.c.currency.in_(codes), int(term.value.scaleb(decimals)))
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
    TermColumn.CASE: lambda t: _Q.c.case_number.contains(t.value, autoescape=True),
    TermColumn.CURRENCY: lambda t: sa.func.lower(_Q.c.currency) == t.value,
    TermColumn.ENDS: lambda t: _by(_Q.c.due_at, t.compared, t.value),
    # Older than so long is reported before that instant.
    TermColumn.AGE: lambda t: (
        _Q.c.reported_at < t.value if t.compared is Compared.MORE else _Q.c.reported_at > t.value
    ),
    TermColumn.LOSS: lambda t: _sum(_Q.c.loss_minor, t),
    TermColumn.HELD: lambda t: _sum(_Q.c.held_minor, t),
    TermColumn.VICTIMS: lambda t: _by(_Q.c.victims, t.compared, t.value),
    TermColumn.CHANGED: lambda t: has_changed(_Q.c.id, *t.value),
}

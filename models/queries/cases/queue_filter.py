"""Which recoveries a queue shows: a filter in the database, over all of them.

What stands in red is always among them: no filter hides it, only a search does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from models.entities.asset import Stage
from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.recovery import CLOSED_RECOVERIES, Recovery, RecoveryState
from models.queries.cases.deconfliction import is_shared
from models.queries.cases.queue_terms import Term, meets
from models.queries.cases.search import Sought, found_by
from models.urgency import Attention, Lane

_R, _Q = table_of(Recovery), table_of(QueueEntry)


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

    @property
    def is_filtered(self) -> bool:
        """Whether any recovery may be left out."""
        return bool(self.words or self.terms or self.stands or self.owner)

    @property
    def is_plain(self) -> bool:
        """Whether these are all recoveries in the order of urgency, which an index has."""
        return not (self.is_filtered or self.order_by or self.is_down)


def red_conditions(
    red_from: Mapping[Attention, datetime],
) -> dict[Attention, sa.ColumnElement[bool]]:
    """What stands in red, by the reason."""
    waits = {
        reason: sa.and_(_Q.c.waits_for == reason, _Q.c.waits_since <= since)
        for reason, since in red_from.items()
    }
    return {**waits, Attention.DISCREPANCY: _Q.c.lane == Lane.DISCREPANCY.value}


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
    asked = [*(_holds(word, wanted) for word in wanted.words), *map(meets, wanted.terms)]
    if not wanted.with_closed:
        asked.append(_Q.c.lane < Lane.ENDED.value)
    if wanted.owner:
        asked.append(_R.c.owner_id == wanted.owner)
    if wanted.stands == RecoveryState.REPORTED:
        asked.append(_R.c.state == RecoveryState.REPORTED)
    elif wanted.stands:
        at = sa.and_(_R.c.state == RecoveryState.OPEN, _R.c.stage == wanted.stands)
        ended = _R.c.state.in_(CLOSED_RECOVERIES)
        asked.append(sa.or_(at, ended) if wanted.stands == Stage.CLOSED else at)
    return sa.and_(sa.true(), *asked)


def _holds(word: Word, wanted: Wanted) -> sa.ColumnElement[bool]:
    if word.loose:
        return _has_letters(word.text)
    found: list[sa.ColumnElement[bool]] = [_Q.c.sought.contains(word.text, autoescape=True)]
    if word.states or word.stages:
        found.append(_R.c.state.in_(word.states))
        found.append(sa.and_(_R.c.state == RecoveryState.OPEN, _R.c.stage.in_(word.stages)))
    red = red_conditions(wanted.red_from)
    found += [red[reason] for reason in sorted(word.waits)]
    if word.shared:
        found.append(is_shared(_Q.c.id))
    if word.sought is not None:
        found += found_by(word.sought).values()
    return sa.or_(*found)


def _has_letters(text: str) -> sa.ColumnElement[bool]:
    """Whether the reference, the case number or the officer has these letters in this order."""
    pattern = "%".join(("", *(f"\\{c}" if c in "%_\\" else c for c in text), ""))
    places = (_R.c.ref, _R.c.case_number, _R.c.owner_id)
    return sa.or_(*(sa.func.lower(place).like(pattern, escape="\\") for place in places))

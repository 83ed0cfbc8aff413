"""Every state of every noun meets every event that any noun knows: the tables decide, no one else.

Rows are made up column by column in a migrated database, and written by the store itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from enum import StrEnum
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.catalogue import (
    BY_NOUN,
    STATE_COLUMN,
    STATELESS,
    TRANSITIONS,
    IllegalTransitionError,
)
from models.entities.event import EntityKind
from models.entities.officer import Role
from models.outcome import Outcome, Transition
from models.rights.decisions import DECISIONS
from models.store.record import record
from models.store.unit import Actor, Unit, savepoint, unit_of_work
from models.store.waiting_rows import StaleFileError
from tests.by_hand import without_money_guards

EVENTS = sorted({event for table in TRANSITIONS.values() for _, event in table})


def states_of(noun: EntityKind) -> list[str | None]:
    """Not there yet, then every state that its table names."""
    named = {s for s, _ in TRANSITIONS[noun] if s is not None} | set(TRANSITIONS[noun].values())
    return [None, *sorted(named)]


def made_up(column: sa.Column[Any], mark: str, now: datetime) -> object:
    kind = getattr(column.type, "impl", column.type).python_type
    if issubclass(kind, StrEnum):
        return next(iter(kind))
    return {str: mark, bool: False, int: int(mark), datetime: now}[kind]


def put(work: Unit, noun: EntityKind, states: Mapping[str, str], now: datetime) -> None:
    """Rows in these states by their ids, whatever else stands in them."""
    needed = [c for c in BY_NOUN[noun].c if not c.nullable]
    rows = [{c.name: made_up(c, mark, now) for c in needed} for mark in states]
    if noun not in STATELESS:
        for row, state in zip(rows, states.values(), strict=True):
            row[STATE_COLUMN[noun]] = state
    if rows:
        work.session.execute(BY_NOUN[noun].insert(), rows)


def who(noun: EntityKind, event: str) -> Actor:
    """Somebody who may: the role that the event takes, and nobody who has asked for it."""
    roles = DECISIONS.get((noun, event), {Role.ENGINE})
    return Actor("a-second-person", min(roles))


def cells(noun: EntityKind) -> Iterator[tuple[str, str | None, str]]:
    for number, (state, event) in enumerate(product(states_of(noun), EVENTS), start=1):
        yield str(number), state, event


@contextmanager
def undone(unit: Any) -> Iterator[Unit]:
    """A transaction of which nothing stays, so that what its rows point at need not be there.

    Nor need sums fit: the database's own guards of pools and payouts are away.
    """
    with suppress(UndoneError), unit_of_work(unit.database) as work:
        work.session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        with without_money_guards(work.session):
            yield work
        raise UndoneError


class UndoneError(Exception):
    """Ends a transaction with nothing kept."""


def written(work: Unit) -> int:
    return int(work.session.execute(sa.text("SELECT count(*) FROM event")).scalar_one())


@pytest.mark.parametrize("noun", EntityKind)
def test_each_state_takes_the_events_of_its_table_and_refuses_all_others(
    unit: Any, noun: EntityKind
) -> None:
    now, table = unit.now, BY_NOUN[noun]
    taken, become, all_cells = set(), {}, list(cells(noun))
    with undone(unit) as work:
        put(work, noun, {mark: state for mark, state, _ in all_cells if state is not None}, now)
        before = written(work)
        for mark, state, event in all_cells:
            values = {}
            if state is None:
                needed = (c for c in table.c if not c.nullable and c.name != "id")
                values = {c.name: made_up(c, mark, now) for c in needed}
            work.confirmed = Transition(noun, mark, event, state, values)  # as two people agreed
            outcome = Outcome((work.confirmed,))
            if (state, event) not in TRANSITIONS[noun]:
                with pytest.raises(IllegalTransitionError, match=event):
                    record(work, who(noun, event), now, "", outcome)
                become[mark] = state
            else:
                record(work, who(noun, event), now, "", outcome)
                taken.add((state, event))
                become[mark] = TRANSITIONS[noun][state, event]
        told = work.session.execute(
            sa.text("SELECT subject_id FROM event WHERE noun = :noun"), {"noun": noun}
        )
        moved = sorted(row[0] for row in told if row[0] in become)
        assert moved == sorted(m for m, s, e in all_cells if (s, e) in TRANSITIONS[noun])
        assert written(work) == before + len(moved)
        if noun not in STATELESS:
            query = sa.select(table.c.id, table.c[STATE_COLUMN[noun]])
            found = {row[0]: row[1] for row in work.session.execute(query)}
            assert {mark: found.get(mark) for mark in become} == become
    assert taken == set(TRANSITIONS[noun])


@pytest.mark.parametrize("noun", [n for n in EntityKind if n not in STATELESS])
def test_a_row_that_is_in_another_state_than_was_seen_is_not_moved(
    unit: Any, noun: EntityKind
) -> None:
    moves = [(s, e) for s, e in TRANSITIONS[noun] if s is not None]
    met = [
        (str(number), seen, event, other)
        for number, ((seen, event), other) in enumerate(product(moves, states_of(noun)[1:]), 1)
        if other != seen
    ]
    with undone(unit) as work:
        put(work, noun, {mark: str(other) for mark, _, _, other in met}, unit.now)
        for mark, seen, event, other in met:
            work.confirmed = move = Transition(noun, mark, event, seen)
            with pytest.raises(StaleFileError, match=f"is {other} now"), savepoint(work):
                record(work, who(noun, event), unit.now, "", Outcome((move,)))


@pytest.mark.parametrize("noun", EntityKind)
def test_every_state_can_be_come_to(noun: EntityKind) -> None:
    met: set[str | None] = {None}
    for _ in TRANSITIONS[noun]:
        met |= {new for (state, _), new in TRANSITIONS[noun].items() if state in met}
    assert met == set(states_of(noun))


def test_every_decision_is_of_a_move_that_there_is() -> None:
    assert set(DECISIONS) <= {
        (noun, event) for noun, table in TRANSITIONS.items() for _, event in table
    }

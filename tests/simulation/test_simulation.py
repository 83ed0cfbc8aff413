"""Histories that nobody wrote break nothing; and the oracle sees what is planted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.simulation.eyes import ViolationError
from tests.simulation.guards import GUARDS
from tests.simulation.place import Place, place
from tests.simulation.plan import Payment, Plan, Report, Temper, Tick, plan_of
from tests.simulation.play import History
from tests.simulation.share import simulate


def test_every_mutant_switches_off_something_that_is_there() -> None:
    """A guard that moves takes its mutant with it."""
    away = [m.name for m in GUARDS if not hasattr(import_module(m.module), m.attribute)]
    assert away == []


def test_a_seed_tells_the_same_story_each_time() -> None:
    assert simulate("--story", "3") == simulate("--story", "3")


PLAIN = Plan(
    seed=-1,
    tempers=tuple(Temper(bank, 0, 0, 0) for bank in ("north", "south", "east", "abroad")),
    openings=(),
    payments=(Payment(1, ("east", "V1"), ("north", "M1"), 800_00, "E1"),),
    reports=(Report(2, "E1", 800_00),),
    faults=(),
    ticks=(Tick(3), Tick(1), Tick(1), Tick(1)),
)


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def playing(at: Place, plan: Plan, stop_after: int, planted: str = "") -> History:
    """A history stopped after some ticks, with an SQL statement planted before the last look."""
    history = History(plan, at)

    async def some() -> None:
        for tick in plan.ticks[:stop_after]:
            await history._one(tick)
        if planted:
            history.oracle.eyes.executescript(planted)
        history.oracle.look()

    history._play = some  # type: ignore[method-assign]
    with asyncio.Runner() as runner:
        runner.run(history.play())
    return history


def violation(history: History) -> ViolationError:
    assert history.told.violation is not None
    return history.told.violation


def test_a_plain_history_ends_with_all_returned(at: Place) -> None:
    with asyncio.Runner() as runner:
        told = runner.run(History(PLAIN, at).play())
    assert told.violation is None
    assert dict(told.ends) == {"closed_returned": 1}


def test_the_history_beyond_the_shares_that_alone_sees_an_outlived_decision_breaks_nothing(
    at: Place,
) -> None:
    """Seed 236: of the mutants that the first 300 seeds kill, all others die by seed 138."""
    with asyncio.Runner() as runner:
        told = runner.run(History(plan_of(236), at).play())
    assert told.violation is None


@pytest.mark.parametrize(
    ("planted", "kind", "says"),
    [
        ("UPDATE hold SET held_minor = held_minor - 1 WHERE state = 'frozen'", "books", "holds"),
        ("UPDATE hold SET state = 'released' WHERE state = 'frozen'", "books", "holds"),
        ("UPDATE recovery SET owner_id = ''", "owner", "nobody"),
        ("UPDATE recovery SET step_action = ''", "dead end", "no next step"),
    ],
)
def test_the_oracle_sees_what_is_planted(at: Place, planted: str, kind: str, says: str) -> None:
    found = violation(playing(at, PLAIN, 2, planted))
    assert (found.kind, says in found.sentence) == (kind, True)


def test_the_oracle_sees_a_bank_that_holds_less_than_it_said(at: Place) -> None:
    history = History(PLAIN, at)

    async def some() -> None:
        for tick in PLAIN.ticks[:2]:
            await history._one(tick)
        for hold in history.banks["north"].holds.values():
            hold.held //= 2
        history.oracle.look()

    history._play = some  # type: ignore[method-assign]
    with asyncio.Runner() as runner:
        runner.run(history.play())
    assert violation(history).kind == "books"


def test_the_oracle_sees_more_paid_than_was_lost(at: Place) -> None:
    history: Any = History(PLAIN, at)

    async def some() -> None:
        for tick in PLAIN.ticks:
            await history._one(tick)
        history.truth["E1"] = 700_00
        history.oracle.look()

    history._play = some
    with asyncio.Runner() as runner:
        runner.run(history.play())
    assert violation(history).kind == "overpaid"

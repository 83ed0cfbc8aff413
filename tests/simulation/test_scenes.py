"""The oracle sees what goes wrong where one guard alone stood in the way, each by its scene."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.simulation.guards import GUARDS
from tests.simulation.place import Place, place
from tests.simulation.play import History
from tests.simulation.scenes import (
    FIRST,
    OF_KEPT_ORDERS,
    OF_RECALLS,
    OF_REFUSALS,
    history_of,
)

REVERSED, REFUSED = OF_RECALLS + 1, OF_RECALLS + 11
BY_NAME = {mutant.name: mutant for mutant in GUARDS}


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


def found(at: Place, seed: int) -> str:
    with asyncio.Runner() as runner:
        told = runner.run(History(history_of(seed), at).play())
    return "" if told.violation is None else told.violation.kind


@pytest.mark.parametrize(
    ("without_it", "scene", "kind"),
    [
        ("a recovery with money on its way is joined", FIRST + 6, "on its way"),
        ("a hold reserves nothing", FIRST + 14, "held"),
        ("a title check is for ever", FIRST + 15, "title"),
        ("a stop goes before its freeze is there", FIRST + 56, "let go first"),
        ("a trace below what was paid is adopted", FIRST + 72, "trace"),
        ("unrelated funds that are kept are nobody's", OF_REFUSALS, "dead end"),
        ("a freeze takes over what is given up", OF_REFUSALS + 4, "given up"),
        ("coins of a conversion are not kept back", OF_REFUSALS + 15, "never at rest"),
    ],
)
def test_a_scene_ends_well_only_with_its_guard(
    at: Place, without_it: str, scene: int, kind: str
) -> None:
    assert found(at, scene) == ""
    with BY_NAME[without_it].at_work():
        assert found(at, scene) == kind


@pytest.mark.parametrize("act", ["recall_reversed", "refuse_report"])
def test_one_history_of_twenty_at_least_plays_what_free_dice_hardly_draw(act: str) -> None:
    plans = [history_of(OF_RECALLS + n) for n in range(200)]
    playing = [p for p in plans if any(name == act for tick in p.ticks for name, _ in tick.odd)]
    assert len(playing) >= 10


def test_what_a_bank_took_back_and_what_was_refused_is_reached(at: Place) -> None:
    reached = set()
    for seed in (REVERSED, REFUSED):
        assert found(at, seed) == ""
        with closing(sqlite3.connect(at.path)) as rows:
            reached |= set(rows.execute("SELECT noun, event FROM event"))
    assert reached >= {("recall_credit", "reversed"), ("recovery", "rejected")}


@pytest.mark.parametrize("turn", [4, 28, 42])
def test_a_victim_paid_twice_by_an_order_that_was_cancelled_ends_well(at: Place, turn: int) -> None:
    assert found(at, OF_KEPT_ORDERS + turn) == ""
    with closing(sqlite3.connect(at.path)) as rows:
        reached = set(rows.execute("SELECT old_state, event FROM event WHERE noun = 'payout'"))
        beyond = rows.execute("SELECT 1 FROM posting WHERE detail = 'paid_beyond_order'").fetchall()
    assert ("cancelled", "settled") in reached
    assert beyond

"""Several engines on one unit: the head tells of the worst, and of one that went silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.queries.installation.clock import EngineView, engine_view
from models.store.clock import beat
from models.store.unit import unit_of_work


def told(unit: Any, *beats: tuple[str, str, int]) -> EngineView:
    """What stands in the head after these (machine, state, seconds ago)."""
    with unit_of_work(unit.database) as work:
        for machine, state, ago in beats:
            at = unit.now - timedelta(seconds=ago)
            beat(work, f"engine {machine}".strip(), 1, state, f"{machine} is {state}", at)
    with unit.database.reading() as session:
        return engine_view(session, unit.now)


@pytest.mark.parametrize(
    ("beats", "expected"),
    [
        ((), (False, "never started", ())),
        ((("east", "idle", 1),), (True, "idle", ())),
        ((("east", "failing", 3), ("west", "idle", 1)), (True, "failing", ())),
        ((("east", "idle", 60), ("west", "working", 1)), (True, "working", ("east",))),
        ((("east", "stopped", 60), ("west", "idle", 1)), (True, "idle", ())),
        ((("east", "idle", 4000), ("west", "idle", 1)), (True, "idle", ())),
        ((("east", "idle", 60), ("west", "stopped", 1)), (False, "stopped", ())),
        ((("east", "idle", 60),), (False, "idle", ())),
        # Of a version that told no machine, and was killed before its successor began.
        ((("", "idle", 60), ("east", "idle", 1)), (True, "idle", ())),
    ],
)
def test_one_engine_that_works_is_enough_and_one_that_is_silent_is_told(
    unit: Any, beats: tuple[Any, ...], expected: tuple[object, ...]
) -> None:
    found = told(unit, *beats)
    assert (found.alive, found.state, found.silent) == expected

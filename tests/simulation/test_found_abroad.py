"""What histories of the foreign side found; each is told by its seed, and its rule has a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.place import Place, place
from tests.simulation.plan import plan_of
from tests.simulation.test_found import assert_well, played


@pytest.fixture(scope="module")
def at() -> Iterator[Place]:
    with place() as made:
        yield made


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        # A decided claim that was taken back ended the act with a traceback.
        (90000009, "nothing is taken back"),
        # The whole loss lay on the unit's own account, and was asked for abroad once more.
        (90000027, "came in and"),
    ],
)
def test_a_history_of_the_foreign_side_that_failed_is_well(at: Place, seed: int, says: str) -> None:
    told, story = played(at, plan_of(seed))
    assert_well(told, story)
    assert says in story

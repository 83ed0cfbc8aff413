"""What histories of the foreign side found; each is told by its seed, and its rule has a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.foreign.plan import DYING, FIRST, OF_NEWS, OF_ORDERS, OTHERS, SCENES
from tests.simulation.place import Place, place
from tests.simulation.scenes import history_of
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
        # Cash left before the bank acted: what it holds since then is not the victim's by the rule.
        (95500050, "south:M2 pays cash 400.00"),
        # A body put an answer before one that we had: the one behind it was no news.
        (90004087, "notice that execution was noted dispatched"),
        # The letter that waited for another one was the step, and nobody came to the other.
        (90005130, "third party's complaint approved"),
        # An unrelated stop ended by itself before its release: the freeze behind it was approved.
        (96001347, "found unrelated"),
        # All money was back, a freeze abroad stood, and the step was a closing that it refused.
        (91000091, "takes request-1c69382e951eab5728fa back"),
        # A claim was upheld at nothing, and the request for it that a bank abroad gets was drafted.
        (91000183, "takes request-1da1aeed0ace35b0805b back"),
        # A body had frozen twice what was asked and keeps the half: nothing that contradicts.
        (91000253, "is executed"),
        (91000442, "notice that execution was noted"),
        # A bank abroad stated in yen what it held: others were asked for the same money besides.
        (91003223, "eu_confiscate"),
        # What a wrong payee had got came in again, and counted twice as what had come back.
        (91001945, "is executed"),
        # A bank abroad paid twice, and its news was not there when all were asked.
        (91000045, "from now on banks are polite"),
        # What a third party keeps was stopped anew by a recovery that was merged with that one.
        (90004349, "third party's claim approved"),
        # A part that was let go of what a bank holds for a request is no more asked for by it.
        (96001106, "lets GBP 66.66 of hold"),
    ],
)
def test_a_history_of_the_foreign_side_that_failed_is_well(at: Place, seed: int, says: str) -> None:
    told, story = played(at, history_of(seed))
    assert_well(told, story)
    assert says in story


@pytest.mark.parametrize("first", [FIRST, SCENES, OTHERS, DYING])
def test_every_history_with_a_seed_of_the_foreign_side_has_one(first: int) -> None:
    assert all(history_of(seed).foreign for seed in range(first, first + 50))


_DEATHS = (96000214, 96000250, 96000255)


def test_an_engine_dies_at_each_place_before_a_body(at: Place) -> None:
    """Each body has each request and message once all the same, and the files know of them."""
    died: set[str] = set()
    for seed in _DEATHS:
        plan = history_of(seed)
        told, story = played(at, plan)
        assert_well(told, story)
        died |= {kind for kind in told.faults if kind.startswith("dies:")}
    assert died == {f"dies:{when}" for when in (*OF_ORDERS, *OF_NEWS)}

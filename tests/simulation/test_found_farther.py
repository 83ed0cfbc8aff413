"""What histories of the foreign side found later; each is told by its seed, its rule has a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
        pytest.param(
            90001295, "enters 800.00 of 800.00 received",
            id="what came in is not given back while the loss is merely held elsewhere",
        ),
        pytest.param(
            90001806, "'amount': '250.00'",
            id="what a third party keeps of the loss is made good by what came in",
        ),
        pytest.param(
            90002032, "third party's claim approved",
            id="what was released to a third party is not stopped anew as found and not held",
        ),
        pytest.param(
            90001415, "see_expiry",
            id="what an office preserved and then refuses has ended",
        ),
        pytest.param(
            90001540, "submit_renewal",
            id="orders to a bank do not put off the reading of its feed",
        ),
        pytest.param(
            90001746, "fills beneficiary_bank",
            id="the step that the queue shows is the one that is done",
        ),
        pytest.param(
            90001785, "proposes 400.00 for third_party-7556bb1dfe436cc74372",
            id="a decision about a third party ends with the hold that it rests on",
        ),
        pytest.param(
            97000812, "request complete",
            id="money that left while its bank took hours is followed abroad",
        ),
        pytest.param(
            97005989, "objection upheld",
            id="a recovery that is traced back to what it was within an instant is traced",
        ),
        pytest.param(
            97000852, "return decision submitted for approval",
            id="a converted round that leaves a coin may order a share as before",
        ),
        pytest.param(
            97001366, "types in executed",
            id="an answer whose end lies before the request is asked for and typed in",
        ),
        pytest.param(
            97006849, "release approved",
            id="what is given to a third party in good faith is kept for no victim",
        ),
        pytest.param(
            98002341, "abroad:F1 pays south:M2 1500.00",
            id="money that came back after its bank found nothing is stopped before a closing",
        ),
    ],
)  # fmt: skip
def test_a_history_of_the_foreign_side_that_failed_later_is_well(
    at: Place, seed: int, says: str
) -> None:
    told, story = played(at, history_of(seed))
    assert_well(told, story)
    assert says in story

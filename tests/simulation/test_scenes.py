"""The oracle sees what goes wrong where one guard alone stood in the way, each by its scene."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.simulation.guards import GUARDS
from tests.simulation.place import Place, place
from tests.simulation.play import History
from tests.simulation.scenes import FIRST, history_of

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
        ("a recovery with money on its way is joined", 6, "on its way"),
        ("a hold reserves nothing", 14, "held"),
        ("a title check is for ever", 15, "title"),
        ("a stop goes before its freeze is there", 56, "let go first"),
        ("a trace below what was paid is adopted", 72, "trace"),
    ],
)
def test_a_scene_ends_well_only_with_its_guard(
    at: Place, without_it: str, scene: int, kind: str
) -> None:
    assert found(at, FIRST + scene) == ""
    with BY_NAME[without_it].at_work():
        assert found(at, FIRST + scene) == kind

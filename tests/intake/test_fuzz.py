"""A slice of `bench.fuzz`, always the same: nothing but a refusal is raised, readers agree."""

from __future__ import annotations

import math

import pytest

from bench.fuzz.readers import READERS
from bench.fuzz.run import GROWTH_SIZES, Found, case_bytes, cases, run_case, schedule, slope

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")  # of a zip that we make
CASES = 4_000
FIRST = 20_000_000
NEVER_READ = {"wire: problem"}  # a problem is an answer that says no


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    """What the cases of the slice did, by reader."""
    folder = tmp_path_factory.mktemp("fuzz")
    results = {name: Found() for name in READERS}
    for name, reader in READERS.items():
        reader.read(case_bytes(name, 0), folder)  # what loads once is no case's time
    for name, number in cases(FIRST, CASES):
        run_case(name, number, folder, results[name])
    return results


@pytest.mark.parametrize("name", READERS)
def test_a_reader_reads_or_refuses_whatever_it_is_given(name: str, found: dict[str, Found]) -> None:
    one = found[name]
    assert one.faults == []
    assert one.read + one.refused == one.cases > CASES // 200
    assert one.refused or name == "one booking in four formats"
    assert one.read or name in NEVER_READ


def test_a_case_is_the_same_bytes_in_every_run() -> None:
    names = [name for name, _ in cases(FIRST, len(schedule()))]
    assert set(names) == set(READERS)
    for name in READERS:
        assert case_bytes(name, FIRST) == case_bytes(name, FIRST)
        assert len({case_bytes(name, FIRST + number) for number in range(5)}) > 1


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_that_is_fitted_is_that_of_the_curve(power: float) -> None:
    points = [(math.log(size), math.log(3 * size**power)) for size in GROWTH_SIZES]
    assert slope(points) == pytest.approx(power)

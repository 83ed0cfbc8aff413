"""A unit of 5,000 recoveries: what the database does for an act about one does not grow with them.

SQLite has counted no rows, and takes an index on a state for a narrow one: a question about the
traces of one recovery has walked the adopted traces of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from models.queries.cases.case_files import load_files
from models.queries.cases.open_steps import clock_pages
from recovery_flows.reports.ledger_check import ledger_check
from tests.screens.conftest import Unity
from tests.screens.test_many import FEW, MANY, crowd, work_of

Act = Callable[[Unity, str], object]
ACTS: dict[str, Act] = {
    "accepted": lambda unity, one: unity.case_officer("li").advance(one, case_number="2026-N"),
    "ordered": lambda unity, one: unity.case_officer("li").advance(one, knowing=True),
    "answered": lambda unity, one: unity.hold(one, 0.5),
    "decided": lambda unity, one: unity.change(one),
}
"""What happens to a report, in this order."""


@pytest.fixture(scope="module")
def units(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Unity, Unity]]:
    folder = tmp_path_factory.mktemp("written")
    made = [crowd(copytree(founded, folder / str(n)), n) for n in (FEW, MANY)]
    yield made[0], made[1]
    for one in made:
        one.database.dispose()


def test_accepting_ordering_and_answering_walk_as_few_rows_of_5000_as_of_50(
    units: tuple[Unity, Unity],
) -> None:
    done: list[dict[str, dict[str, int]]] = []
    for unity in units:
        recovery_id = unity.report(880_000, ref="one more")
        one: dict[str, dict[str, int]] = {}
        for name, act in ACTS.items():
            with work_of(unity.database) as work:
                act(unity, recovery_id)
            one[name] = work
        done.append(one)
    few, many = done
    assert {n: w["statements"] for n, w in many.items()} == {
        n: w["statements"] for n, w in few.items()
    }
    for name in ACTS:
        assert many[name]["steps"] <= few[name]["steps"] * 3 // 2 + 1_000, name


def test_the_file_of_a_traced_recovery_is_read_in_as_many_steps_of_5000_as_of_50(
    units: tuple[Unity, Unity],
) -> None:
    steps = []
    for unity in units:
        with unity.database.reading() as session:
            recovery_id = session.execute(sa.text("SELECT recovery_id FROM trace")).scalar()
        with work_of(unity.database) as work, unity.database.reading() as session:
            (file,) = load_files(session, [str(recovery_id)])
        assert file.trace is not None
        steps.append(work["steps"])
    assert steps[1] <= steps[0] * 3 // 2 + 1_000


def test_deadlines_are_read_page_by_page_along_an_index(units: tuple[Unity, Unity]) -> None:
    _, many = units
    with work_of(many.database) as work, many.database.reading() as session:
        pages = list(clock_pages(session, None, 100))
    assert sum(map(len, pages)) >= MANY // 10
    assert [end for page in pages for end in page] == sorted(end for page in pages for end in page)
    assert work["steps"] < 40 * MANY


def test_the_books_are_checked_in_time_that_grows_with_them_alone(
    units: tuple[Unity, Unity],
) -> None:
    steps = []
    for unity in units:
        with work_of(unity.database) as work, unity.database.reading() as session:
            ledger_check(session)
        steps.append(work["steps"])
    assert steps[1] <= steps[0] * (MANY // FEW) * 3 // 2

"""Of 5,000 recoveries one is hidden from an officer: what he reads does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from models.entities.officer import Role
from models.entities.register_change import RegisterAct
from models.rights.sessions import is_picture
from models.store.registers import ask_change, confirm_change
from models.store.unit import Actor, unit_of_work
from tests.screens.conftest import LAWS, Unity
from tests.screens.test_many import FEW, MANY, READS, crowd, work_of
from tui.screen_queries import Source

WALKED = (
    "header", "queue", "end of the queue", "approvals", "summary", "audit", "audit by officer",
    "audit by kind",
)  # fmt: skip


def hidden(unity: Unity) -> Unity:
    """The unit, one recovery of which only `zhao` and `wang` see."""
    with unity.database.reading() as session:
        recovery_id = session.execute(sa.text("SELECT id FROM recovery LIMIT 1")).scalar_one()
    named = {"members": "zhao", "reason": "an insider"}
    with unit_of_work(unity.database) as unit:
        wang, zhao = Actor("wang", Role.SUPERVISOR), Actor("zhao", Role.SUPERVISOR)
        change = ask_change(unit, wang, unity.now, RegisterAct.RESTRICT, recovery_id, named)
        confirm_change(unit, zhao, unity.now, change)
    return unity


@pytest.fixture(scope="module")
def units(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Unity, Unity]]:
    folder = tmp_path_factory.mktemp("hidden")
    made = [hidden(crowd(copytree(founded, folder / str(n)), n)) for n in (FEW, MANY)]
    yield made[0], made[1]
    for one in made:
        one.database.dispose()


@pytest.mark.parametrize("name", list(READS))
def test_a_screen_of_who_does_not_see_one_recovery_reads_no_more_of_many_than_of_few(
    units: tuple[Unity, Unity], name: str
) -> None:
    seen = []
    for unity in units:
        source = Source(unity.database.seen_by("li"), LAWS)
        with source.database.reading() as session:
            assert is_picture(session)
        picture = replace(source.database, engine=source.database.pictures["li"], viewer=None)
        with work_of(picture) as done:
            READS[name](source)
        seen.append(done)
    assert seen[0]["statements"] == seen[1]["statements"] <= 50
    if name in WALKED:
        assert seen[1]["steps"] < 40 * MANY

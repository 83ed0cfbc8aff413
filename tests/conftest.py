"""What holds for every test of the suite."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from textual.pilot import Pilot

import models.engine
import models.store.people
from models.engine import Database
from models.entities.officer import Role
from models.entities.register_change import RegisterAct
from models.store.partners import partner_values
from models.store.registers import ask_change, confirm_change
from models.store.unit import Actor, unit_of_work
from recovery_flows.collecting import collect_seldom
from tests.one_dialect import compile_once
from tests.one_migration import migrate_once
from tests.one_stylesheet import parse_once
from tests.patience import PATIENCE_SECONDS

# The same examples on each machine and each day: a failure is the change's, never the dice's. No
# limit of time either, since a busy machine is no defect. `bench.search_rules` throws new dice.
settings.register_profile(
    "fixed",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fixed")
compile_once()
migrate_once()
parse_once()

# Files that take longest, most of them of few tests: they begin first, so that the last of them
# does not keep one worker at work while the other has nothing to do.
_LONGEST = (
    "test_demo_world", "test_share_1", "test_share_2", "test_demo_command",
    "test_restitution_screen", "test_other_ways_screen", "test_unit_at_work", "test_hostile",
    "test_stalled", "test_column_walk", "test_later_calls", "test_acting", "test_report",
    "test_many", "test_now", "test_sandbox_new", "test_upheld", "test_sizes", "test_letters",
    "test_keys", "test_hold_kinds", "test_sent_once", "test_queue", "test_basis",
    "test_first_calls", "test_server", "test_simulation", "test_door", "test_restricted",
    "test_languages",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Workers take the files in the order of collection, not the one with most tests first."""
    collect_seldom()
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, all others stay where they are."""
    places = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def pytest_collection_finish() -> None:
    """Tests collect as seldom as the program does."""
    collect_seldom()


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """No test cuts the power, so none waits until the disk has each of its writes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.engine, "_PRAGMAS", (*models.engine._PRAGMAS, "synchronous=OFF"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_secrets() -> Iterator[None]:
    """A hundred commands ask for an officer's secret: what is kept of it names so few rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models.store.people, "ROUNDS", 1_000)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_pilot() -> Iterator[None]:
    """What presses keys waits for a busy machine as long as any test, and not half a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pilot._wait_for_screen, "__defaults__", (float(PATIENCE_SECONDS),))
        yield


@pytest.fixture(scope="session")
def change_partner() -> Callable[..., None]:
    """Give a partner of a unit at work another address, as a supervisor and an officer agree."""

    def _change(
        database: Database, two: tuple[str, str], now: datetime, partner_id: str, **fields: Any
    ) -> None:
        officer, supervisor = Actor(two[0], Role.OFFICER), Actor(two[1], Role.SUPERVISOR)
        with unit_of_work(database) as unit:
            values = partner_values(unit.vault, partner_id, **fields)
            act = RegisterAct.CHANGE_PARTNER
            change = ask_change(unit, supervisor, now, act, partner_id, values)
            confirm_change(unit, officer, now, change)

    return _change


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir(mode=0o700)
    words = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "none", str(place)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("NOT SHOWN: no disk can be mounted here; run this test as root once")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)

"""The engine ends only when it is told to: what fails is said in its beat and tried again."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Self

import pytest
import sqlalchemy as sa

from models import engine as database_engine
from models.entities.hold import HoldState
from models.queries.installation.clock import engine_view
from recovery_flows.engine import joined_traces, loop
from recovery_flows.engine.loop import run_forever
from tests.patience import come


def beat_of(unit: Any) -> Any:
    with unit.database.reading() as session:
        return engine_view(session, unit.wall_now)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses as short as can be, and a lock that is waited for a fifth of a second."""
    monkeypatch.setattr(loop, "_LONGEST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(database_engine, "_BUSY_SECONDS", 0.2)


@contextmanager
def locked(unit: Any) -> Iterator[None]:
    """Another process keeps the case database for itself."""
    with closing(sqlite3.connect(unit.database.engine.url.database)) as raw:
        raw.isolation_level = None
        raw.execute("BEGIN IMMEDIATE")
        yield
        raw.execute("ROLLBACK")


def disk_full() -> sa.exc.OperationalError:
    """What a write says where the disk has no room."""
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute("PRAGMA max_page_count = 2")
        try:
            raw.execute("CREATE TABLE t (x)").execute("INSERT INTO t VALUES (zeroblob(99999))")
        except sqlite3.OperationalError as error:
            return sa.exc.OperationalError("", {}, error)
    raise AssertionError("there was room")


def into(pipe: int) -> Callable[[str], None]:
    """Words go into a pipe."""

    def say(sentence: str) -> None:
        os.write(pipe, sentence.encode())

    return say


class Running:
    """An engine at work with sweeps of the test's own; Prefect is not asked."""

    def __init__(self, unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.unit, self.failures, self.sweeps = unit, list[Exception](), 0
        monkeypatch.setattr(loop, "guarded_sweep", self._sweep)
        monkeypatch.setattr(loop.PriorityLane, "run", asyncio.Event().wait)
        self.said: list[str] = []
        self.say: Callable[[str], None] = self.said.append

    async def _sweep(self, *_: object) -> int:
        self.sweeps += 1
        if self.failures:
            raise self.failures.pop(0)
        await self.unit.sweep()
        return 0

    async def until(self, holds: Callable[[], bool]) -> None:
        await come(lambda: self.task.done() or holds())
        assert not self.task.done(), "the engine has ended"

    async def __aenter__(self) -> Self:
        link: Any = None
        work = run_forever(self.unit.engine, link, self.say, idle_seconds=0.01, sweep_seconds=0)
        self.task = asyncio.create_task(work)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        assert self.task.cancelled(), "it ends only because it was told to"


async def test_what_fails_is_tried_again_after_growing_pauses_and_the_beat_says_so(
    unit: Any,
) -> None:
    link: Any = None
    said: list[str] = []
    rhythm = loop._Rhythm(unit.engine, link, said.append, 60)
    for seconds in (1, 2, 4, 8, 16, 32, 60, 60):
        await rhythm.pause(KeyError("Synthetic Victim"))
        beat = beat_of(unit)
        assert f"tried again in {seconds} s" in beat.message
        assert "Synthetic" not in beat.message
    assert len(said) == 8
    rhythm.close()


@pytest.mark.usefixtures("at_once")
async def test_no_failure_ends_the_engine(unit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    unit.stop()
    running = Running(unit, monkeypatch)
    running.failures = [KeyError("x"), disk_full(), database_engine.StoreBusyError(), OSError(28)]
    async with running:
        await running.until(lambda: running.sweeps > 4)
        await running.until(lambda: unit.hold().state is HoldState.STOPPED)
    assert any("disk" in sentence for sentence in running.said)


@pytest.mark.usefixtures("at_once")
async def test_an_engine_looks_back_once_before_its_first_sweep_and_again_where_that_fails(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Running(unit, monkeypatch)
    failures, looks = [disk_full()], list[int]()

    def look_back(_: object) -> None:
        looks.append(running.sweeps)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(joined_traces, "trace_anew", look_back)
    async with running:
        await running.until(lambda: running.sweeps > 2)
    assert looks == [0, 0]


@pytest.mark.usefixtures("at_once")
async def test_an_engine_whose_beat_cannot_be_written_goes_on(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = disk_full()

    def no_room(*_: object) -> Any:
        raise full

    monkeypatch.setattr(loop, "unit_of_work", no_room)
    running = Running(unit, monkeypatch)
    running.failures = [full, full]
    async with running:
        await running.until(lambda: running.sweeps > 5)


@pytest.mark.usefixtures("at_once")
async def test_an_engine_whose_words_nobody_reads_any_more_goes_on(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.stop()
    reader, writer = os.pipe()
    os.close(reader)
    running = Running(unit, monkeypatch)
    running.failures = [KeyError("x"), KeyError("y")]
    running.say = into(writer)
    async with running:
        await running.until(lambda: unit.hold().state is HoldState.STOPPED)
    with pytest.raises(BrokenPipeError):
        running.say("nobody reads this")
    os.close(writer)
    unit.assert_books_hold()


@pytest.mark.usefixtures("at_once")
async def test_a_writer_that_hangs_ends_no_engine_and_the_stop_leaves_afterwards(
    unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.stop()
    running = Running(unit, monkeypatch)
    with locked(unit):
        async with running:
            await running.until(lambda: sum("locked" in said for said in running.said) > 2)
            assert unit.hold().state is HoldState.ORDERED
    async with running:
        await running.until(lambda: unit.hold().state is HoldState.STOPPED)
    unit.assert_books_hold()

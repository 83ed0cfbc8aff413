"""`recovery demo` as a process of its own: killed, gone on with, its Prefect server killed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from config.settings import load_settings
from models.entities.catalogue import table_of
from models.entities.recovery import Recovery
from models.queries.audit.verify import verify
from recovery_flows.cli.composition import open_installation
from recovery_flows.cli.sandbox_process import BOOK, READY, case_clock
from recovery_flows.engine.runtime import server_child
from recovery_flows.engine.runtime.environment import without_prefect
from recovery_flows.reports.ledger_check import ledger_check
from recovery_flows.sandbox.server import running
from tests.patience import PATIENCE_SECONDS, comes

pytestmark = pytest.mark.engine
NODES = 15
MULES = {10: 2, 11: 20, 13: 44}
"""Fraud accounts of an invented world in AMLSim's form, with the hour in which each is paid."""


def write_world(folder: Path) -> Path:
    """A few invented accounts, three of them fraudulent, one payment to each."""
    folder.mkdir()
    nodes = [
        {"nodeid": n, "isFraud": int(n in MULES), "init_balance": 5000, "fraudStep": 1}
        for n in range(NODES)
    ]
    pays = [
        {"sourceNodeId": place, "targetNodeId": mule, "value": 300 + mule, "time": hour}
        for place, (mule, hour) in enumerate(MULES.items())
    ]
    for name, rows in (("nodes.csv", nodes), ("transactions.csv", pays)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def descendants(pid: int) -> set[int]:
    """Processes that this one started, and those that they started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(after_name[1]), []).append(int(entry.parent.name))
    found: set[int] = set()
    queue = [pid]
    while queue:
        children = parents.get(queue.pop(), [])
        found.update(children)
        queue += children
    return found


@dataclass
class Demo:
    """One run of the command; its lines are read as they come."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def said(self, text: str) -> bool:
        return any(text in line for line in list(self.lines))

    def wait_for(self, text: str) -> None:
        def said_or_over() -> bool:
            return self.said(text) or self.process.poll() is not None

        assert comes(said_or_over), f"never said {text!r}: {self.text()}"
        assert self.said(text), f"ended without saying {text!r}: {self.text()}"

    def text(self) -> str:
        return "".join(self.lines)

    def end(self) -> int:
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code


@dataclass
class Story:
    """What happened to the demo in this file, for the tests to look at."""

    folder: Path
    orphans_gone: bool
    states_when_killed: dict[str, str]
    first: Demo
    second: Demo
    exit_code: int
    left_over: set[int]


def start(folder: Path, world: Path) -> Demo:
    words = ["demo", "--no-tui", "--dir", str(folder), "--data", str(world), "--pace", "0.2"]
    environment = without_prefect(os.environ)
    return Demo(
        subprocess.Popen(
            [sys.executable, "-m", "recovery_flows.cli.main", *words],
            cwd=Path(__file__).parents[2],
            env={k: v for k, v in environment.items() if not k.startswith("RECOVERY_")}
            | {"RECOVERY_PREFECT__START_TIMEOUT_SECONDS": str(PATIENCE_SECONDS)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    )


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if server_child.command_line(pid)}


def recoveries(folder: Path) -> dict[str, str]:
    """State of every recovery by its reference, read beside whoever else has the database open."""
    opened = open_installation(folder)
    with opened.database.reading() as session:
        table = table_of(Recovery)
        found = {r.ref: str(r.state) for r in session.execute(sa.select(table))}
    opened.database.dispose()
    return found


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    base = tmp_path_factory.mktemp("demo")
    folder, world = base / "demo", write_world(base / "world")
    first = start(folder, world)
    started = [first]
    try:
        first.wait_for("stop-payment sent first")
        family = descendants(first.process.pid)
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        orphans_gone = len(family) >= 3 and comes(lambda: not alive(family))
        states = recoveries(folder)

        second = start(folder, world)
        started.append(second)
        second.wait_for("Prefect API")
        second.wait_for("money frozen")
        record = server_child.read_record(load_settings(folder).prefect_home)
        assert record is not None
        os.kill(record.pid, signal.SIGKILL)
        family = descendants(second.process.pid)
        code = second.end()
        comes(lambda: not alive(family))
        yield Story(folder, orphans_gone, states, first, second, code, alive(family))
    finally:
        for demo in started:
            demo.process.kill()
            demo.process.wait()


@pytest.fixture(scope="module")
def books(story: Story) -> Iterator[list[Any]]:
    """The banks' own books after the story."""
    opened = open_installation(story.folder)
    clock = case_clock(opened.database)
    with running(story.folder / BOOK, clock, story.folder / READY) as banks:
        yield [httpx.get(f"{bank['url']}/sandbox/book", timeout=60).json() for bank in banks]
    opened.database.dispose()


def test_a_killed_demo_leaves_no_bank_and_no_server_behind(story: Story) -> None:
    assert story.first.process.returncode == -signal.SIGKILL
    assert not story.first.said("completed Prefect runs")
    assert story.orphans_gone


def test_the_same_command_goes_on_where_it_was_killed(story: Story) -> None:
    assert "open" in story.states_when_killed.values()
    assert story.exit_code == 0, story.second.text()
    ended = recoveries(story.folder)
    assert story.states_when_killed.keys() <= ended.keys()
    assert len(ended) == len(MULES)
    assert set(ended.values()) == {"closed_returned"}
    assert not story.second.said("Traceback"), story.second.text()


def test_nothing_was_ordered_twice_over_both_runs(story: Story, books: list[Any]) -> None:
    del story
    for noun, count in (("holds", 2), ("payouts", 1)):
        refs = Counter(row["orderRef"] for book in books for row in book[noun])
        assert set(refs.values()) == {1}
        assert len(refs) == count * len(MULES)


def test_a_killed_prefect_server_is_named_and_brought_back(story: Story) -> None:
    lines = story.second.text()
    away, back = lines.find("Prefect's server is away"), lines.find("Prefect's server is back")
    assert 0 < lines.find("money frozen") < away < back < lines.find("completed Prefect runs")


def test_the_demo_ends_with_its_figures_and_no_process_of_its_own(story: Story) -> None:
    last = [line for line in story.second.lines if "completed Prefect runs" in line]
    assert len(last) == 1
    assert "freezing" in last[0]
    assert "restitution 0" not in last[0]
    assert story.left_over == set()


def test_the_books_of_a_twice_broken_demo_hold(story: Story) -> None:
    opened = open_installation(story.folder)
    with opened.database.reading() as session:
        assert ledger_check(session).differences == ()
    assert verify(opened.database) == ()
    opened.database.dispose()

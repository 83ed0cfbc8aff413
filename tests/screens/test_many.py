"""A unit of 5,000 recoveries: what a screen reads does not grow with them, and all is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import sqlalchemy as sa

from bench.stored_world import multiply
from models.engine import Database
from recovery_flows.cases.trail.reading import TrailPage, TrailQuery, trail_page
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.reports.ledger_check import ledger_check
from tests.screens.conftest import LAWS, START, Unity, traced_case
from tui.screen_queries import Source
from tui.screens import now
from tui.widgets.paged_table import PagedTable
from tui.widgets.queue import QueueTable

FEW, MANY = 50, 5_000
LAST = QueueQuery(offset=10**9)
READS: dict[str, Callable[[Source], Any]] = {
    "header": lambda source: source.status(),
    "queue": lambda source: source.queue(QueueQuery(), 20),
    "end of the queue": lambda source: source.queue(LAST, 20),
    "filtered": lambda source: source.queue(QueueQuery(text="0007 officer"), 20),
    "found nowhere": lambda source: source.queue(QueueQuery(text="nowhere 0"), 20),
    "bank": lambda source: source.queue(QueueQuery(text="bank:east held<1 stage:draft"), 20),
    "by loss": lambda source: source.queue(QueueQuery(order_by="loss", is_down=True), 20),
    "by loss, last": lambda source: source.queue(QueueQuery(order_by="loss", offset=10**9), 20),
    "around a line": lambda source: source.queue(around(source), 20),
    "by next step": lambda source: source.queue(QueueQuery(order_by="next"), 20),
    "approvals": lambda source: source.approvals(QueueQuery(), 5),
    "approvals by act": lambda source: source.approvals(QueueQuery(order_by="act"), 5),
    "summary": lambda source: source.summary(),
    "partners": lambda source: source.partners(),
    "audit": lambda source: trail_of(source, TrailQuery()),
    "audit from the oldest": lambda source: trail_of(source, TrailQuery(oldest_first=True)),
    "audit by officer": lambda source: trail_of(source, TrailQuery("officer:wang")),
    "audit by kind": lambda source: trail_of(source, TrailQuery("kind:approval")),
}
HALVED: dict[str, Callable[[Source], Any]] = {
    "audit since": lambda source: trail_of(source, TrailQuery("since:1h officer:-engine")),
}
"""What looks for an instant in the history: some more questions where it is twice as long."""
ENDS: dict[str, Callable[[Source], Any]] = {
    "end of the approvals": lambda source: source.approvals(LAST, 5),
}
"""What is other recoveries in a small unit than in a large one."""
_LAST_OF_ALL = sa.text("SELECT id FROM queue_entry ORDER BY lane DESC, at DESC, id DESC LIMIT 1")
KEPT = (
    "header", "queue", "end of the queue", "approvals", "approvals by act",
    "end of the approvals", "partners",
)  # fmt: skip
"""What is read from what the writes keep. Around a line, those of its own instant are counted."""
AUDITED = (*(name for name in READS if name.startswith("audit")), *HALVED)


def around(source: Source) -> QueueQuery:
    """A look at the last line of the queue, wherever it stands."""
    with source.database.reading() as session:
        last = session.execute(_LAST_OF_ALL).scalar_one()
    return QueueQuery(at_id=last)


def trail_of(source: Source, query: TrailQuery) -> TrailPage:
    with source.database.reading() as session:
        return trail_page(session, START, query, 20, None, "UTC")


def crowd(folder: Path, count: int) -> Unity:
    """A unit of so many recoveries: ten that were worked on, and copies of them."""
    made = Unity(folder)
    traced_case(made)
    for number in range(9):
        recovery_id = made.report(100_000 + 7_700 * number, ref=f"many-{number}")
        if number % 3 == 0:
            made.case_officer("li").advance(recovery_id, case_number=f"2026-{number}")
            made.case_officer("li").advance(recovery_id, knowing=True)
    made.database.dispose()
    multiply(folder / "cases.db", made.database.vault, count)
    return made


@pytest.fixture(scope="module")
def few(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unity]:
    made = crowd(copytree(founded, tmp_path_factory.mktemp("few") / "unit"), FEW)
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def many(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unity]:
    made = crowd(copytree(founded, tmp_path_factory.mktemp("many") / "unit"), MANY)
    yield made
    made.database.dispose()


@contextmanager
def work_of(database: Database) -> Iterator[dict[str, int]]:
    """Count statements, and the steps of SQLite's machine by the hundred."""
    done = {"statements": 0, "steps": 0}

    def stated(*_: object) -> None:
        done["statements"] += 1

    def stepped() -> int:
        done["steps"] += 100
        return 0

    def watched(connection: Any, *_: object) -> None:
        connection.set_progress_handler(stepped, 100)

    database.engine.dispose()
    sa.event.listen(database.engine, "before_cursor_execute", stated)
    sa.event.listen(database.engine, "connect", watched)
    yield done
    sa.event.remove(database.engine, "before_cursor_execute", stated)
    sa.event.remove(database.engine, "connect", watched)
    database.engine.dispose()


def cost(unity: Unity, name: str) -> dict[str, int]:
    source = Source(unity.database, LAWS)
    with work_of(unity.database) as done:
        (READS | HALVED | ENDS)[name](source)
    return done


@pytest.mark.parametrize("name", list(READS))
def test_a_screen_asks_as_many_statements_of_5000_recoveries_as_of_50(
    few: Unity, many: Unity, name: str
) -> None:
    assert (
        cost(many, name)["statements"] == cost(few, name)["statements"] <= 45
    )  # one for each kind of rows that a file has, and some


@pytest.mark.parametrize(
    "name",
    ["header", "queue", "end of the queue", "approvals", "summary", "partners", *AUDITED],
)
def test_the_database_walks_indexes_and_never_all_recoveries_for_a_page(
    many: Unity, name: str
) -> None:
    assert cost(many, name)["steps"] < 40 * MANY


@pytest.mark.parametrize(
    ("name", "steps"),
    [("filtered", 45), ("found nowhere", 35), ("bank", 38), ("by loss", 15), ("by loss, last", 15)],
)
def test_a_filter_asks_each_recovery_once_and_an_order_by_loss_not_at_all(
    many: Unity, name: str, steps: int
) -> None:
    """By loss, those of one loss are sorted: a tenth of this world."""
    assert cost(many, name)["steps"] < steps * MANY


@pytest.mark.parametrize("name", AUDITED)
def test_a_page_of_the_audit_trail_costs_the_same_however_long_the_history(
    few: Unity, many: Unity, name: str
) -> None:
    spent, least = cost(many, name)["steps"], cost(few, name)["steps"]
    assert spent < 1.5 * least + 2_000, (spent, least)


@pytest.mark.parametrize("name", KEPT)
def test_a_page_of_what_is_kept_costs_the_same_however_many_there_are(
    few: Unity, many: Unity, name: str
) -> None:
    spent, least = cost(many, name)["steps"], cost(few, name)["steps"]
    assert spent < 1.5 * least + 2_000, (spent, least)


def test_the_last_line_of_the_queue_and_of_the_approvals_is_reached(many: Unity) -> None:
    source = Source(many.database, LAWS)
    queue, approvals = source.queue(LAST, 20), source.approvals(LAST, 20)
    assert (queue.offset + len(queue.lines), queue.total) == (MANY, MANY)
    assert (approvals.offset + len(approvals.lines), approvals.total) == (MANY * 4 // 10,) * 2


def test_pages_of_approvals_follow_each_other_without_a_gap(many: Unity) -> None:
    source = Source(many.database, LAWS)
    whole = source.approvals(QueueQuery(), 60).lines
    pages = [source.approvals(QueueQuery(offset=start), 20).lines for start in (0, 20, 40)]
    assert tuple(line for page in pages for line in page) == whole
    at = source.approvals(QueueQuery(at_id=whole[37].approval_id), 20)
    assert at.lines[37 - at.offset] == whole[37]


def test_what_is_kept_of_5000_recoveries_is_what_their_rows_come_to(many: Unity) -> None:
    with many.database.reading() as session:
        found = ledger_check(session)
    assert (found.differences, found.miscounted) == ((), ())


async def test_end_home_and_filter_show_lines_of_5000_recoveries(many: Unity, wait: Any) -> None:
    app = many.app("li", time_zone="UTC")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, f"{MANY:,} open recoveries")
        table = app.screen.query_one(QueueTable)
        first = table.cursor_id
        await pilot.press("end")
        assert table.cursor_row == MANY - 1
        await until_read(pilot, table)
        assert table.cursor_id not in ("", first)
        await pilot.press("pageup", "home")
        await until_read(pilot, table)
        assert (table.cursor_row, table.cursor_id) == (0, first)
        await pilot.press("slash", *"120,000.00")
        await wait(pilot, app, f"filter: {MANY // 10:,} of {MANY:,}")
        await pilot.press("enter", "end")
        await until_read(pilot, table)
        assert table.row_count == MANY // 10


@pytest.mark.parametrize("key", ["3", "4", "5", "6"])
async def test_every_other_screen_opens_over_5000_recoveries(
    many: Unity, wait: Any, key: str
) -> None:
    told = {
        "3": (f"{MANY * 4 // 10:,} approvals pending", "confirm stop-payment"),
        "4": ("interception", "reported"), "5": ("test-east",), "6": ("running deadlines",),
    }  # fmt: skip
    app = many.app("wang")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(key)
        await wait(pilot, app, *told[key])
        await pilot.press("end", "home")
        await wait(pilot, app, *told[key])


async def test_a_cursor_that_runs_reads_the_page_of_the_line_where_it_rests(
    few: Unity, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now, "REST_SECONDS", 2.0)
    app = few.app("li")
    asked: list[str] = []
    read = app.source.page

    def noted(_: Source, name: str, viewer: Any = None) -> Any:
        asked.append(name)
        return read(name, viewer)

    monkeypatch.setattr(Source, "page", noted)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, f"{FEW} open recoveries", "no account is on the file yet")
        del asked[:]
        await pilot.press(*"jjjjjj")
        table = app.screen.query_one(QueueTable)
        while not asked:
            await pilot.pause(0.1)
        assert (asked, table.cursor_row) == ([table.cursor_id], 6)


async def until_read(pilot: Any, table: PagedTable[Any]) -> None:
    """Wait until the line under the cursor was read."""
    for _ in range(600):
        await pilot.pause(0.1)
        if table.line_at(table.cursor_row) is not None and table.cursor_id:
            return
    raise AssertionError("the line under the cursor was never read")

"""The queue has one order, of urgency: in SQL, in the pure rule, in commands, on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from models.entities.catalogue import table_of
from models.entities.recovery import Recovery, RecoveryState
from models.queries.cases.queue_views import QueueLine
from models.store.unit import unit_of_work
from models.urgency import DISCREPANCY_STEP, Urgency, counted_from, urgency
from recovery_flows.cases.views import state_names
from recovery_flows.cases.views.queue import QueueQuery, counts, queue
from recovery_flows.reports.unattended import Patience

_R = table_of(Recovery)
HOURS = (-400, -16, -1, -0.5, 0, 0.5, 5.9, 6, 7, 4_416)
STATES = (RecoveryState.REPORTED, RecoveryState.OPEN, RecoveryState.CLOSED_PARTIAL)


def lines_of(unit: Any, limit: int = 2000, *, with_closed: bool = False) -> list[QueueLine]:
    with unit.database.reading() as session:
        page = queue(session, unit.now, Patience(), limit, QueueQuery(with_closed=with_closed))
    return list(page.lines)


def put(unit: Any, recovery_id: str, **values: object) -> None:
    """Set derived columns as the engine would have: only what the order looks at."""
    with unit_of_work(unit.database) as work:
        work.session.execute(_R.update().where(_R.c.id == recovery_id).values(**values))


def spread(unit: Any) -> list[str]:
    """A recovery for each state, step, age and end of a clock that the order can meet."""
    cases = list(product(STATES, (DISCREPANCY_STEP, "wait"), HOURS[:4], (None, *HOURS)))
    ids: list[str] = unit.report(*unit.reports(len(cases)))
    for recovery_id, (state, action, age, left) in zip(ids, cases, strict=True):
        due = None if left is None else unit.now + timedelta(hours=left)
        reported = unit.now + timedelta(hours=age)
        put(unit, recovery_id, state=state, step_action=action, due_at=due, reported_at=reported)
    return ids


@pytest.fixture(scope="module")
def standing(
    installed: Path, copied: Callable[[Path, Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, list[str]]]:
    """A unit with all that the order can meet, which the tests only read, and what is in it."""
    unit = copied(installed, tmp_path_factory.mktemp("standing") / "unit")
    yield unit, spread(unit)
    unit.database.dispose()


def expected(line: QueueLine, now: datetime) -> tuple[object, ...]:
    group = urgency(line.state, line.action, line.reported_at, line.due_at, now)
    instant = counted_from(line.state, line.reported_at, line.due_at)
    return (group, instant, line.reported_at, line.recovery_id)


def test_the_order_in_sql_is_the_pure_rules_order_for_every_state_age_and_clock(
    standing: Any,
) -> None:
    unit, ids = standing
    lines = lines_of(unit, with_closed=True)
    assert {line.recovery_id for line in lines} == set(ids)
    assert lines == sorted(lines, key=lambda line: expected(line, unit.now))
    assert {line.urgency for line in lines} == set(Urgency)


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize(
    "look", [QueueQuery(), QueueQuery(order_by="loss"), QueueQuery(is_down=True)]
)
def test_pages_of_any_size_are_the_whole_queue_without_a_gap(
    standing: tuple[Any, list[str]], size: int, look: QueueQuery
) -> None:
    unit, _ = standing
    with unit.database.reading() as session:
        whole = queue(session, unit.now, Patience(), 2000, look)
        pages = [
            queue(session, unit.now, Patience(), size, replace(look, offset=offset))
            for offset in range(0, whole.total - size, size)
        ]
    assert len(whole.lines) == whole.total > 100
    for page in pages:
        assert page.lines == whole.lines[page.offset : page.offset + size]


@pytest.mark.parametrize(
    "look", [QueueQuery(), QueueQuery(order_by="ref", is_down=True), QueueQuery(text="r-2026")]
)
def test_a_page_follows_the_recovery_that_is_looked_at(
    standing: tuple[Any, list[str]], look: QueueQuery
) -> None:
    unit, _ = standing
    with unit.database.reading() as session:
        whole = queue(session, unit.now, Patience(), 2000, look).lines
        for row in (0, 9, len(whole) // 2, len(whole) - 1):
            at = replace(look, at_id=whole[row].recovery_id, offset=4)
            page = queue(session, unit.now, Patience(), 10, at)
            assert page.at_row == row
            assert page.lines[row - page.offset] == whole[row]
            stays = queue(session, unit.now, Patience(), 10, replace(at, follows=False))
            assert (stays.offset, stays.at_row) == (4, row)


def test_a_report_of_minutes_ago_stands_above_everything_but_a_contradiction(unit: Any) -> None:
    first, second, third, fresh = unit.report(*unit.reports(4))
    unit.accept(first)
    unit.accept(second)
    put(unit, first, due_at=unit.now + timedelta(days=184))
    put(unit, second, due_at=unit.now - timedelta(hours=16))
    put(unit, third, state=RecoveryState.CLOSED_RETURNED, step_action=DISCREPANCY_STEP)
    put(unit, fresh, reported_at=unit.now - timedelta(minutes=4))
    lines = lines_of(unit)
    assert [x.recovery_id for x in lines] == [third, fresh, second, first]
    told = [state_names.time_text(x, unit.now) for x in lines]
    assert told[1:] == ["4m old", "16h 00m late", "184d 00h"]


def test_a_stalled_recovery_of_183_days_stands_below_one_that_is_16_hours_late(unit: Any) -> None:
    stalled, late, old = unit.report(*unit.reports(3))
    for recovery_id in (stalled, late):
        unit.accept(recovery_id)
    unit.later(30)
    unit.case_officer().note(late, "looked at")
    put(unit, stalled, due_at=unit.now + timedelta(days=183))
    put(unit, late, due_at=unit.now - timedelta(hours=16))
    put(unit, old, reported_at=unit.now - timedelta(days=3))
    lines = lines_of(unit)
    assert [(x.recovery_id, x.attention) for x in lines] == [
        (late, ""), (old, "unowned"), (stalled, "stalled"),
    ]  # fmt: skip


def test_a_report_is_called_reported_and_one_that_is_done_is_not_called_closed(unit: Any) -> None:
    new, done = unit.report(*unit.reports(2))
    unit.accept(done)
    put(unit, done, stage="closed", step_action="submit_close")
    words = {x.recovery_id: state_names.standing(x.state, x.stage).word for x in lines_of(unit)}
    assert words == {new: "reported", done: "to be closed"}


def test_the_count_of_contradictions_stands_beside_that_of_the_stalled(unit: Any) -> None:
    first, _ = unit.report(*unit.reports(2))
    put(unit, first, step_action=DISCREPANCY_STEP)
    unit.later(5)
    with unit.database.reading() as session:
        page = counts(session, unit.now, Patience())
    assert (page.attention_count, page.discrepancy_count) == (2, 1)

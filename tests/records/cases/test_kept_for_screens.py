"""What screens read of all recoveries is kept, and is what a look at each row comes to."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.engine import make_engine
from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.migrate import upgrade
from models.queries.cases.approvals import all_pending, pending_page, place_of_pending
from models.queries.partners.orders import open_orders
from models.queries.partners.register import open_calls
from models.store.rollups.spans import Span, numbers_in
from models.urgency import Attention, Lane
from recovery_flows.reports.ledger_check import ledger_check
from tests.records.cases.test_queue import spread
from tests.records.older import counted_before, taken_back

_Q = table_of(QueueEntry)
MOMENT = timedelta(microseconds=1)
ORDERS = ("", "ref", "act", "by")


@pytest.fixture(scope="module")
def varied(
    installed: Path, copied: Callable[[Path, Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A unit with every state, age and clock, and with stop-payments that wait for a yes."""
    unit = copied(installed, tmp_path_factory.mktemp("varied") / "unit")
    vary(unit)
    yield unit
    unit.database.dispose()


def vary(unit: Any) -> None:
    spread(unit)
    reports = unit.reports(310)[-10:]
    for number, recovery_id in enumerate(unit.report(*reports)):
        unit.accept(recovery_id)
        unit.case_officer().advance(recovery_id, knowing=True)
        unit.later(0.7 * (number % 3))


def miscounted(unit: Any) -> tuple[str, ...]:
    with unit.database.reading() as session:
        return ledger_check(session).miscounted


def bounds(instants: list[datetime], dice: random.Random) -> Iterator[tuple[Any, Any]]:
    """Spans that begin and end at instants that there are, beside them, at hours, or nowhere."""
    beside = [at + more for at in instants for more in (-MOMENT, timedelta(), MOMENT)]
    edges = [None, *beside, *(at.replace(minute=0, second=0, microsecond=0) for at in instants)]
    for _ in range(60):
        since, until = dice.choice(edges), dice.choice(edges)
        if since is not None and until is not None and until < since:
            since, until = until, since
        yield since, until


@pytest.mark.parametrize("kind", [*Lane, Attention.UNOWNED, Attention.STALLED])
def test_whole_hours_and_what_is_left_of_them_are_as_many_as_are_there(
    varied: Any, kind: Lane | Attention
) -> None:
    with varied.database.reading() as session:
        instant = _Q.c.at if isinstance(kind, Lane) else _Q.c.waits_since
        query = sa.select(instant).where(Span(kind).condition)
        there = [at for at in session.execute(query).scalars() if at is not None]
        spans = [Span(kind, *edges) for edges in bounds(there, random.Random(7))]  # noqa: S311 - a test
        expected = [
            sum(
                (s.since is None or s.since <= at) and (s.until is None or at < s.until)
                for at in there
            )
            for s in spans
        ]
        assert numbers_in(session, spans) == expected
        assert len(set(expected)) > 1


@pytest.mark.parametrize("order_by", ORDERS)
@pytest.mark.parametrize("is_down", [False, True])
def test_pending_approvals_are_paged_in_every_order_as_a_sort_of_all_has_them(
    varied: Any, order_by: str, *, is_down: bool
) -> None:
    path = f"{varied.path}"
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute(
            "SELECT a.due_at IS NULL, coalesce(a.due_at, a.asked_at), r.ref, a.id, a.action,"
            " a.asked_by FROM approval a JOIN recovery r ON r.id = a.recovery_id"
            " WHERE a.state = 'pending'"
        ).fetchall()
    rows.sort(key=lambda row: row[:4], reverse=is_down and not order_by)
    if order_by:
        at = {"ref": 2, "act": 4, "by": 5}[order_by]
        rows.sort(key=lambda row: row[at], reverse=is_down)
    ids = [row[3] for row in rows]
    assert len(ids) == 10
    with varied.database.reading() as session:
        for offset in range(10):
            page = pending_page(session, offset, 3, order_by, is_down=is_down)
            assert [one.approval_id for one in page] == ids[offset : offset + 3]
        for number, name in enumerate(ids):
            assert place_of_pending(session, name, order_by, is_down=is_down) == number
        assert place_of_pending(session, "appr-none", order_by, is_down=is_down) is None
        if not order_by and not is_down:
            assert [one.approval_id for one in all_pending(session)] == ids


def test_an_approval_leaves_the_list_with_its_answer(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    asked = unit.one("SELECT id FROM pending_approval")
    assert asked == unit.one("SELECT id FROM approval WHERE state = 'pending'")
    unit.approve(recovery_id)
    assert unit.one("SELECT count(*) FROM pending_approval") == 0
    assert miscounted(unit) == ()


def test_open_calls_and_orders_without_an_answer_are_those_of_the_rows(varied: Any) -> None:
    with varied.database.reading() as session:
        kept = {one.partner_id: (one.count, one.oldest_at) for one in open_calls(session)}
        waiting = {one.recovery_id for one in open_orders(session)}
    told = "SELECT partner_id, count(*), min(planned_at) FROM call WHERE state IN"
    with closing(sqlite3.connect(f"{varied.path}")) as raw:
        rows = raw.execute(f"{told} ('planned', 'sent', 'unknown') GROUP BY partner_id").fetchall()
        marked = raw.execute("SELECT id FROM queue_entry WHERE unanswered > 0").fetchall()
    assert {name: count for name, count, _ in rows} == {k: v[0] for k, v in kept.items()} != {}
    assert all(f"{kept[name][1]:%Y-%m-%d %H:%M:%S}" == at[:19] for name, _, at in rows)
    assert waiting == {name for (name,) in marked}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("DELETE FROM pending_approval", "the list of pending approvals says otherwise of rec-"),
        ("UPDATE pending_approval SET ref = 'R-1'", "the list of pending approvals says otherwise"),
        pytest.param(
            "INSERT INTO pending_approval (id, recovery_id, is_undue, at, ref, action, asked_by)"
            " VALUES ('x', 'gone', 0, '2026-03-02 09:00:00.000000', 'R-1', 'freeze', 'li')",
            "the list of pending approvals names a recovery gone that is not there",
        ),
        ("UPDATE tally SET value = 3 WHERE name LIKE 'hour lane %'", "the count 'hour lane"),
        ("DELETE FROM tally WHERE name LIKE 'hour waits %'", "the count 'hour waits"),
        ("UPDATE tally SET value = 0 WHERE name LIKE 'calls %'", "the count 'calls"),
        ("UPDATE queue_entry SET unanswered = 7", "with another unanswered than its rows tell"),
        ("UPDATE queue_entry SET step_wording = '[]'", "with another step_wording than its rows"),
    ],
)
def test_the_check_names_what_was_changed_by_hand(unit: Any, changed: str, told: str) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    assert miscounted(unit) == ()
    unit.tamper(changed)
    assert any(told in sentence for sentence in miscounted(unit)), miscounted(unit)


def test_an_older_database_is_filled_and_counts_as_before_without_it(
    unit: Any, tmp_path: Path
) -> None:
    for recovery_id in unit.report(*unit.reports(3)):
        unit.accept(recovery_id)
        unit.case_officer().advance(recovery_id, knowing=True)
    path = taken_back(unit, tmp_path / "old.sqlite3", "0061")
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    unit.tamper("UPDATE queue_entry SET deadlines = NULL")  # which only rules can tell
    for table in ("queue_entry", "tally", "pending_approval"):
        query = f"SELECT * FROM {table} ORDER BY 1"
        with closing(sqlite3.connect(path)) as raw, closing(sqlite3.connect(unit.path)) as new:
            assert raw.execute(query).fetchall() == new.execute(query).fetchall() != []
    engine.dispose()
    counted = counted_before(path, "0061")
    assert not any(name.startswith(("hour", "calls")) for name in counted)


def test_a_span_of_one_hour_is_counted_by_its_ends(varied: Any) -> None:
    with varied.database.reading() as session:
        at = session.execute(sa.select(_Q.c.at).where(_Q.c.lane == Lane.WITH_CLOCK)).scalars().all()
        span = Span(Lane.WITH_CLOCK, at[0], at[0] + MOMENT)
        assert numbers_in(session, [span, replace(span, until=at[0])]) == [at.count(at[0]), 0]

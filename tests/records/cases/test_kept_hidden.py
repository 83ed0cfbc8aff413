"""What is kept of all recoveries counts and lists none that is hidden from whoever looks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.call import OPEN_CALLS, Call
from models.entities.catalogue import table_of
from models.entities.installation import QueueEntry
from models.entities.register_change import RegisterAct
from models.queries.cases.approvals import all_pending, pending_page, place_of_pending
from models.queries.partners.register import open_calls
from models.urgency import GOLDEN_HOUR, SOON, Attention, Urgency
from recovery_flows.access.registers import decide
from recovery_flows.access.restrictions import ask_restriction
from recovery_flows.cases.views.queue import QueueQuery, queue
from recovery_flows.reports.unattended import DEFAULT_PATIENCE
from tests.records.cases.test_kept_for_screens import ORDERS, vary
from tests.records.conftest import SUPERVISOR

_C, _Q = table_of(Call).c, table_of(QueueEntry).c
ALL = 1000


@pytest.fixture(scope="module")
def restricted(
    installed: Path, copied: Callable[[Path, Path], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """Of every state, age and clock some, and some that wait for a yes: every third is hidden."""
    unit = copied(installed, tmp_path_factory.mktemp("restricted") / "unit")
    vary(unit)
    with unit.database.reading() as session:
        lines = queue(session, unit.now, DEFAULT_PATIENCE, ALL, QueueQuery(with_closed=True)).lines
        asked = [one.recovery_id for one in all_pending(session)]
    ids = {*[line.recovery_id for line in lines][::3], *asked[::3]}
    for recovery_id in sorted(ids):
        change = ask_restriction(
            unit.case_officer(SUPERVISOR), recovery_id, RegisterAct.RESTRICT, ["chen"], "insider"
        )
        decide(unit.case_officer(), change, is_yes=True)
    yield unit
    unit.database.dispose()


def instants(unit: Any) -> Iterator[datetime]:
    """Some by chance, and those at which a count turns: an end, an hour, or a wait that is long."""
    dice = random.Random(5)  # noqa: S311 - a test
    for _ in range(20):
        yield unit.now + timedelta(microseconds=dice.randrange(-(10**11), 10**11))
    waits = {
        Attention.UNOWNED: DEFAULT_PATIENCE.unowned, Attention.STALLED: DEFAULT_PATIENCE.stalled,
    }  # fmt: skip
    with unit.database.seen_by("zhao").reading() as session:
        lines = queue(session, unit.now, DEFAULT_PATIENCE, ALL, QueueQuery(with_closed=True)).lines
        for reason, patience in waits.items():
            query = sa.select(sa.func.max(_Q.waits_since)).where(_Q.waits_for == reason)
            yield session.execute(query).scalar_one() + patience
    for line in dice.sample([line for line in lines if line.due_at], 5):
        yield line.due_at
        yield line.due_at - SOON
        yield line.reported_at + GOLDEN_HOUR


def test_the_header_counts_what_is_listed_at_any_instant(restricted: Any) -> None:
    told = set()
    for now in instants(restricted):
        restricted.tamper(f"UPDATE case_clock SET stands_at = '{now:%Y-%m-%d %H:%M:%S.%f}'")
        with restricted.database.seen_by("zhao").reading() as session:
            look = QueueQuery(with_closed=True)
            page = queue(session, now, DEFAULT_PATIENCE, ALL, look)
        assert page.now == now
        assert page.total == len(page.lines) < 220
        groups = Counter(line.urgency for line in page.lines)
        counted = (page.fresh_count, page.late_count, page.soon_count)
        assert counted == tuple(groups[u] for u in (Urgency.GOLDEN, Urgency.LATE, Urgency.SOON))
        assert page.attention_count == sum(line.attention != "" for line in page.lines)
        told.add((*counted, page.attention_count))
    restricted.tamper(f"UPDATE case_clock SET stands_at = '{restricted.now:%Y-%m-%d %H:%M:%S.%f}'")
    assert len(told) > 5


@pytest.mark.parametrize("order_by", ["", "next", "loss"])
@pytest.mark.parametrize("is_down", [False, True])
def test_a_line_of_the_queue_stands_where_a_page_shows_it(
    restricted: Any, order_by: str, *, is_down: bool
) -> None:
    look = QueueQuery(with_closed=True, order_by=order_by, is_down=is_down)
    with restricted.database.seen_by("zhao").reading() as session:
        ids = [
            line.recovery_id
            for line in queue(session, restricted.now, DEFAULT_PATIENCE, ALL, look).lines
        ]
        for row in range(0, len(ids), 13):
            at = replace(look, at_id=ids[row])
            page = queue(session, restricted.now, DEFAULT_PATIENCE, 7, at)
            assert page.at_row == row
            assert [one.recovery_id for one in page.lines] == ids[page.offset : page.offset + 7]


@pytest.mark.parametrize("order_by", ORDERS)
@pytest.mark.parametrize("is_down", [False, True])
def test_pending_approvals_of_hidden_recoveries_are_on_no_page(
    restricted: Any, order_by: str, *, is_down: bool
) -> None:
    with restricted.database.seen_by("zhao").reading() as session:
        seen = [one.approval_id for one in pending_page(session, 0, ALL, order_by, is_down=is_down)]
        assert 0 < len(seen) < 10
        assert {one.approval_id for one in all_pending(session)} == set(seen)
        for offset in range(len(seen) + 2):
            page = pending_page(session, offset, 2, order_by, is_down=is_down)
            assert [one.approval_id for one in page] == seen[offset : offset + 2]
        places = [place_of_pending(session, one, order_by, is_down=is_down) for one in seen]
        assert places == list(range(len(seen)))
    with restricted.database.reading() as session:
        hidden = {one.approval_id for one in all_pending(session)} - set(seen)
    with restricted.database.seen_by("zhao").reading() as session:
        assert {place_of_pending(session, one, order_by) for one in hidden} == {None}


def test_calls_of_hidden_recoveries_are_not_counted(restricted: Any) -> None:
    query = (
        sa.select(_C.partner_id, sa.func.count(), sa.func.min(_C.planned_at))
        .where(_C.state.in_(OPEN_CALLS))
        .group_by(_C.partner_id)
    )
    told = []
    for database in (restricted.database, restricted.database.seen_by("zhao")):
        with database.reading() as session:
            expected = [tuple(row) for row in session.execute(query)]
            told.append([(one.partner_id, one.count, one.oldest_at) for one in open_calls(session)])
            assert told[-1] == expected != []
    assert told[0] != told[1]

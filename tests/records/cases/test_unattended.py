"""What nobody owns or moves stands in red by its own history, and nothing hides it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from models.entities.event import DONE, SENT
from models.entities.hold import HoldState
from models.queries.cases.queue_views import QueuePage
from models.store import calls
from models.store.unit import unit_of_work
from recovery_flows.cases.views.page import recovery_page
from recovery_flows.cases.views.queue import QueueQuery, counts, queue
from recovery_flows.reports.unattended import Patience


def page(unit: Any, limit: int = 2000, **patience: timedelta) -> QueuePage:
    with unit.database.reading() as session:
        return queue(session, unit.now, Patience(**patience), limit)


def red(unit: Any, recovery_id: str, **patience: timedelta) -> str:
    """Why a recovery is in red; its page, its line and the count say the same."""
    whole = page(unit, **patience)
    line = next(x for x in whole.lines if x.recovery_id == recovery_id)
    shown = recovery_page(
        unit.database, unit.laws, recovery_id, unit.now, None, Patience(**patience)
    )
    assert (shown.attention, shown.idle_since) == (line.attention, line.idle_since)
    assert whole.attention_count == sum(bool(x.attention) for x in whole.lines)
    return line.attention


def test_a_report_that_nobody_accepts_is_red_after_an_hour_until_somebody_does(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    assert red(unit, recovery_id) == ""
    assert red(unit, recovery_id, unowned=timedelta()) == "unowned"
    unit.later(0.99)
    assert red(unit, recovery_id) == ""
    unit.later(0.02)
    assert red(unit, recovery_id) == "unowned"
    unit.later(48)
    assert red(unit, recovery_id) == "unowned"
    unit.accept(recovery_id)
    assert red(unit, recovery_id) == ""


def test_a_step_of_an_officer_that_is_not_done_for_a_day_is_red_until_it_is(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.later(23.9)
    assert red(unit, recovery_id) == ""
    unit.later(0.2)
    assert red(unit, recovery_id) == "stalled"
    unit.case_officer().note(recovery_id, "called the bank, nobody answers")
    assert red(unit, recovery_id) == ""
    unit.later(25)
    unit.order(recovery_id)
    assert red(unit, recovery_id) == ""


def test_a_supervisors_step_can_stall_as_well_and_reminders_do_not_make_it_young(
    unit: Any,
) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    for _ in range(5):
        unit.later(6)
        unit.advance_engine(recovery_id)  # alarms, reminds, escalates
    assert unit.file(recovery_id).approvals[0].alarmed
    assert red(unit, recovery_id) == "stalled"


def test_questions_to_a_bank_do_not_make_a_file_young(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    unit.order(recovery_id)
    unit.later(30)
    with unit_of_work(unit.database) as work:
        for call in unit.file(recovery_id).calls:
            calls.mark_sent(work, unit.now, recovery_id, call.id, call.state)
    assert red(unit, recovery_id) == "stalled"


def test_what_waits_for_the_bank_alone_is_not_red(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.later(40)
    assert unit.file(recovery_id).hold(hold_id).state is HoldState.ORDERED
    assert red(unit, recovery_id) == ""


def test_a_new_step_begins_its_own_day_when_the_bank_makes_it_possible(unit: Any) -> None:
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.later(40)
    unit.bank_says(recovery_id, hold_id, 0)
    unit.later(23)
    assert red(unit, recovery_id) == ""


def test_red_ones_are_marked_in_their_place_and_no_filter_hides_them(unit: Any) -> None:
    ids = unit.report(*unit.reports(5))
    for recovery_id in ids[:3]:
        unit.accept(recovery_id)
        unit.case_officer().advance(recovery_id, knowing=True)
    unit.later(30)
    for recovery_id in ids[:3]:
        unit.case_officer().note(recovery_id, "looked at")
    whole = page(unit)
    assert [x.attention for x in whole.lines] == ["", "", "", "unowned", "unowned"]
    assert {x.recovery_id for x in whole.lines[3:]} == set(ids[3:])
    with unit.database.reading() as session:
        found = queue(session, unit.now, Patience(), 9, QueueQuery(text="supervisor"))
        none = queue(session, unit.now, Patience(), 9, QueueQuery(text="no such word"))
        assert counts(session, unit.now, Patience()).attention_count == 2
    assert (found.total, found.found, found.lines) == (5, 3, whole.lines)
    assert (none.total, none.found, none.lines) == (2, 0, whole.lines[3:])


def test_when_something_was_done_is_found_by_an_index(unit: Any) -> None:
    at = f"SELECT max(at) FROM event WHERE recovery_id = 'x' AND {DONE}"
    sent = f"SELECT recovery_id, min(at) FROM event WHERE {SENT} GROUP BY recovery_id"
    with unit.database.reading() as session:
        for query, index in ((at, "ix_event_done"), (sent, "ix_event_sent")):
            plan = session.execute(sa.text(f"EXPLAIN QUERY PLAN {query}"))
            assert index in " ".join(map(str, plan))


def test_what_has_ended_is_not_red(unit: Any) -> None:
    first, second = unit.report(*unit.reports(2))
    unit.accept(first)
    unit.accept(second)
    unit.case_officer().join(second, first)
    unit.later(100)
    assert [x.recovery_id for x in page(unit).lines] == [first]
    assert page(unit).attention_count == 1

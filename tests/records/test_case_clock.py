"""Case time is moved by events only, forwards only, and never past whole terms of the law."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.queries.audit.verify import verify
from models.queries.installation.clock import case_now
from models.store.clock import JUMP_MAX, ClockBackwardsError, ClockJumpError, set_case_time
from models.store.unit import unit_of_work


def move(unit: Any, ahead: timedelta) -> None:
    with unit_of_work(unit.database) as work:
        set_case_time(work, unit.now + ahead)


def stands_at(unit: Any) -> Any:
    with unit.database.reading() as session:
        return case_now(session, unit.now + timedelta(days=9999))


def test_each_move_of_case_time_is_an_event_and_staying_is_none(unit: Any) -> None:
    for ahead in (timedelta(hours=1), timedelta(hours=1), timedelta(hours=5)):
        move(unit, ahead)
    query = "SELECT group_concat(event) FROM event WHERE noun = 'clock'"
    assert unit.one(query) == "set,advanced,advanced"
    assert stands_at(unit) == unit.now + timedelta(hours=5)
    assert verify(unit.database) == ()


def test_case_time_never_goes_back(unit: Any) -> None:
    with pytest.raises(ClockBackwardsError, match="cannot go back"):
        move(unit, -timedelta(seconds=1))
    assert stands_at(unit) == unit.now


def test_case_time_does_not_jump_past_the_longest_term(unit: Any) -> None:
    move(unit, JUMP_MAX)
    with pytest.raises(ClockJumpError, match="cannot jump"):
        move(unit, 2 * JUMP_MAX + timedelta(seconds=1))


def test_a_clock_set_for_the_first_time_does_not_go_before_what_has_happened(unit: Any) -> None:
    unit.tamper("DELETE FROM case_clock")
    with pytest.raises(ClockBackwardsError):
        move(unit, -timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE case_clock SET stands_at = '2027-03-02 03:00:00.000000'",
            "stands_at of the clock",
        ),
        ("DELETE FROM case_clock", "has events and no row"),
        ("INSERT INTO case_clock VALUES ('x', 'standing', '2027-03-02 03:00:00')", "by no event"),
    ],
)
def test_case_time_moved_by_sql_is_named(unit: Any, change: str, told: str) -> None:
    unit.tamper(change)
    (found,) = verify(unit.database)
    assert told in found.sentence

"""The measure of answer times says what it is; percentiles by nearest rank, never of too few."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from models.measures.order_times import AnswerCount, AnswerState, OrderKind, OrderTime, answered
from recovery_flows.partners import response_times

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def order(minutes: float | None, days_ago: float = 1, ref: str = "R-2026-0001") -> OrderTime:
    sent_at = NOW - timedelta(days=days_ago)
    if minutes is None:
        return OrderTime(OrderKind.STOP, ref, sent_at, AnswerState.OPEN)
    answered_at = sent_at + timedelta(minutes=minutes)
    return answered(OrderKind.STOP, ref, sent_at, answered_at)


def counted(minutes: int | None, days_ago: int = 1, count: int = 1) -> AnswerCount:
    return AnswerCount(OrderKind.STOP, NOW.date() - timedelta(days=days_ago), minutes, count)


@given(st.lists(st.integers(0, 10_000), min_size=1), st.integers(1, 100))
def test_a_nearest_rank_is_the_smallest_value_with_so_many_percent_at_or_below(
    values: list[int], percent: int
) -> None:
    found = response_times.nearest_rank(Counter(values), percent)
    assert found in values
    assert 100 * sum(v <= found for v in values) >= percent * len(values)
    assert 100 * sum(v < found for v in values) < percent * len(values)


def test_a_percentile_of_too_few_answers_is_none_and_says_how_many_there_were() -> None:
    assert response_times.percentile(Counter([1, 2, 3, 4]), 50) is None
    assert response_times.percentile(Counter([1, 2, 3, 4, 5]), 50) == 3
    assert response_times.percentile(Counter(range(9)), 90) is None
    assert response_times.percentile(Counter(range(10)), 90) == 8
    assert response_times.percentile_text(None, 4) == "too few (4)"
    with pytest.raises(ValueError, match="needs values"):
        response_times.nearest_rank({}, 50)


def test_a_started_minute_counts_and_a_clock_behind_ours_answers_at_once() -> None:
    assert [order(m).minutes for m in (0, 0.1, 60, 60.01, -5, None)] == [0, 1, 60, 61, 0, None]


def test_what_is_not_answered_is_counted_apart_and_late_when_it_waits_too_long() -> None:
    undated = OrderTime(OrderKind.STOP, "R-2026-0003", NOW, AnswerState.UNDATED)
    orders = [order(30), order(61, ref="R-2026-0002"), order(None), order(None, 0.01), undated]
    counts = [counted(30), counted(61, count=3), counted(None)]
    measured = response_times.times(counts, waiting=2)
    assert (measured.answered, measured.open, measured.undated) == (4, 2, 1)
    assert (response_times.late_count(counts, 60), response_times.late_count(counts, 0)) == (3, 0)
    assert [(x.ref, x.minutes) for x in response_times.breaches(orders, 60)] == [
        ("R-2026-0002", 61)
    ]
    assert [x.minutes for x in response_times.overdue(orders, 60, NOW)] == [24 * 60]
    assert response_times.breaches(orders, 0) == response_times.overdue(orders, 0, NOW) == ()


def test_weeks_are_eight_the_oldest_first_and_end_with_the_present_day() -> None:
    counts = [counted(10), counted(30), counted(20, 6), counted(5, 55), counted(None, 8)]
    weeks = response_times.weekly(counts, NOW.date())
    assert weeks == (5, None, None, None, None, None, None, 20)

"""Percentiles by nearest rank, and lengths of time in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery_flows.rules.stopwatch import nearest_rank, report_to_request, span_text


@pytest.mark.parametrize(
    ("values", "percent", "wanted"),
    [
        ((15, 20, 35, 40, 50), 5, 15), ((15, 20, 35, 40, 50), 30, 20),
        ((15, 20, 35, 40, 50), 40, 20), ((15, 20, 35, 40, 50), 50, 35),
        ((15, 20, 35, 40, 50), 100, 50), ((7,), 50, 7), ((), 90, None),
        (tuple(range(1, 11)), 90, 9), ((2, 1), 50, 1),
    ],
)  # fmt: skip
def test_the_nearest_rank_is_one_of_the_values(
    values: tuple[int, ...], percent: int, wanted: int | None
) -> None:
    assert nearest_rank(values, percent) == wanted


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(1, 100))
def test_so_many_of_a_hundred_do_not_exceed_it_and_no_smaller_value_does_that(
    values: list[int], percent: int
) -> None:
    found = nearest_rank(values, percent)
    assert found in values
    assert found is not None
    assert 100 * sum(v <= found for v in values) >= percent * len(values)
    assert 100 * sum(v < found for v in values) < percent * len(values)


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_a_percentile_outside_of_a_hundred_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="not within 1 to 100"):
        nearest_rank([1], percent)


def test_a_spread_says_what_it_measures_and_of_how_many() -> None:
    spread = report_to_request([41, 60, 90, 3600])
    assert (spread.count, spread.p50_seconds, spread.p90_seconds) == (4, 60, 3600)
    assert spread.formula == "first order or request sent - report, nearest rank"
    assert report_to_request([]).p50_seconds is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (41, "41 s"), (60, "1 min"), (3599, "59 min"), (3660, "1 h 01 min"),
     (86_400, "1 d 00 h"), (100_000, "1 d 03 h")],
)  # fmt: skip
def test_a_length_of_time_in_words(seconds: int, words: str) -> None:
    assert span_text(seconds) == words

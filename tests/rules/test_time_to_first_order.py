"""How long reports take to become requests, and lengths of time in words."""

from __future__ import annotations

import pytest

from recovery_flows.reports.time_to_first_order import report_to_request, span_text


def test_a_spread_says_what_it_measures_and_of_how_many() -> None:
    spread = report_to_request(4, lambda rank: [41, 60, 90, 3600][rank - 1])
    assert (spread.count, spread.p50_seconds, spread.p90_seconds) == (4, 60, 3600)
    assert spread.formula == "first order or request sent - report"
    assert report_to_request(0, lambda rank: rank).p50_seconds is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (41, "41 s"), (60, "1 min"), (3599, "59 min"), (3660, "1 h 01 min"),
     (86_400, "1 d 00 h"), (100_000, "1 d 03 h")],
)  # fmt: skip
def test_a_length_of_time_in_words(seconds: int, words: str) -> None:
    assert span_text(seconds) == words

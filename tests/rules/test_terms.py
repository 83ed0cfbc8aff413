from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from config.regimes import read_regime
from recovery_flows.law.regime import Regime, load_regime
from recovery_flows.law.rows import Limit
from recovery_flows.law.terms import due_at, half_life, time_left_text

CHINA = load_regime(read_regime("CN"))
BRITAIN = load_regime(read_regime("GB"))
INSTANTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001
    datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def _due(limit: str, start: str, regime: Regime = CHINA) -> str:
    zone = ZoneInfo(regime.time_zone)
    begun = datetime.fromisoformat(start).replace(tzinfo=zone)
    return due_at(Limit.parse(limit), begun, regime).astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("48h", "2026-03-01 22:15", "2026-03-03 22:15"),
        ("3d", "2026-03-01 22:15", "2026-03-05 00:00"),
        ("30d", "2026-01-01 09:00", "2026-02-01 00:00"),
        ("6mo", "2025-08-31 10:00", "2026-03-01 00:00"),
        ("6mo", "2023-08-31 10:00", "2024-03-01 00:00"),
        ("6mo", "2026-01-15 10:00", "2026-07-16 00:00"),
        ("1y", "2024-02-29 10:00", "2025-03-01 00:00"),
        ("3wd", "2026-02-13 10:00", "2026-02-26 00:00"),
        ("3wd", "2026-03-02 10:00", "2026-03-06 00:00"),
    ],
)
def test_a_term_ends_with_its_last_legal_day(limit: str, start: str, due: str) -> None:
    assert _due(limit, start) == due


def test_a_make_up_saturday_is_a_banking_day_in_china() -> None:
    # Saturday 14 February 2026 is worked before the Spring Festival.
    assert _due("1wd", "2026-02-13 10:00") == "2026-02-15 00:00"


def test_easter_does_not_count_as_banking_days_in_britain() -> None:
    assert _due("1wd", "2026-04-02 10:00", BRITAIN) == "2026-04-08 00:00"


def test_summer_time_does_not_shift_the_end_of_a_legal_day() -> None:
    due = due_at(Limit.parse("1mo"), datetime(2026, 3, 1, 12, tzinfo=UTC), BRITAIN)
    assert due == datetime(2026, 4, 1, 23, tzinfo=UTC)


def test_an_instant_without_a_zone_starts_no_term() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        due_at(Limit.parse("48h"), datetime(2026, 1, 1), CHINA)  # noqa: DTZ001


@given(start=INSTANTS, later=st.timedeltas(timedelta(0), timedelta(days=500)),
       count=st.integers(1, 60), unit=st.sampled_from(["h", "d", "wd", "mo"]))  # fmt: skip
def test_a_later_start_never_ends_earlier_and_more_is_never_shorter(
    start: datetime, later: timedelta, count: int, unit: str
) -> None:
    limit, more = Limit.parse(f"{count}{unit}"), Limit.parse(f"{count + 1}{unit}")
    due = due_at(limit, start, CHINA)
    assert start < due <= due_at(limit, start + later, CHINA)
    assert due < due_at(more, start, CHINA)


@given(start=INSTANTS, months=st.integers(1, 48))
def test_months_clamp_to_the_last_day_and_never_run_into_the_next(
    start: datetime, months: int
) -> None:
    zone = ZoneInfo(CHINA.time_zone)
    due = due_at(Limit.parse(f"{months}mo"), start, CHINA).astimezone(zone)
    last, first = (due - timedelta(hours=1)).date(), start.astimezone(zone).date()
    assert (last.year * 12 + last.month) - (first.year * 12 + first.month) == months
    assert last.day == first.day or (last.day < first.day and due.day == 1)


def test_half_of_the_life_of_a_stop_is_24_hours_in() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert half_life(start, start + timedelta(hours=48)) == start + timedelta(hours=24)


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(hours=6, minutes=12, seconds=59), "6h 12m"),
        (timedelta(days=2, hours=3, minutes=59), "2d 03h"),
        (timedelta(minutes=18), "18m"),
        (timedelta(seconds=59), "now"),
        (timedelta(0), "now"),
        (timedelta(minutes=-18), "18m late"),
        (timedelta(seconds=-5), "1m late"),
        (timedelta(days=-2, hours=-3), "2d 03h late"),
    ],
)
def test_time_left_is_said_in_words(left: timedelta, text: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert time_left_text(now, now + left) == text

"""A term counted in banking days of a year whose calendar is not published yet says so."""

from __future__ import annotations

from datetime import UTC, datetime

import holidays
import pytest

from config.regimes import read_regime
from recovery_flows.law import terms
from recovery_flows.law.regime import load_regime
from recovery_flows.law.rows import Limit, LimitUnit

CN, GB = load_regime(read_regime("CN")), load_regime(read_regime("GB"))
LAST = max(holidays.country_holidays("CN").special_public_holidays)
BANKING, DAYS = Limit(5, LimitUnit.BANKING_DAYS), Limit(7, LimitUnit.DAYS)


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 4, tzinfo=UTC)


def test_a_term_that_ends_in_a_published_year_says_nothing() -> None:
    due = terms.due_at(BANKING, at(LAST, 6, 1), CN)
    assert terms.unpublished_year(BANKING, due, CN) is None


def test_a_term_that_runs_into_a_year_without_a_notice_names_that_year() -> None:
    due = terms.due_at(BANKING, at(LAST, 12, 29), CN)
    assert terms.unpublished_year(BANKING, due, CN) == LAST + 1


def test_a_term_whose_last_day_is_the_last_of_a_published_year_says_nothing() -> None:
    # Its end is the first instant of the next year: the day that counts is 31 December.
    due = datetime(LAST, 12, 31, 16, tzinfo=UTC)
    assert terms.unpublished_year(Limit(1, LimitUnit.BANKING_DAYS), due, CN) is None


@pytest.mark.parametrize("unit", [u for u in LimitUnit if u is not LimitUnit.BANKING_DAYS])
def test_a_term_that_no_holiday_moves_says_nothing(unit: LimitUnit) -> None:
    limit = Limit(40, unit)
    assert terms.unpublished_year(limit, at(LAST + 1, 3, 1), CN) is None


def test_a_calendar_of_fixed_rules_is_published_for_every_year() -> None:
    assert terms.unpublished_year(BANKING, at(LAST + 9, 3, 1), GB) is None

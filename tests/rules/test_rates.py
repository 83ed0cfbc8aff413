from decimal import Decimal

import pytest

from recovery_flows.reports.rates import (
    average_minor,
    held_to_returned_rate,
    interception_rate,
    percent,
    restitution_rate,
    year_on_year_rate,
)


@pytest.mark.parametrize(
    ("year", "held", "loss", "published"),
    [
        (2018, 192_700_000, 257_100_000, 75),
        (2019, 304_930_000, 384_240_000, 79),
        (2020, 380_210_000, 462_970_000, 82),
        (2021, 328_000_000, 443_448_237, 74),
        (2022, 433_000_000, 590_000_000, 73),
        (2023, 538_000_000, 758_000_000, 71),
    ],
)
def test_k1_the_published_interception_of_each_year_comes_out(
    year: int, held: int, loss: int, published: int
) -> None:
    assert percent(held, loss, 0) == published, year


def test_k2_europe_froze_and_confiscated_little_of_110_thousand_million() -> None:
    proceeds, frozen, confiscated = 110_000, 2_400, 1_200
    assert percent(frozen, proceeds) == Decimal("2.2")
    assert percent(confiscated, proceeds) == Decimal("1.1")
    assert percent(confiscated, frozen) == 50


def test_k3_a_call_to_the_police_saved_5749_pounds_on_average() -> None:
    average = average_minor(45_300_000_00, 7_879)
    assert average is not None
    assert average // 100 == 5_749
    assert average_minor(1, 0) is None


@pytest.mark.parametrize(
    ("place", "held", "reported", "published"),
    [
        ("United States 2021", 328, 443, "74.0"),
        ("Singapore 2019", 85, 240, "35.4"),
        ("India 2021-2025", 7_647, 52_969, "14.4"),
    ],
)
def test_interception_is_what_was_ever_held_of_what_was_reported(
    place: str, held: int, reported: int, published: str
) -> None:
    rate = interception_rate(held, reported)
    assert (rate.percent, rate.formula) == (
        Decimal(published), "held to date / reported loss",
    ), place  # fmt: skip


def test_india_held_much_and_returned_little() -> None:
    assert held_to_returned_rate(167, 7_647).percent == Decimal("2.2")
    assert percent(167, 7_647, 2) == Decimal("2.18")
    assert restitution_rate(167, 52_969).percent == Decimal("0.3")
    assert percent(167, 52_969, 2) == Decimal("0.32")


def test_restitution_orders_in_the_united_states_brought_seven_percent() -> None:
    assert str(restitution_rate(40, 568)) == "7.0 %"


def test_half_of_a_tenth_is_rounded_away_from_zero() -> None:
    assert percent(1, 2_000) == Decimal("0.1")
    assert percent(-1, 2_000) == Decimal("-0.1")
    assert percent(1_999, 2_000) == Decimal("100.0")


def test_a_rate_of_nothing_is_not_a_number() -> None:
    rate = interception_rate(0, 0)
    assert (rate.percent, str(rate)) == (None, "n/a")
    assert year_on_year_rate(31_000, 0).percent is None


def test_rounded_counts_give_another_growth_than_the_court_published() -> None:
    assert year_on_year_rate(40_000, 31_000).percent == Decimal("29.0")
    assert year_on_year_rate(8_245, 10_000).percent == Decimal("-17.6")

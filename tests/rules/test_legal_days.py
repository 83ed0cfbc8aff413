"""Legal days: by the bank's time what happened, by ours what the books showed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.facts import DayFact
from models.money import Money
from recovery_flows.ledger.legal_day_figures import DayFigure, DayVerdict, compare
from recovery_flows.ledger.legal_days import Change, Figures, OurDay, day_begins, our_days

ZONE = "Asia/Shanghai"
DAYS = [date(2026, 3, day) for day in (2, 3, 4)]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock on a wall in Shanghai."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC) - (
        datetime(2026, 1, 1, 8, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    )


def change(minor: int, when: datetime, heard: datetime, hold: str = "hold-1") -> Change:
    return Change(hold, "CNY", minor, when, heard)


def by_day(held: list[Change], paid: list[Change]) -> dict[date, OurDay]:
    return {x.day: x for x in our_days(held, paid, DAYS, ZONE)}


def test_a_day_begins_at_midnight_of_the_law_and_ends_before_the_next() -> None:
    assert day_begins(DAYS[0], ZONE) == datetime(2026, 3, 1, 16, tzinfo=UTC)
    held = [change(900, at(2, 23, 59), at(2, 23, 59)), change(-900, at(4, 0), at(4, 0))]
    days = by_day(held, [])
    assert [days[d].figures.held_minor for d in DAYS] == [900, 900, 0]


def test_news_that_came_after_midnight_belongs_to_the_day_on_which_it_happened() -> None:
    held = [change(900, at(2, 12), at(2, 12)), change(-900, at(2, 23, 50), at(3, 0, 20))]
    first = by_day(held, [])[DAYS[0]]
    assert (first.figures, first.shown) == (Figures(), Figures(held_minor=900, holds=1))
    assert first.learned_at == at(3, 0, 20)
    told = [DayFact(d, Money(0, "CNY"), 0, Money(0, "CNY"), 0) for d in DAYS]
    lines = compare("bank-a", [first], told, DAYS[:1])
    assert [x.verdict for x in lines] == [
        DayVerdict.LEARNED_LATER, DayVerdict.LEARNED_LATER, DayVerdict.EQUAL, DayVerdict.EQUAL
    ]  # fmt: skip


def test_payouts_on_both_sides_of_midnight_told_in_one_news_are_placed_at_their_own_bookings() -> (
    None
):
    heard = at(3, 0, 30)
    held = [change(900, at(2, 9), at(2, 9)), change(-600, at(3, 0, 10), heard)]
    paid = [change(300, at(2, 23, 50), heard), change(300, at(3, 0, 10), heard)]
    days = by_day(held, paid)
    assert [days[d].figures.held_minor for d in DAYS] == [600, 300, 300]
    assert [days[d].figures.paid_minor for d in DAYS] == [300, 300, 0]
    assert days[DAYS[0]].shown == Figures(held_minor=900, holds=1)


def test_two_slips_that_cancel_out_show_in_the_number_of_holds() -> None:
    held = [change(900, at(2, 9), at(2, 9)), change(100, at(2, 9), at(2, 9), "hold-2")]
    ours = [by_day(held, [])[DAYS[0]]]
    told = [DayFact(DAYS[0], Money(1_000, "CNY"), 1, Money(0, "CNY"), 0)]
    apart = [
        x
        for x in compare("bank-a", ours, told, DAYS[:1])
        if x.difference not in (0, Money(0, "CNY"))
    ]
    assert [(x.figure, x.difference) for x in apart] == [(DayFigure.HOLDS, 1)]
    assert apart[0].sentence.endswith("ours 2, the bank's 1: 1 more in our books")


def test_a_currency_that_only_the_bank_knows_is_compared_with_nothing() -> None:
    told = [DayFact(DAYS[0], Money(5, "GBP"), 1, Money(0, "GBP"), 0)]
    lines = compare("bank-a", [], told, DAYS[:1])
    assert lines[0].difference == Money(-5, "GBP")
    assert "GBP 0.05 less in our books" in lines[0].sentence

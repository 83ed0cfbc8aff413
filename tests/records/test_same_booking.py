"""Two sources of the same days tell the same bookings, however each spells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from models.store.statements.bookings import ComparableBooking, matches

FIRST = date(2026, 3, 2)


@st.composite
def bookings(draw: st.DrawFn) -> list[ComparableBooking]:
    """A bank's own book of a few days: bookings with its own references, many of them twins."""
    count = draw(st.integers(0, 12))
    book = []
    for number in range(count):
        day = FIRST + timedelta(days=draw(st.integers(0, 2)))
        at = datetime(day.year, day.month, day.day, draw(st.integers(0, 3)), tzinfo=UTC)
        book.append(
            ComparableBooking(
                day=day,
                at=at,
                is_dated=False,
                direction=draw(st.sampled_from(["credit", "debit"])),
                minor=draw(st.sampled_from([100, 200])),
                currency="CNY",
                end_to_end_id=draw(st.sampled_from(["", "E1", "E2"])),
                bank_reference=f"R{number}",
                counter_account=draw(st.sampled_from(["", "acct-1", "acct-2"])),
                family="camt",
            )
        )
    return book


def by_day(line: ComparableBooking) -> ComparableBooking:
    """As a file tells a booking that knows no hours."""
    start = datetime(line.day.year, line.day.month, line.day.day, tzinfo=UTC)
    return replace(line, is_dated=True, at=start)


def from_the_bank(line: ComparableBooking) -> ComparableBooking:
    """As the bank's API tells it: the hour, and no reference of its own."""
    return replace(line, bank_reference="", family="api")


@given(bookings())
def test_a_whole_statement_told_again_is_known_one_to_one(book: list[ComparableBooking]) -> None:
    for telling in (book, [by_day(b) for b in book], [from_the_bank(b) for b in book]):
        found = matches(telling, telling)
        assert sorted(n for n in found if n is not None) == list(range(len(book)))


@given(bookings())
def test_the_bank_and_its_file_tell_the_same_bookings(book: list[ComparableBooking]) -> None:
    file, api = [by_day(b) for b in book], [from_the_bank(b) for b in book]
    for stored, told in ((api, file), (file, api)):
        assert None not in matches(stored, told)


@given(bookings(), st.data())
def test_overlapping_files_with_references_add_exactly_what_is_new(
    book: list[ComparableBooking], data: st.DataObject
) -> None:
    end = data.draw(st.integers(0, len(book)))
    start = data.draw(st.integers(0, end))
    file = [by_day(b) for b in book]
    found = matches(file[:end], file[start:])
    assert found == [*range(start, end), *([None] * (len(book) - end))]


@given(bookings(), bookings())
def test_a_stored_booking_is_never_taken_for_two(
    stored: list[ComparableBooking], told: list[ComparableBooking]
) -> None:
    found = [n for n in matches(stored, [from_the_bank(b) for b in told]) if n is not None]
    assert len(found) == len(set(found))

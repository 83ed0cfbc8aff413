"""Bookings are stored once, however often and in what overlap they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from models.facts import AccountRef, LineFact, StatementFact
from models.store.statements.statements import record_statement
from models.store.unit import ENGINE, unit_of_work


@pytest.fixture
def lines(unit: Any) -> list[LineFact]:
    """Three bookings, two of them twins: same instant, amount, side and no reference."""
    first, twin, last = unit.line(1, 500), unit.line(2, 300), unit.line(4, 700, at_hours=9)
    return [first, twin, replace(twin, seq=3), last]


def stored(unit: Any, fact: StatementFact, name: str) -> int:
    with unit_of_work(unit.database) as work:
        return record_statement(work, ENGINE, unit.now, "", fact, name)[1]


def count(unit: Any, table: str) -> object:
    return unit.one(f"SELECT count(*) FROM {table}")


def test_identical_twins_stay_two(unit: Any, lines: list[LineFact]) -> None:
    assert stored(unit, unit.statement(lines), "one") == 4
    assert unit.one("SELECT count(*) FROM statement_line WHERE amount_minor = 300") == 2


def test_a_statement_recorded_twice_adds_nothing(unit: Any, lines: list[LineFact]) -> None:
    stored(unit, unit.statement(lines), "one")
    events = count(unit, "event")
    assert stored(unit, unit.statement(lines), "one") == 0
    assert (count(unit, "statement"), count(unit, "event")) == (1, events)


def test_an_overlapping_statement_adds_only_what_is_new(unit: Any, lines: list[LineFact]) -> None:
    stored(unit, unit.statement(lines[:3]), "one")
    later = unit.line(5, -100, at_hours=30)
    assert stored(unit, unit.statement([*lines[1:], later]), "two") == 2
    assert (count(unit, "statement_line"), count(unit, "statement")) == (5, 2)


def test_the_same_instant_in_another_zone_is_the_same_booking(
    unit: Any, lines: list[LineFact]
) -> None:
    stored(unit, unit.statement(lines), "one")
    east = timezone(timedelta(hours=8))
    elsewhere = [replace(x, booked_at=x.booked_at.astimezone(east)) for x in lines]
    assert stored(unit, unit.statement(elsewhere), "two") == 0


def test_a_payment_to_a_bank_that_is_no_partner_is_stored_too(unit: Any) -> None:
    stranger = AccountRef("bank-of-elsewhere", "9999000000000077")
    fact = unit.statement([unit.line(1, 500), unit.line(2, -400, counter=stranger)])
    assert stored(unit, fact, "one") == 2

"""After midnight the engine compares by itself; a difference is told once and stays on view."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from models.queries.audit.verify import verify
from models.queries.partners.register import partner_rows
from recovery_flows.engine.legal_days import Wanted, reconcile_days
from recovery_flows.engine.nightly import due_nights, reconcile_night
from tests.faults.sending.matrix.effects import assert_two_figures

MIDNIGHT = datetime(2026, 3, 2, 16, tzinfo=UTC)


def row(unit: Any) -> Any:
    with unit.database.reading() as session:
        return next(p for p in partner_rows(session) if p.id == unit.sandbox.HOME)


def told(unit: Any) -> list[str]:
    """What the history tells of the books of partners."""
    query = "SELECT event FROM event WHERE noun = 'partner' AND event != 'registered' ORDER BY seq"
    with unit.database.reading() as session:
        return list(session.execute(sa.text(query)).scalars())


async def held(unit: Any) -> str:
    unit.stop()
    await unit.sweep()
    return str(unit.hold().bank_ref)


def slip(unit: Any, minor: int, bank_ref: str) -> None:
    url = unit.sandbox.banks[unit.sandbox.HOME]["url"]
    body = {"hold": bank_ref, "minor": minor}
    httpx.post(f"{url}/sandbox/slips", json=body, trust_env=False).raise_for_status()


async def night(unit: Any) -> None:
    """What the engine does when it finds a day that is over."""
    for partner in due_nights(unit.engine):
        assert await reconcile_night(unit.engine, partner)


async def test_a_day_is_compared_once_after_its_midnight_and_nothing_is_told_where_all_is_equal(
    unit: Any,
) -> None:
    await held(unit)
    await night(unit)
    assert row(unit).reconciled_to == MIDNIGHT - timedelta(days=1)
    unit.later(13.1)  # six minutes after midnight in Shanghai: the feed may still lag
    assert due_nights(unit.engine) == []
    unit.later(0.1)
    assert due_nights(unit.engine) == [unit.sandbox.HOME]
    await night(unit)
    assert due_nights(unit.engine) == []
    assert (row(unit).reconciled_to, row(unit).disagreement) == (MIDNIGHT, "")
    assert told(unit) == []
    unit.engine.nights.clear()  # another engine knows it too
    assert due_nights(unit.engine) == []


def show_by_days(unit: Any, minor: int) -> None:
    """The bank's list of days shows this sum as held, whatever the hold itself shows."""
    with closing(sqlite3.connect(unit.sandbox.path)) as book, book:
        book.execute("UPDATE hold_amount SET held_minor = ?", [minor])


async def test_a_figure_changed_without_a_word_is_booked_at_night_and_looked_at(unit: Any) -> None:
    slip(unit, -1, await held(unit))
    unit.later(14)
    await night(unit)
    assert unit.hold().held_minor == 79_999
    assert_two_figures(unit, 80_000, 79_999)
    assert (told(unit), row(unit).disagreement) == ([], "")


async def test_a_difference_is_an_event_told_once_and_ends_when_it_is_put_right(unit: Any) -> None:
    await held(unit)
    show_by_days(unit, 79_999)
    unit.later(14)
    await night(unit)
    first = row(unit)
    assert first.disagreement.endswith("CNY 0.01 more in our books")
    assert first.disagreement.startswith("bank-home 2026-03-02 held")
    assert first.reconciled_to == MIDNIGHT - timedelta(days=1)
    assert due_nights(unit.engine) == []
    unit.later(24)
    await night(unit)
    assert (told(unit), row(unit).disagreement) == (["disagreed"], first.disagreement)
    show_by_days(unit, 80_000)
    unit.later(24)
    await night(unit)
    assert (told(unit), row(unit).disagreement) == (["disagreed", "reconciled"], "")
    assert row(unit).reconciled_to == MIDNIGHT + timedelta(days=2)
    assert verify(unit.database) == ()


async def test_a_bank_that_is_away_at_night_is_asked_again_and_days_left_out_are_made_up_for(
    unit: Any,
) -> None:
    await held(unit)
    unit.later(14)
    unit.sandbox.end()
    asked = await reconcile_days(unit.engine, Wanted())
    away = asked.partners[1]
    assert (asked.exit_code, away.partner, away.failed) == (4, unit.sandbox.HOME, True)
    assert not await reconcile_night(unit.engine, unit.sandbox.HOME)
    assert "cannot be reached" in row(unit).last_error
    assert due_nights(unit.engine) == []
    unit.sandbox.start()
    unit.later(24)
    unit.wall_now += timedelta(minutes=16)
    await night(unit)
    assert row(unit).reconciled_to == MIDNIGHT + timedelta(days=1)


async def test_a_partner_that_holds_nothing_any_more_is_not_polled_again_after_its_night(
    unit: Any,
) -> None:
    await held(unit)
    unit.later(24 * 30)  # the stop has long lapsed by law
    await unit.sweep()
    await night(unit)
    assert row(unit).reconciled_to is not None
    with unit.database.reading() as session:
        query = "SELECT feed_due_at, feed_interval_seconds FROM partner WHERE id = :id"
        planned = session.execute(sa.text(query), {"id": unit.sandbox.HOME}).one()
    assert tuple(planned) == (None, 0)

"""Day by day against the banks' own figures: a cent is found, and delay is no difference."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from models.entities.hold import HoldKind
from models.money import Money
from recovery_flows.engine import event_feed
from recovery_flows.engine.legal_days import PartnerDays, Wanted, reconcile_days
from recovery_flows.engine.reconciliation import reconcile
from recovery_flows.errors import MisuseError
from recovery_flows.ledger.legal_day_figures import DayFigure, DayLine, DayVerdict

HELD, PAID = DayFigure.HELD, DayFigure.PAID_OUT
MARCH_2, MARCH_3, MARCH_4 = (date(2026, 3, day) for day in (2, 3, 4))


async def at_home(unit: Any, **more: Any) -> PartnerDays:
    """The days at the mule's bank, which is of China's law."""
    found = await reconcile_days(unit.engine, Wanted(partner_id=unit.sandbox.HOME, **more))
    return found.partners[0]


def line(found: PartnerDays, day: date, figure: DayFigure) -> DayLine:
    (one,) = (x for x in found.lines if (x.day, x.figure) == (day, figure))
    return one


async def held(unit: Any) -> str:
    """The stop of 800.00 since 3:00 UTC of March 2; the bank's id of it."""
    unit.stop()
    await unit.sweep()
    return str(unit.hold().bank_ref)


async def paid_back(unit: Any) -> None:
    """The 800.00 is frozen and paid back on March 2, and everybody knows."""
    await unit.until("return")
    unit.later(0.1)
    unit.approve()
    await unit.sweep()


def plant(unit: Any, change: str) -> None:
    with closing(sqlite3.connect(unit.sandbox.path)) as raw, raw:
        assert raw.execute(change).rowcount == 1


def at_the_bank(unit: Any, what: str, **body: Any) -> None:
    """Something goes wrong at the mule's bank: a slip, a mistake."""
    url = unit.sandbox.banks[unit.sandbox.HOME]["url"]
    httpx.post(f"{url}/sandbox/{what}", json=body, trust_env=False).raise_for_status()


async def test_a_cent_wrong_in_the_banks_book_is_found_in_both_modes_and_since_its_day(
    unit: Any,
) -> None:
    bank_ref = await held(unit)
    unit.later(24)
    at_the_bank(unit, "slips", hold=bank_ref, minor=-1)
    unit.later(20)
    (apart,) = (await at_home(unit)).differences
    assert (apart.day, apart.figure, apart.difference) == (MARCH_3, HELD, Money(1, "CNY"))
    assert apart.sentence == (
        "bank-home 2026-03-03 held: ours CNY 800.00, the bank's CNY 799.99: "
        "CNY 0.01 more in our books"
    )
    assert [x.difference for x in (await reconcile(unit.engine)).differences] == [Money(1, "CNY")]
    plant(unit, "UPDATE hold SET held_minor = held_minor - 1, modified_us = acted_us")
    parted = (await at_home(unit)).first_difference
    assert parted is not None
    assert (parted.day, parted.difference) == (MARCH_2, Money(2, "CNY"))
    assert [x.difference for x in (await reconcile(unit.engine)).differences] == [Money(2, "CNY")]


async def test_days_agree_until_the_bank_books_a_payout_a_cent_too_high(unit: Any) -> None:
    await paid_back(unit)
    unit.later(48)
    found = await at_home(unit)
    assert (found.first, found.last, found.time_zone) == (MARCH_2, MARCH_3, "Asia/Shanghai")
    assert {x.verdict for x in found.lines} == {DayVerdict.EQUAL}
    assert line(found, MARCH_2, PAID).theirs == Money(80_000, "CNY")
    assert line(found, MARCH_2, DayFigure.PAYOUTS).theirs == 1
    (payout,) = unit.file().payouts
    at_the_bank(unit, "slips", payout=payout.bank_ref, minor=1)
    (apart,) = (await at_home(unit)).differences
    assert (apart.day, apart.figure, apart.difference) == (MARCH_2, PAID, Money(-1, "CNY"))
    assert "CNY 0.01 less in our books" in apart.sentence


async def test_what_was_learned_a_day_later_is_told_and_is_no_difference(unit: Any) -> None:
    bank_ref = await held(unit)
    unit.later(12.5)  # 15:30 UTC: half an hour before midnight in Shanghai
    at_the_bank(unit, "mistakes", hold=bank_ref)
    unit.later(1)
    unread = await reconcile_days(unit.engine, Wanted(partner_id=unit.sandbox.HOME))
    assert unread.exit_code == 5
    assert unread.partners[0].unread == 1
    assert "1 change of its feed not booked yet" in unread.partners[0].differences[0].sentence
    await event_feed.poll(unit.engine, unit.sandbox.HOME)
    read = await reconcile_days(unit.engine, Wanted(partner_id=unit.sandbox.HOME))
    told = line(read.partners[0], MARCH_2, HELD)
    assert (read.exit_code, told.verdict) == (0, DayVerdict.LEARNED_LATER)
    assert (told.ours, told.theirs) == (Money(0, "CNY"),) * 2
    assert (told.shown, told.learned_at) == (Money(80_000, "CNY"), unit.sandbox.now)


async def test_days_that_cannot_be_compared_are_refused(unit: Any) -> None:
    await held(unit)
    unit.later(24)
    mine = Wanted(partner_id=unit.sandbox.HOME)
    for wanted, told in (
        (replace(mine, last=MARCH_4), "2026-03-04 is not over at bank-home"),
        (replace(mine, first=MARCH_3, last=MARCH_2), "--from 2026-03-03 is after 2026-03-02"),
        (Wanted(partner_id="nobody"), "there is no partner bank 'nobody'"),
    ):
        with pytest.raises(MisuseError, match=told):
            await reconcile_days(unit.engine, wanted)


async def test_a_hold_that_ends_at_midnight_is_held_at_the_end_of_the_day_before(
    unit: Any,
) -> None:
    freeze = await unit.frozen()
    unit.later(24 * 186)
    await unit.sweep()
    ended = freeze.expires_at
    assert (ended.hour, unit.hold(HoldKind.FREEZE).state) == (16, "lapsed")
    found = await at_home(unit)
    assert not found.differences
    assert line(found, ended.date(), HELD).theirs == Money(80_000, "CNY")
    assert line(found, found.last or MARCH_2, HELD).theirs == Money(0, "CNY")

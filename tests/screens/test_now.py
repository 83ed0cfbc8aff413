from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from models.entities.event import EntityKind
from models.entities.officer import Role
from models.entities.recovery import RecoveryState
from models.outcome import Outcome, Transition
from models.store.record import record
from models.store.unit import Actor, unit_of_work
from tests.by_hand import without_money_guards
from tests.patience import PATIENCE_SECONDS
from tui.widgets.queue import QueueTable


@pytest.mark.usefixtures("traced")
async def test_a_new_report_and_then_least_time_left_stand_first_with_whose_turn_it_is(
    unity: Any, wait: Any
) -> None:
    unity.report(1_250_000)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await wait(pilot, app, "R-2026-0001", "R-2026-0002", "accept the report")
        lines = [line for line in text.splitlines() if "R-2026-000" in line]
        for told in ("! 1h 20m", "R-2026-0001", "■ freezing", "CNY 120,000.00", "▸ you"):
            assert told in lines[1]
        assert "! 0m old" in lines[0]
        assert "2 open recoveries  0 closed  ! 1 new within the hour  ! 1 end within 6 h" in text


async def test_the_filter_counts_its_matches_and_escape_gives_all_back(
    unity: Any, wait: Any
) -> None:
    for minor in (100_000, 200_000, 377_700):
        unity.report(minor)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        await pilot.press("slash", *"3,777")
        text = await wait(pilot, app, "filter: 1 of 3")
        assert "R-2026-0003" in text
        assert "R-2026-0001" not in text
        await pilot.press("enter")
        assert app.focused is app.screen.query_one(QueueTable)
        await pilot.press("escape")
        await wait(pilot, app, "R-2026-0001")


@pytest.mark.usefixtures("traced")
async def test_the_filter_finds_an_account_a_bank_and_a_case_number(unity: Any, wait: Any) -> None:
    unity.report(377_700)
    await asyncio.to_thread(
        unity.case_officer("li").advance, unity.report(400_000), case_number="Jing-2026/077"
    )
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        for sought, count in (
            ("9999000000004444", 1), ("4444", 1), ("test-abroad", 1), ("077", 1), ("0000", 0),
        ):  # fmt: skip
            await pilot.press("slash", *sought)
            await wait(pilot, app, f"filter: {count} of 3")
            await pilot.press("escape")
            await wait(pilot, app, "R-2026-0001", "R-2026-0002", "R-2026-0003")


async def test_the_cursor_stays_on_its_recovery_while_others_commit(unity: Any, wait: Any) -> None:
    ids = [unity.report(100_000 + n) for n in range(5)]
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0005")
        table = app.screen.query_one(QueueTable)
        await pilot.press("j", "j", "j")
        chosen = table.cursor_id
        row = table.cursor_row
        last = next(i for i in reversed(ids) if i != chosen)
        await asyncio.to_thread(unity.case_officer("li").advance, last, case_number="2026-1")
        await asyncio.to_thread(unity.case_officer("li").advance, last, knowing=True)
        await wait(pilot, app, "confirm the stop", "2h 00m")
        assert table.cursor_id == chosen
        assert abs(table.cursor_row - row) <= 1
        assert seen_under_cursor(table) == chosen


def seen_under_cursor(table: QueueTable) -> str:
    line = table.cursor_line
    return line.recovery_id if line else ""


async def test_scroll_and_cursor_stay_in_a_long_queue(unity: Any, wait: Any) -> None:
    for n in range(60):
        unity.report(100_000 + n)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "60 open recoveries", "R-2026-00")
        table = app.screen.query_one(QueueTable)
        await pilot.press("G")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while table.cursor_row != 59:
                await pilot.pause(0.05)
        table.page = replace(table.page, at_row=0)  # read before the cursor went
        assert table.cursor_row == 59
        await pilot.press("k")
        chosen, top = table.cursor_id, table.scroll_offset.y
        assert top > 30
        await asyncio.to_thread(unity.report, 999_900)
        await wait(pilot, app, "61 open recoveries")
        assert (table.cursor_id, table.scroll_offset.y) == (chosen, top)
        await pilot.press("g")
        assert (table.cursor_row, table.scroll_offset.y) == (0, 0)


async def test_a_click_on_the_head_sorts_and_a_double_click_opens(unity: Any, wait: Any) -> None:
    for minor in (300_000, 100_000, 200_000):
        unity.report(minor)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        table = app.screen.query_one(QueueTable)
        await pilot.click(QueueTable, offset=(50, 0))
        text = await wait(pilot, app, "loss▴")
        losses = [line for line in text.splitlines() if "reported" in line and "CNY" in line]
        assert ["1,000.00" in losses[0], "3,000.00" in losses[2]] == [True, True]
        await pilot.click(QueueTable, offset=(20, 2), times=2)
        await wait(pilot, app, "Accounts and holds", "CNY 2,000.00")
        assert table.sorted_by == ("loss", False)


async def test_an_empty_queue_and_a_missing_engine_say_what_to_do(unity: Any, wait: Any) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery", "recovery intake reports FILE", "○ no engine")
        await wait(pilot, app, "start it: `recovery engine`")
        unity.beat()
        await wait(pilot, app, "● working")


async def test_pausing_stops_the_picture_and_says_so(unity: Any, wait: Any, look: Any) -> None:
    unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "1 open recovery")
        await pilot.press("p")
        await wait(pilot, app, "‖ PAUSED")
        unity.report(200_000)
        await pilot.pause(0.6)
        assert "1 open recovery" in look(app)
        await pilot.press("p")
        await wait(pilot, app, "2 open recoveries")


@pytest.mark.usefixtures("traced")
async def test_a_story_marks_synthetic_data_on_every_screen(unity: Any, wait: Any) -> None:
    app = unity.app("li", story=lambda: "day one: a bank answers")
    async with app.run_test(size=(80, 24)) as pilot:
        for key in "1234":
            await pilot.press(key)
            await wait(pilot, app, "SYNTHETIC DATA day one: a bank answers")


async def test_the_theme_of_the_settings_is_worn_and_an_unknown_one_is_said(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", theme="recovery-light")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery")
        assert app.theme == "recovery-light"
    app = unity.app("li", theme="plaid")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "✕ there is no theme 'plaid' (`screen.theme`): `:` lists them")
        assert app.theme == "recovery"


async def test_the_screen_looks_as_often_as_the_settings_say(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("li", refresh_seconds=60.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery")
        await asyncio.to_thread(unity.report, 100_000)
        await pilot.pause(1.0)
        assert "No open recovery" in look(app)
    app = unity.app("li", refresh_seconds=0.05)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await asyncio.to_thread(unity.report, 200_000)
        await wait(pilot, app, "2 open recoveries")


async def test_a_new_report_stands_first_with_its_age_and_old_ones_say_how_old_they_are(
    unity: Any, wait: Any
) -> None:
    old = unity.report(300_000, ref="old")
    late = unity.report(200_000, ref="late")
    unity.case_officer("li").advance(late, case_number="1")
    unity.case_officer("li").advance(late, knowing=True)
    unity.move_clock(hours=30)
    unity.report(100_000, ref="new")
    unity.move_clock(minutes=12)
    for size in ((80, 24), (120, 40)):
        app = unity.app("li")
        async with app.run_test(size=size) as pilot:
            text = await wait(pilot, app, "! 12m old", "○ 1d 06h", "! 1 new within the hour")
            rows = [x for x in text.splitlines() if "R-2026-000" in x and "CNY" in x]
            refs = [next(r for r in ("0001", "0002", "0003") if r in x) for x in rows]
            assert refs == ["0003", "0002", "0001"]
            assert ("‼ -1d 04h" if size == (80, 24) else "‼ 1d 04h late") in text
    assert old


@pytest.fixture
def ended(unity: Any) -> str:
    """A recovery that was closed with nothing recovered."""
    recovery: str = unity.report(300_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    with unit_of_work(unity.database) as unit:
        closing = Transition(
            EntityKind.RECOVERY, recovery, "closed_no_recovery", RecoveryState.OPEN
        )
        with without_money_guards(unit.session):
            record(unit, Actor("wang", Role.SUPERVISOR), unity.now, recovery, Outcome((closing,)))
    return recovery


@pytest.mark.usefixtures("ended")
async def test_c_lists_what_has_ended_and_leaves_it_out_again(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "0 open recoveries", "1 closed", "c lists the 1 that have ended")
        await pilot.press("c")
        text = await wait(pilot, app, "listed too", "R-2026-0001", "closed")
        (row,) = (line for line in text.splitlines() if "R-2026-0001" in line and "CNY" in line)
        assert "engine" not in row
        await pilot.press("enter")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("1", "c")
        await wait(pilot, app, "c lists the 1 that have ended")
        assert "listed too" not in look(app)


async def test_a_demo_that_begins_tells_what_will_be_seen(unity: Any, wait: Any) -> None:
    for size in ((80, 24), (120, 40)):
        app = unity.app("li", story=lambda: "the banks are coming up")
        async with app.run_test(size=size) as pilot:
            await wait(pilot, app, "The demo begins", "the bank pays the victims", "? the keys")

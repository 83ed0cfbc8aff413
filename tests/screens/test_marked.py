"""Marked lines: the next step of each with one yes; what is held back; the log."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.usefixtures("traced")
async def test_marked_reports_are_accepted_with_one_yes_and_a_result_for_each(
    unity: Any, wait: Any, look: Any
) -> None:
    for minor in (100_000, 200_000, 300_000):
        unity.report(minor)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0004")
        await pilot.press("slash", *"stage:reported", "enter", "asterisk")
        await wait(pilot, app, "✓ 3 marked")
        await pilot.press("space")
        await wait(pilot, app, "✓ 2 marked")
        await pilot.press("k", "space")
        await wait(pilot, app, "✓ 3 marked")
        await pilot.press("n")
        await wait(pilot, app, "3 recoveries: the next step of each?")
        await pilot.press("enter", "y")
        await wait(pilot, app, "the case number must end in digits")
        await pilot.press("tab", *"J-099", "enter")
        await wait(pilot, app, "CNY 1,000.00 J-099", "J-100", "J-101")
        stale = look(app)
        assert "R-2026-0001" not in stale.split("the next step of each?")[1]
        moved = unity.case_officer("li")
        moved.advance(app.source.recovery_id("R-2026-0003"), case_number="else")
        await pilot.press("y")
        await wait(pilot, app, "What became of each", "✓ accepted under case number", "✕ ")
        await wait(pilot, app, "2 steps done, 1 refused")
        await pilot.press("escape")
        await wait(pilot, app, "✓ 1 marked")
        await pilot.press("escape", "9")
        await wait(pilot, app, "Log", "$ recovery advance R-2026-0004 --case-number J-")


async def test_an_approval_is_held_back_until_u_takes_it_back_or_its_seconds_are_over(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(100_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    unity.case_officer("li").advance(recovery)
    app = unity.app("wang", start_screen="approvals", hold_back_seconds=60)
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "1 approval pending")
        await pilot.press("a", "y")
        await wait(pilot, app, "held back for 60 s: u takes it back; nothing has left")
        await pilot.press("q")
        await wait(pilot, app, "1 act held back would not be carried out")
        await pilot.press("escape", "u")
        await wait(pilot, app, "taken back: nothing was recorded or sent", "1 approval pending")
        await pilot.press("u")
        await wait(pilot, app, "nothing is held back: what was done stands")
        await pilot.press("d")
        await wait(pilot, app, "A no takes the stop back at its bank", "why is it denied?")
        await pilot.press(*"too fast", "enter")
        await wait(pilot, app, "held back for 60 s: u takes it back; nothing has left")
        await pilot.press("u")
        await wait(pilot, app, "taken back: nothing was recorded or sent", "1 approval pending")
        app.hold_back_seconds = 1
        await pilot.press("a", "y")
        await wait(pilot, app, "No approvals pending")

"""Marked approvals: one yes, each by itself; what is looked at alone is never among them."""

from __future__ import annotations

from typing import Any

from tests.screens.conftest import HOME, AccountRef


def _stops(unity: Any, count: int) -> list[str]:
    li, made = unity.case_officer("li"), []
    for n in range(count):
        payee = AccountRef(HOME, f"99990000000077{n:02}", "Synthetic Payee")
        recovery = unity.report(100_000 * (n + 1), payee=payee)
        li.advance(recovery, case_number=f"S-{n}")
        li.advance(recovery)
        made.append(recovery)
    return made


async def test_marked_confirmations_are_given_with_one_yes_and_a_result_for_each(
    unity: Any, wait: Any, look: Any, returnable: str
) -> None:
    assert returnable
    first, *_ = _stops(unity, 3)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "4 approvals pending")
        await pilot.press("asterisk")
        await wait(pilot, app, "✓ 3 marked: a approves them")
        await pilot.press("d")
        await wait(pilot, app, "each is denied by itself")
        await pilot.press("G", "space")
        await wait(pilot, app, "✓ 4 marked")
        await pilot.press("a")
        await wait(pilot, app, "Approve 3 approvals?", "CNY 3,000.00", "those marked cannot")
        assert "R-2026-0001 ✕ a return to victims is approved by itself" in look(app)
        other = unity.case_officer("zhao")
        await pilot.pause()
        page = app.source.page(first)
        other.approve(page.approvals[0].approval_id)
        await pilot.press("y")
        await wait(pilot, app, "What became of each", "2 approvals given, 1 refused")
        await pilot.press("escape")
        await wait(pilot, app, "1 approval pending")
        await pilot.press("9")
        await wait(pilot, app, "$ recovery approve appr-")


async def test_one_who_may_not_approve_is_told_so_of_each(unity: Any, wait: Any) -> None:
    _stops(unity, 2)
    app = unity.app("li", start_screen="approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "2 approvals pending")
        await pilot.press("space", "space")
        await wait(pilot, app, "✓ 2 marked")
        await pilot.press("a")
        await wait(
            pilot,
            app,
            "None of these is approved together",
            "you asked for it: a second person decides",
        )
        await pilot.press("escape", "escape")
        text = await wait(pilot, app, "2 approvals pending")
        assert "marked" not in text

"""The trace of one recovery on the screen: every rule, one victim's way, no data of persons."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_rule_can_be_seen_beside_the_one_in_force(
    unity: Any, traced: str, wait: Any, size: tuple[int, int]
) -> None:
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=size) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("t")
        text = await wait(
            pilot, app, "R-2026-0001", "traced by first in, first out", "Under each rule", "▸fifo"
        )
        seen = text
        for rule in ("lifo", "pro rata", "libr", "tainted first", "poison", "tiho"):
            await pilot.press("right")
            seen += await wait(pilot, app, "Under each rule", f" {rule}")
        assert "not added up" in seen
        assert all(cell_len(line) <= size[0] for line in text.splitlines())


async def test_a_victims_money_is_shown_payment_by_payment(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=(120, 60)) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("t")
        await wait(pilot, app, "One victim's money", "└ 2026-", "shown by")
        await pilot.press("escape")
        await wait(pilot, app, "Accounts and holds")


async def test_another_rule_is_asked_for_with_a_reason_and_waits_for_a_second_person(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("t")
        await wait(pilot, app, "Under each rule")
        await pilot.press("c")
        text = await wait(pilot, app, "trace by which rule?", "lifo", "pro rata", "libr")
        assert "tiho" not in text.split("trace by which rule?")[1].split("Back")[0]
        await pilot.press("down", "enter")
        await wait(pilot, app, "trace by pro rata", "Why is this rule right")
        await pilot.press("enter")
        await wait(pilot, app, "may not be empty")
        await pilot.press(*"all mixed", "enter")
        await wait(pilot, app, "pro rata is asked for and waits for a second person")

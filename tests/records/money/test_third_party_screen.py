"""A third party's claim, driven by keys on the restitution screen and by commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.cells import cell_len

from models.entities.officer import Role
from models.store.unit import Actor
from recovery_flows.cases.third_parties.actions import Filing, file_claim
from tests.records.money.test_other_ways_screen import app_of
from tests.records.money.test_third_party import HARM, PAPER, held, released, row
from tests.screens.conftest import until

__all__ = ["held"]


async def test_a_claim_is_filed_decided_and_released_by_keys(
    unit: Any, acts: Any, held: str
) -> None:
    async with app_of(unit, held).run_test(size=(120, 40)) as pilot:
        app = pilot.app
        await until(pilot, app, "Money by other ways", "No voluntary return was invited")
        await pilot.press("m")
        await until(pilot, app, "file a third party's claim on ···· 0001 at bank-home")
        await pilot.press("down", "enter")
        await until(pilot, app, "$ recovery third-party file R-2026-0001")
        await pilot.press(*"theft 1.00 mine", "enter")
        await until(pilot, app, "'theft' is none of them")
        await pilot.press("m", "down", "enter")
        await until(pilot, app, "$ recovery third-party file")
        await pilot.press(*"excess - a shop's takings", "enter")
        await until(pilot, app, "CNY 4,000.00 claimed; to be decided by")
        await until(pilot, app, "third party's claim filed", "of 4,000.00 came")
        await pilot.press("m")
        await until(pilot, app, "propose a decision on the claim of CNY 4,000.00")
        await pilot.press("down", "enter")
        await until(pilot, app, "$ recovery third-party decide R-2026-0001")
        await pilot.press(*"uphold the books show it", "enter")
        text = await until(pilot, app, "to be upheld with CNY 4,000.00")
        assert all(cell_len(line) <= 120 for line in text.splitlines())
    unit.approve(held)
    released(unit, acts, held, 100_000)
    async with app_of(unit, held).run_test(size=(80, 40)) as pilot:
        await until(pilot, pilot.app, "third party's claim released")
    assert row(unit, held).state == "released"


async def test_a_payment_for_a_wrong_freeze_is_entered_by_keys(
    unit: Any, held: str, tmp_path: Path
) -> None:
    officer = unit.case_officer(Actor("chen", Role.OFFICER))
    file_claim(officer, held, Filing(HARM, "the rent bounced", "80.00", paper=PAPER))
    paper = tmp_path / "slip.txt"
    paper.write_bytes(PAPER)
    async with app_of(unit, held).run_test(size=(120, 40)) as pilot:
        app = pilot.app
        await until(pilot, app, "third party's claim filed", "of 80.00 came")
        await pilot.press("m", "down", "enter")
        await until(pilot, app, "$ recovery third-party decide")
        await pilot.press(*"uphold the fees are shown", "enter")
        await until(pilot, app, "to be upheld with CNY 80.00")
        unit.approve(held)
        await until(pilot, app, "CNY 80.00 to be paid")
        await pilot.press("m", "down", "enter")
        await until(pilot, app, "$ recovery third-party pay")
        at = unit.now.isoformat()
        await pilot.press(*f"unit-budget 80.00 {at} B-7 {paper}", "enter")
        await until(pilot, app, "80.00 paid for", "it counts when another person")
    unit.approve(held)
    assert row(unit, held).state == "paid"

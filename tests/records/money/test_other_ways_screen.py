"""Money by other ways on the restitution screen: shown with its sums and driven by keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from tests.recall_messages import CHANNELS, answered, drafted, returned
from tests.records.money.unclaimed_case import back, short_notice
from tests.screens.conftest import until
from tui.app import RecoveryApp
from tui.screen_queries import Source

__all__ = ["back"]
SIZES = ((80, 24), (120, 40))
INSURER = AccountRef("bank-slow", "9999000000000088", "Synthetic Insurer")


@pytest.fixture
def spent(unit: Any, acts: Any) -> str:
    """1,000.00 were paid; 300.00 are held, 700.00 went on in cash."""
    recovery_id = str(unit.traced(30_000, left_minor=70_000))
    acts.decide(recovery_id)
    return recovery_id


def app_of(unit: Any, recovery_id: str) -> RecoveryApp:
    return RecoveryApp(
        Source(unit.database, unit.laws, channels=CHANNELS), unit.case_officer().officer,
        officers=(unit.case_officer().officer,), unit_name="Test Unit", recovery_id=recovery_id,
        start_screen="restitution",
    )  # fmt: skip


async def test_a_holder_is_invited_promises_and_is_reminded_by_keys(
    unit: Any, acts: Any, spent: str
) -> None:
    app = app_of(unit, spent)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "Money by other ways", "messages to victims due")
        await pilot.press("m")
        await until(pilot, app, "invite the holder of", "A promise is no money")
        await pilot.press("enter")
        await until(pilot, app, "$ recovery voluntary invite R-2026-0001")
        await pilot.press(*"told at the interview", "enter")
        await until(pilot, app, "voluntary return invited", "an answer is due by")
        await pilot.press("m", "enter")
        await until(pilot, app, "$ recovery voluntary plan R-2026-0001 return-")
        await pilot.press(*"250.00", "enter")
        await until(pilot, app, "is not AMOUNT@INSTANT")
        await pilot.press("m", "enter")
        await until(pilot, app, "$ recovery voluntary plan")
        plan = "250.00@2026-04-01T00:00+08:00 250.00@2026-05-01T00:00+08:00"
        await pilot.press(*plan, "enter")
        await until(pilot, app, "0.00 of 500.00 came", "part 1 CNY 250.00")
    unit.later(24 * 31)
    acts.decide(spent)
    app = app_of(unit, spent)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "part 1 CNY 250.00 31 Mar overdue")
        await pilot.press("m")
        await until(pilot, app, "of what is overdue")
        await pilot.press("enter")
        await until(pilot, app, "$ recovery voluntary remind")
        await pilot.press(*"by telephone", "enter")
        await until(pilot, app, "reminded of 1 overdue", "part 1 CNY 250.00 31 Mar reminded")


@pytest.mark.parametrize("size", SIZES)
async def test_a_recall_is_sent_answered_and_its_money_shown_by_keys(
    unit: Any, spent: str, tmp_path: Path, size: tuple[int, int]
) -> None:
    drafted(unit, spent)
    unit.approve(spent)
    app = app_of(unit, spent)
    async with app.run_test(size=size) as pilot:
        await until(pilot, app, "recall approved", "0.00 of 1,000.00 came")
        await pilot.press("m", "enter")
        await until(pilot, app, "$ recovery recall sent R-2026-0001 recall-")
        await pilot.press(*"the portal", "enter")
        await until(pilot, app, "sent; an answer is due by")
        (tmp_path / "answer.xml").write_bytes(answered("ACCR"))
        (tmp_path / "money.xml").write_bytes(returned("480.00", costs="20.00"))
        for name, told in (("answer.xml", "nothing of it is money"), ("money.xml", "480.00 back")):
            await pilot.press("m")
            await until(pilot, app, "take a bank's camt.029 or pacs.004")
            await pilot.press("down", "enter")
            await until(pilot, app, "$ recovery recall answer FILE")
            await pilot.press(*str(tmp_path / name), "enter")
            await until(pilot, app, told)
    unit.approve(spent)
    app = app_of(unit, spent)
    async with app.run_test(size=(120, 60)) as pilot:
        text = await until(pilot, app, "recall partly returned", "480.00 of 1,000.00 came")
        assert "returned 480.00" in text
        assert all(cell_len(line) <= 120 for line in text.splitlines())
    claim = unit.file(spent).claims[0]
    money_actions.compensate(
        unit.case_officer(), spent, claim.id, INSURER, Money(10_000, "CNY"), unit.start,
        b"an invented letter", "I-1",
    )  # fmt: skip
    app = app_of(unit, spent)
    async with app.run_test(size=(120, 60)) as pilot:
        text = await until(pilot, app, "paid by others asked", "of 100.00 came")
        assert "Insurer" not in text


async def test_what_nobody_claimed_goes_to_the_treasury_by_keys(
    unit: Any, acts: Any, back: str
) -> None:
    short_notice(unit)
    app = app_of(unit, back)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("m")
        await until(pilot, app, "announce CNY 666.66 that did not reach")
        await pilot.press("enter")
        await until(pilot, app, "$ recovery unclaimed announce R-2026-0001")
        await pilot.press(*"letters came back", "enter")
        await until(pilot, app, "to be published")
    unit.later(24 * 31)
    acts.decide(back)
    app = app_of(unit, back)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "unclaimed share")
        await pilot.press("m")
        await until(pilot, app, "send the unclaimed CNY 666.66 to the treasury", "came forward")
        await pilot.press("enter")
        await until(pilot, app, "$ recovery unclaimed transfer")
        await pilot.press(*"bank-slow", "enter")
        await until(pilot, app, "type BANK ACCOUNT HOLDER")
        await pilot.press("m", "enter")
        await until(pilot, app, "$ recovery unclaimed transfer")
        await pilot.press(*"bank-slow 9999000000000099 Treasury", "enter")
        await until(pilot, app, "is to go to the treasury when another person has approved it")
    assert [p.state for p in unit.file(back).payouts if p.unclaimed_id] == ["prepared"]

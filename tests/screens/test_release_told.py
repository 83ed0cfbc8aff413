"""On the screen too, who releases money reads which closed recovery had lost money there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.case_file import CaseFile
from models.entities.catalogue import table_of
from models.entities.event import EntityKind
from models.entities.hold import HoldState
from models.entities.recovery import Recovery, RecoveryState
from models.facts import Direction, LineFact, LineKind
from models.money import Money
from models.queries.cases.case_files import load_file
from models.queries.cases.history import reasons_of
from recovery_flows.freezing import actions as hold_actions
from tests.screens.conftest import MULE, START, VICTIM
from tests.screens.test_restricted import restrict


def credit(number: int, minor: int, ref: str) -> LineFact:
    return LineFact(
        booked_at=START - timedelta(minutes=number), seq=number, direction=Direction.CREDIT,
        amount=Money(minor, "CNY"), kind=LineKind.TRANSFER, counter=VICTIM, end_to_end_id=ref,
    )  # fmt: skip


def file_of(unity: Any, recovery_id: str) -> CaseFile:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


def two_of_an_account(unity: Any, ended: int = 1) -> tuple[str, str]:
    """So many of Zhao's have ended without their 800.00; Li's stop there was sent first."""
    others = [unity.report(80_000, ref=f"one{number}") for number in range(ended)]
    for number, other in enumerate(others, 1):
        unity.case_officer("zhao").advance(other, case_number=f"Z-{number}", knowing=True)
        unity.statement(other, MULE, credit(number, 80_000, f"Eone{number - 1}"))
    second = unity.report(50_000, ref="two")
    desk = unity.case_officer("li")
    desk.advance(second, case_number="L-1")
    desk.advance(second, knowing=True)
    unity.hold(second)
    recoveries = table_of(Recovery)
    with unity.database.writer.begin() as raw:
        closed = RecoveryState.CLOSED_NO_RECOVERY
        raw.execute(recoveries.update().where(recoveries.c.id.in_(others)).values(state=closed))
    return others[0], second


def to_be_released(unity: Any, ended: int = 1) -> tuple[str, str]:
    """Of Li's hold 200.00 are to be released."""
    first, second = two_of_an_account(unity, ended)
    file = file_of(unity, second)
    unity.case_officer("wang").approve(file.approvals[0].id)
    desk = unity.case_officer("li")
    hold_actions.release_part(desk, second, file.holds[0].id, Money(20_000, "CNY"), "wages")
    return first, second


async def test_a_yes_to_a_release_is_given_below_what_others_lost_there(
    unity: Any, wait: Any
) -> None:
    _, second = to_be_released(unity)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001, which", "CNY 800.00 of it did not", "ask zhao")
        await pilot.press("a")
        await wait(pilot, app, "Approve", "ask zhao")
        await pilot.press("y")
        await wait(pilot, app, "approved")
    assert file_of(unity, second).holds[0].releasing_minor == 20_000


async def test_a_no_that_takes_a_stop_back_names_the_closed_recovery_first(
    unity: Any, wait: Any
) -> None:
    _, second = two_of_an_account(unity)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        await pilot.press("d")
        await wait(pilot, app, "takes the stop back", "R-2026-0001, which has ended")
        await pilot.press(*"no", "enter")
        await wait(pilot, app, "denied")
    assert file_of(unity, second).holds[0].state is HoldState.RELEASE_PENDING


def test_the_history_of_a_release_says_no_more_of_a_restricted_recovery_than_whom_to_ask(
    unity: Any,
) -> None:
    """Wang, who approves, sees it; whoever reads the history of the other recovery may not."""
    first, second = to_be_released(unity)
    restrict(unity, first)
    asked = next(a for a in file_of(unity, second).approvals if a.state == "pending")
    unity.case_officer("wang").approve(asked.id, knowing=True)
    with unity.database.reading() as session:
        why = reasons_of(session, second, EntityKind.APPROVAL, "approved")[asked.id]
    assert why == "released knowing that 1 closed recovery (of wang) had lost money to the account"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_yes_below_many_closed_recoveries_is_given_in_sight_of_its_figures(
    unity: Any, wait: Any, look: Any, size: tuple[int, int]
) -> None:
    """All of them had stood above the figures, which had no room left."""
    to_be_released(unity, ended=7)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "R-2026-0008")
        await pilot.press("a")
        bound = ("recovery R-2026-0008", "amount CNY 200.00", "digest", "y Confirm")
        await wait(pilot, app, "Approve", "7 duplicate subjects ↑ ↓ scroll", *bound)
        seen = set[str]()
        for _ in range(24):
            seen |= {f"R-2026-000{n}" for n in range(1, 8) if f"R-2026-000{n}, which" in look(app)}
            await pilot.press("down")
        assert len(seen) == 7
        await pilot.press("y")
        await wait(pilot, app, "approved")

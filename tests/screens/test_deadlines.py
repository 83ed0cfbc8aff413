"""The clock wall: every clock that runs, nearest end first, each with its article and status."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rich.cells import cell_len

from models.facts import AccountRef
from models.queries.cases.case_files import load_file
from recovery_flows.cases.deadlines import running
from recovery_flows.cases.views.all_deadlines import deadlines_view
from tui.widgets.deadline_table import DeadlineTable

WALL = datetime(2026, 1, 1, tzinfo=UTC)
OTHER_MULE = AccountRef("test-east", "9999000000005555", "Synthetic Other")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_wall_shows_each_clock_with_its_law(
    unity: Any, traced: str, wait: Any, size: tuple[int, int]
) -> None:
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=size) as pilot:
        await pilot.press("6")
        text = await wait(
            pilot, app, "2 running deadlines", "confirmation due", "stop ends", "R-2026-0001",
            "CNY 36,000.00", "? unverified",
        )  # fmt: skip
        assert text.index("confirmation due") < text.index("stop ends")
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        await pilot.press("down")
        await wait(pilot, app, "PBC notice Yinfa [2016] No. 86", "✓ confirmed")


async def test_the_wall_filters_opens_a_recovery_and_does_its_next_step(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", start_screen="deadlines", recovery_id=traced)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "2 running deadlines")
        await pilot.press("slash", *"ends", "enter")
        await wait(pilot, app, "filter: 1 of 2")
        await pilot.press("n")
        await wait(pilot, app, "Sent to the bank immediately, or prepared as a letter")
        await pilot.press("escape", "enter")
        await wait(pilot, app, "Accounts and holds")


async def test_a_late_clock_is_counted_and_signed(unity: Any, traced: str, wait: Any) -> None:
    unity.move_clock(hours=3)
    unity.change(traced)
    app = unity.app("li", start_screen="deadlines")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "‼ 1 late", "the time for it is over", "▲")
        assert app.screen.query_one(DeadlineTable).cursor_line.clock.what == "confirmation due"


@pytest.fixture
def both(unity: Any, traced: str) -> tuple[str, str]:
    """Two recoveries with running deadlines."""
    unity.move_clock(hours=1)
    other = unity.report(900_000, ref="other", payee=OTHER_MULE)
    unity.case_officer("li").advance(other, case_number="2026-79")
    unity.case_officer("li").advance(other)
    return traced, other


def test_the_first_clock_of_a_recovery_is_what_the_queue_counts_to(
    unity: Any, both: tuple[str, str]
) -> None:
    laws = unity.case_officer("li").laws
    wall_now = deadlines_view(unity.database, laws, WALL)
    first: dict[str, datetime] = {}
    for line in wall_now.lines:
        first.setdefault(line.recovery_id, line.clock.due_at)
    with unity.database.reading() as session:
        told = {r: running(load_file(session, r), laws)[0].due_at for r in both}
    assert first == told


def test_a_cut_wall_says_up_to_when_it_is_complete(unity: Any, both: tuple[str, str]) -> None:
    laws = unity.case_officer("li").laws
    whole = deadlines_view(unity.database, laws, WALL)
    cut = deadlines_view(unity.database, laws, WALL, recoveries=len(both) - 1)
    assert whole.until is None
    assert cut.until is not None
    assert (
        cut.lines
        == tuple(
            line
            for line in whole.lines
            if line.clock.due_at <= cut.until and line.recovery_id in both
        )[: len(cut.lines)]
    )
    assert 0 < len(cut.lines) < len(whole.lines)

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from models.entities.ledger import LedgerAccount
from models.money import Money
from models.queries.cases.views import TermLine
from recovery_flows.cases.pages.money import whole
from recovery_flows.cases.pages.value import Column, Whole
from tests.by_hand import change
from tui.layout import grid
from tui.panels.page import bar, legend
from tui.text import word

NEEDED = {
    "1": ("R-2026-0001", "CNY 120,000.00", "1h 20m", "send the stop", "n Next step"),
    "2": ("R-2026-0001", "freezing", "CNY 120,000.00 lost by 1 victim", "2026-77",
                 "n send the stop-payment of CNY 50,000.00", "held CNY 36,000.00",
                 "located CNY 74,000.00", "dissipated CNY 10,000.00", "Accounts and holds",
                 "esc Back",
          "reported 2026-03-02 14:00:00 CST, stop sent after 40 min"),
    "3": ("1 approval pending", "confirm stop-payment", "CNY 120,000.00", "a Approve"),
    "4": ("CNY 120,000.00 reported", "interception", "30.0 %", "held to date / reported"),
}  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_matters_stands_on_the_screen(
    unity: Any, traced: str, wait: Any, size: tuple[int, int]
) -> None:
    app = unity.app("zhao", recovery_id=traced)
    async with app.run_test(size=size) as pilot:
        for key, needed in NEEDED.items():
            await pilot.press(key)
            text = await wait(pilot, app, *needed, "Test Unit", "as of 2 Mar", "UTC", "q Quit")
            assert all(cell_len(line) <= size[0] for line in text.splitlines())
            assert len(text.splitlines()) == size[1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_reference_is_never_cut_however_many_recoveries_a_year_has(
    unity: Any, traced: str, wait: Any, size: tuple[int, int]
) -> None:
    """Cut, those of ten thousand recoveries would be the same on the screen."""
    change(unity.database.engine.url.database, "UPDATE recovery SET ref = 'R-2026-100000'",
           "UPDATE pending_approval SET ref = 'R-2026-100000'",
           "UPDATE queue_entry SET deadlines = NULL")  # fmt: skip
    app = unity.app("wang", recovery_id=traced)
    async with app.run_test(size=size) as pilot:
        for key in "13680":
            await pilot.press(key)
            text = await wait(pilot, app, "R-2026-100000", "q Quit")
            assert all(cell_len(line) <= size[0] for line in text.splitlines())


async def test_the_page_tells_accounts_clocks_law_and_requests(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", start_screen="recovery", recovery_id=traced)
    async with app.run_test(size=(120, 60)) as pilot:
        await wait(
            pilot, app, "test-east", "└ test-west", "└ test-abroad (GB)", "GBP 2,500.00",
            "CNY 36,000.00", "■ stopped", "2d 00h", "PBC notice Yinfa [2016] No. 86",
            "✓ confirmed", "? unverified", "12 missing: requesting authority", "asked by li",
            "S··", "hold drafted",
        )  # fmt: skip
        await pilot.press("tab", "tab")
        await pilot.press("v")
        await wait(pilot, app, "R-2026-0001: ")


async def test_every_event_and_every_hold_can_be_seen_in_full(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", start_screen="recovery", recovery_id=traced)
    async with app.run_test(size=(100, 40)) as pilot:
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("v")
        await wait(pilot, app, "freeze at", "■ stopped until", "CN_FREEZE_DEPOSIT")
        await pilot.press("escape")
        app.screen.query_one("#events").focus()
        await pilot.press("v")
        await wait(pilot, app, "R-2026-0001: all ", "recovery accepted")


async def test_a_long_unit_name_gives_way_to_the_time_and_its_zone(unity: Any, wait: Any) -> None:
    unity.beat()
    app = unity.app("zhao", unit_name="A Unit With A Very Long Name", time_zone="Asia/Shanghai")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "as of 2 Mar 14:00 CST", "zhao officer, supervisor", "● working")


@pytest.mark.usefixtures("traced")
async def test_a_terminal_that_changes_its_size_is_followed(unity: Any, wait: Any) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "▸ send the stop")
        await pilot.resize_terminal(130, 45)
        await wait(pilot, app, "▸ you", "■ freezing", "held CNY 36,000.00")
        await pilot.resize_terminal(80, 24)
        await wait(pilot, app, "■ freeze ")


async def test_help_is_found_by_word_and_by_key(unity: Any, wait: Any) -> None:
    app = unity.app("li")
    async with app.run_test(size=(100, 40)) as pilot:
        await wait(pilot, app, "No open recovery")
        await pilot.press("question_mark")
        await wait(pilot, app, "Do the next step of the recovery")
        await pilot.press(*["pagedown"] * 3)
        await wait(pilot, app, "late", "confirmed in a text")
        await pilot.press(*["pageup"] * 3)
        await wait(pilot, app, "Do the next step of the recovery")
        await pilot.press(*"read-only")
        text = await wait(pilot, app, "Read-only on or off")
        assert "Do the next step" not in text
        await pilot.press(*["backspace"] * 9, "slash")
        assert "Filter as you type" in await wait(pilot, app, "Filter as you type")
        await pilot.press("escape", "colon")
        await wait(pilot, app, "Search for commands")
        await pilot.press(*"rdonly")
        await wait(pilot, app, "Read-only  (R)")


def terms(**minor: int) -> Whole:
    (made,) = whole([TermLine(LedgerAccount(k), Money(v, "CNY")) for k, v in minor.items()])
    return made


def test_the_bar_fills_its_width_and_loses_no_term() -> None:
    shown = bar(terms(held=1, gone=999_999_999, located=1), 40)
    assert shown.cell_length == 40
    assert {"▓", "▒", "╱"} == set(shown.plain)


def test_the_legend_names_every_term_with_its_share() -> None:
    text = "\n".join(x.plain for x in legend(terms(held=25, not_located=75), 100))
    assert "▓ held CNY 0.25  25.0 %" in text
    assert "░ not located CNY 0.75  75.0 %" in text


def test_figures_are_cut_last() -> None:
    columns = (Column("who", rest=True), Column("sum", right=True))
    lines = grid(columns, [(word("a very long name indeed"), word("CNY 1,234.00"))], 24)
    assert "CNY 1,234.00" in lines[1].plain
    assert "…" in lines[1].plain
    assert all(line.cell_length == 24 for line in lines)

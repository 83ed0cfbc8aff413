"""The audit trail on the terminal, by keys, and as `recovery tui --plain`."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from models.entities.outside.disclosure import DisclosureKind
from models.queries.looks.trail import TrailLine
from recovery_flows.access.disclosures import note_files
from tests.patience import PATIENCE_SECONDS
from tui.widgets.trail import TrailTable

SIZES = [(80, 24), (120, 40)]


async def row_of(pilot: Any, table: TrailTable, row: int) -> TrailLine:
    """The line of a row, as soon as it was read."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (line := table.line_at(row)) is None:
            await pilot.pause(0.05)
    return line


@pytest.mark.parametrize("size", SIZES)
async def test_who_did_what_is_found_shown_in_full_and_its_recovery_opened(
    traced: str, unity: Any, wait: Any, size: tuple[int, int]
) -> None:
    note_files(
        unity.case_officer("li"),
        traced,
        DisclosureKind.PAGE_FILE,
        "screen trace, masked",
        {"t": b""},
    )
    app = unity.app("wang", time_zone="Asia/Shanghai")
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("0")
        text = await wait(pilot, app, "the newest first", "disclosure: file made", "0 Audit")
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        await pilot.press("slash", *"officer:li kind:disclosure", "enter")
        await wait(pilot, app, "found by the filter", "screen trace, masked")
        await pilot.press("v")
        await wait(
            pilot, app, "li (officer)", "disclosure.file_made", "UTC)", "digest",
            "`recovery privacy report R-2026-0001` has the reason",
        )  # fmt: skip
        await pilot.press("escape", "enter")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("0", "escape", "slash", *"kind:officer.app", "enter")
        await wait(pilot, app, "officer: appointed: zhao")
        await pilot.press("enter")
        await wait(pilot, app, "this event is of no recovery: v shows it in full")


async def test_the_trail_is_walked_to_its_end_and_begun_from_the_oldest(
    unity: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.audit.trail.PAGE_LINES", 100)
    await asyncio.to_thread(lambda: [unity.report(100_000, ref=f"r{n}") for n in range(120)])
    app = unity.app("wang")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0")
        await wait(pilot, app, "the newest first")
        table = app.screen.query_one(TrailTable)
        newest = (await row_of(pilot, table, 0)).seq
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await row_of(pilot, table, table.cursor_row)).seq > 1:
                await pilot.press("end")
                await pilot.pause(0.2)
        assert table.cursor_row + 1 == newest > 200
        await pilot.press("s")
        await wait(pilot, app, "the oldest first")
        assert (await row_of(pilot, table, 0)).seq == 1


async def test_lines_stay_where_they_are_while_others_act_and_g_shows_the_newer(
    traced: str, unity: Any, wait: Any
) -> None:
    app = unity.app("wang")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0")
        await wait(pilot, app, "the newest first")
        table = app.screen.query_one(TrailTable)
        await row_of(pilot, table, 3)
        await pilot.press("j", "j")
        stood = table.cursor_id
        await asyncio.to_thread(unity.case_officer("li").note, traced, "text")
        app.on_database_changed()
        await wait(pilot, app, "1 newer: g shows them")
        assert (table.cursor_id, table.cursor_row) == (stood, 2)
        await pilot.press("g")
        await wait(pilot, app, "note: written")
        assert "newer" not in await wait(pilot, app, "the newest first")


async def test_an_empty_result_and_a_bad_filter_say_what_to_do(unity: Any, wait: Any) -> None:
    app = unity.app(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("0", "slash", *"kind:nothing-so")
        await wait(pilot, app, "no event is called so")
        await pilot.press("escape", "slash", *"officer:nobody-so")
        await wait(pilot, app, "No event matches the filter. Esc clears it.")
        await pilot.press("escape", "W")
        await wait(pilot, app, "Columns of this list", "who acted", "event")


async def test_x_writes_what_the_filter_leaves(
    traced: str, unity: Any, wait: Any, tmp_path: Path
) -> None:
    del traced
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0", "slash", *"officer:li", "enter")
        await wait(pilot, app, "found by the filter")
        await pilot.press("x")
        await wait(pilot, app, "Export this screen")
        app.screen.query_one(Input).value = str(tmp_path / "audit.csv")
        await pilot.press("enter")
        await wait(pilot, app, "written to")
    rows = list(csv.DictReader((tmp_path / "audit.csv").open(encoding="utf-8")))
    assert {row["who acted"] for row in rows} == {"li"}
    assert len(rows) > 3

"""`y`: ids, rows and whole panels into the clipboard, or into a file where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.screens.conftest import START
from tui.screens.looks.copies import takes_copies


async def test_y_copies_the_reference_the_row_or_what_a_panel_shows(
    unity: Any, wait: Any, traced: str
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("y")
        await wait(pilot, app, "the reference  R-2026-0001", "the row", f"the id  {traced}")
        await pilot.press("y")
        await wait(pilot, app, "R-2026-0001 is copied")
        assert app.clipboard == "R-2026-0001"
        await pilot.press("y", "down", "enter")
        await wait(pilot, app, "the row is copied")
        assert app.clipboard.split("\t")[1:4] == ["R-2026-0001", "■ freezing", "CNY 120,000.00"]
        await pilot.press("enter")
        await wait(pilot, app, "Accounts and holds")
        await pilot.press("y", "down", "enter")
        await wait(pilot, app, "the panel: Accounts and holds is copied")
        assert "CNY 36,000.00" in app.clipboard
        assert "9999000000002222" not in app.clipboard


async def test_a_terminal_that_takes_no_copies_gets_a_file_and_a_file_of_a_recovery_is_recorded(
    unity: Any, wait: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traced: str
) -> None:
    monkeypatch.setenv("TERM", "linux")
    app, file = unity.app("li"), tmp_path / "row.txt"
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("y", "down")
        await wait(pilot, app, "this terminal takes no copies")
        await pilot.press("enter")
        await wait(pilot, app, "The row: into which new file?")
        await pilot.press("ctrl+u", *str(file), "enter")
        await wait(pilot, app, "written to")
        assert file.read_text().split("\t")[1] == "R-2026-0001"
        assert file.stat().st_mode & 0o077 == 0
        await pilot.press("y", "f")
        await pilot.press("ctrl+u", *str(file), "enter")
        await wait(pilot, app, "is there already: nothing was written")
        await pilot.press("R", "y", "enter")
        await wait(pilot, app, "a file of a recovery is recorded, the screen is read-only")
        events = app.source.all_events(traced)
        assert [e.noun for e in events if e.at >= START][:2] == ["disclosure", "disclosure"]


def test_terminals_that_are_known_to_take_no_copies_are_named() -> None:
    assert takes_copies({"TERM": "xterm-256color"})
    assert takes_copies({"TERM": "tmux-256color"})
    assert not takes_copies({"TERM": "linux"})
    assert not takes_copies({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"})

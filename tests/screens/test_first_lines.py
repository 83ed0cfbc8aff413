"""The terminal starts on its lines: they stand before anything else has been read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.patience import PATIENCE_SECONDS
from tui import app as app_module
from tui.screen_queries import Source


async def test_the_first_lines_stand_while_everything_else_is_still_to_be_read(
    unity: Any, wait: Any, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the order of events and not by time: all other readings wait until the lines stand."""
    for minor in (100_000, 200_000, 300_000):
        unity.report(minor)
    lines_stand = Event()

    def late(read: Callable[..., Any]) -> Callable[..., Any]:
        def wait_and_read(*args: Any, **named: Any) -> Any:
            assert lines_stand.wait(60)
            return read(*args, **named)

        return wait_and_read

    for name in ("status", "page", "ending", "approvals", "summary", "deadlines"):
        monkeypatch.setattr(Source, name, late(getattr(Source, name)))
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        try:
            await wait(pilot, app, "R-2026-0001", "R-2026-0002", "R-2026-0003")
            assert "reading …" in look(app).splitlines()[0]  # the head is not read yet
        finally:
            lines_stand.set()
        await wait(pilot, app, "as of 2 Mar 2026")


@pytest.mark.parametrize("key", ["", "5"])
async def test_a_part_of_the_program_that_is_missing_ends_the_terminal_in_one_sentence(
    unity: Any,
    wait: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: str,
) -> None:
    """It is missed while nobody waits, or by the key that opens it."""
    unity.report(100_000)
    monkeypatch.setitem(sys.modules, "tui.screens.partners", None)
    if key:
        monkeypatch.setattr(app_module, "load_rest", lambda _: None)
    app = unity.app("li")

    async def press(pilot: Pilot[int]) -> None:
        if key:
            await wait(pilot, app, "R-2026-0001")
            app.simulate_key(key)  # what it reaches is gone before the key is done

    async with asyncio.timeout(PATIENCE_SECONDS):
        await app.run_async(headless=True, size=(120, 40), auto_pilot=press)
    assert app.return_code == 4
    told = capsys.readouterr().err
    assert " ".join(told.split()) == (
        "a part of the program cannot be loaded (tui.screens.partners): install it anew; what was "
        "committed is safe"
    )

"""The outcome line: it leaves, it hides nothing, and nothing on the screen contradicts it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.events import Paste

from models.store import clock
from models.store.unit import unit_of_work
from tests.screens.test_keys import type_fast
from tests.screens.test_report import PASTE
from tui import acting_app


async def test_an_outcome_stands_beside_a_stopped_engine_and_never_hides_it(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    unity.beat()
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001", "● working")
        await type_fast(app, "p", "p")
        await wait(pilot, app, "✓ refreshing goes on")
        with unit_of_work(unity.database) as unit:  # its last sign of life is old
            clock.beat(unit, "engine", 1, "working", "polls", datetime(2026, 1, 1, tzinfo=UTC))
        await wait(pilot, app, "○ engine stopped")


async def test_an_outcome_leaves_after_a_while(
    unity: Any, wait: Any, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting_app, "SAID_SECONDS", 0.5)
    unity.report(100_000)
    app = unity.app("li")
    stood: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        app.watch(app.screen, "said", lambda said: stood.append(said.sentence), init=False)
        await type_fast(app, "y", "y")
        while "R-2026-0001 is copied" not in stood or app.said.sentence:
            await pilot.pause(0.05)
        await wait(pilot, app, "○ engine stopped: no messages sent or received")
        assert "✓ R-2026-0001 is copied" not in look(app).splitlines()[-2]


async def test_an_outcome_leaves_with_the_next_key_once_it_could_be_read(
    unity: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting_app, "READ_SECONDS", 0.2)
    monkeypatch.setattr(acting_app, "SAID_SECONDS", 600.0)
    unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "y", "y")
        await wait(pilot, app, "✓ R-2026-0001 is copied")
        await asyncio.sleep(0.3)
        await type_fast(app, "j")
        await wait(pilot, app, "○ engine stopped: no messages sent or received")


async def test_what_was_refused_and_what_leaves_at_once_never_stand_together(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        app.post_message(Paste(PASTE.replace("Report: SYN-7 (invented)\r\n", "")))
        text = await wait(pilot, app, "✕ case number is missing", "is not ready to be sent")
        assert "leaves at once" not in text
        await type_fast(app, "ctrl+s")
        await wait(pilot, app, "✕ case number is missing: write `case: NUMBER`  ")
        await type_fast(app, "tab", "7")
        text = await wait(pilot, app, "✓ this stop-payment leaves at once")
        assert "✕ case number" not in text

"""The terminal starts on its lines: they stand before anything else has been read."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

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

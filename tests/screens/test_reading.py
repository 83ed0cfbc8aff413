"""A screen reads when its widgets stand: the database changes at any moment, also before."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import ComposeResult

from tui.app import RecoveryApp
from tui.screens.live import LiveScreen

MODES = sorted(RecoveryApp.MODES)


@pytest.mark.parametrize("mode", MODES)
async def test_a_change_of_the_database_while_a_screen_is_being_built_does_not_end_the_terminal(
    unity: Any, traced: str, wait: Any, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    built: list[str] = []
    compose = LiveScreen.compose

    def changed_meanwhile(screen: LiveScreen) -> ComposeResult:
        app = screen.acting_app
        if isinstance(app, RecoveryApp) and app.base_screen is screen:
            app.on_database_changed()
            built.append(type(screen).__name__)
        yield from compose(screen)

    monkeypatch.setattr(LiveScreen, "compose", changed_meanwhile)
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        app.switch_mode(mode)
        await pilot.pause()
        app.reread_screen()
        screen = app.base_screen
        while not screen.is_ready:
            await pilot.pause(0.05)
        assert app.current_mode == mode
    assert type(screen).__name__ in built


@pytest.mark.parametrize("mode", MODES)
async def test_a_change_of_the_database_while_a_screen_is_being_taken_down_is_nobodys_failure(
    unity: Any, traced: str, wait: Any, mode: str
) -> None:
    app = unity.app("li", recovery_id=traced)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        app.switch_mode(mode)
        await pilot.pause()
        screen = app.base_screen
        while not screen.is_ready:
            await pilot.pause(0.05)
        await screen.remove_children()
        app.on_database_changed()
        app.tell_header()
        assert not screen.children

"""A terminal on an officer's desk: keys of his own, blanked when he is away, legible for him."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.message import Message
from textual.widgets import Input

from tests.patience import PATIENCE_SECONDS, come
from tui.app import RecoveryApp
from tui.key_map import complaint, wrong_keys
from tui.screens.lock import LockScreen
from tui.theme import THEMES


async def test_a_key_map_changes_keys_on_every_screen_and_the_help_says_the_new_ones(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = unity.app("li", keys={"next_step": "N", "now": "f2"})
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001", "N Next step")
        await pilot.press("n", "N")
        await wait(pilot, app, "Accept R-2026-0001")
        await pilot.press("escape", "4", "f2")
        await wait(pilot, app, "1 open recovery")
        known = list(app._bindings_in_reach())
    for keys, told in (
        ({"next_step": "q"}, "q is leave and next_step"),
        ({"next_step": "escape"}, "escape stays as it is"),
        ({"nxt": "N"}, "no action is named nxt; there are "),
    ):
        assert told in complaint(wrong_keys(keys, known))
    assert not wrong_keys({"next_step": "q", "leave": "Q"}, known)


async def test_keys_that_conflict_are_told_at_the_start_and_none_of_them_is_taken(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", keys={"next_step": "q", "views": "Z"})
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "1 mistake in screen.keys, which is not used")
        await pilot.press("V")
        await wait(pilot, app, "this terminal has no folder for views")


async def taken_again(app: RecoveryApp) -> None:
    """A secret may be typed again: a wrong one closes the field for a while."""
    field = app.screen.query_one(Input)
    assert field.disabled
    await come(lambda: not field.disabled and app.focused is field)


@pytest.mark.parametrize("with_secret", [False, True])
async def test_a_screen_at_which_nobody_types_is_blanked_and_no_key_acts_behind_it(
    unity: Any, wait: Any, look: Any, monkeypatch: pytest.MonkeyPatch, with_secret: bool  # noqa: FBT001
) -> None:  # fmt: skip
    unity.report(100_000)
    app = unity.app("li", lock_minutes=1)
    if with_secret:
        answers = iter([OSError("the disk is away"), OSError("the disk is away")])

        def stays(typed: str) -> str:
            for error in answers:
                raise error
            return "" if typed == "right" else "that is not it"

        def lock_of(_source: Any, _handle: str) -> Any:
            for error in answers:
                raise error
            return stays

        monkeypatch.setattr(type(app.source), "lock_of", lock_of)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        app._typed_at = Message().time - 61
        app._lock_if_idle()
        told = "Locked: type the secret of li" if with_secret else "Enter shows the screen again"
        await wait(pilot, app, told)
        assert "R-2026" not in look(app)
        await pilot.press("ctrl+p", "colon", "q", "escape", "4", "n")
        assert isinstance(app.screen, LockScreen)
        if with_secret:
            await pilot.press("enter")
            await wait(pilot, app, "✕ the disk is away: try again")
            await taken_again(app)
            await pilot.press(*"wrong", "enter")
            await wait(pilot, app, "✕ that is not it")
            await taken_again(app)
            await pilot.press(*"right")
        await pilot.press("enter")
        await wait(pilot, app, "R-2026-0001")


async def test_the_palette_has_every_action_of_the_screen_with_its_key(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "No open recovery")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while app.focused is None:  # keys of the list are in reach once it has the focus
                await pilot.pause(0.05)
        titles = " ".join(command.title for command in app.get_system_commands(app.screen))
        wanted = ("(n)", "(V)", "(x)", "(9)", "(u)", "(R)", "(/)", "(space)", "(*)", "(y)", "(L)")
        assert [key for key in wanted if key not in titles] == []
        for theme in THEMES:
            assert f"Theme {theme.name}" in titles


async def test_without_colour_the_cursor_and_the_states_are_still_told(
    unity: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    unity.report(100_000)
    app = unity.app("li", theme="recovery-contrast")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "! 0m old", "○ report", "◂")
        strips = app.screen._compositor.render_strips()
        filtered = [strip.apply_filter(app._filters[0], app.screen.background_colors[1])
                    for strip in strips]  # fmt: skip
        colours = {s.style.color for strip in filtered for s in strip if s.style and s.style.color}
        assert all(c.triplet is None or len(set(c.triplet)) == 1 for c in colours)


async def test_what_ends_the_screens_prints_no_value_of_any_variable(
    unity: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stays(_typed: str) -> str:
        raise AssertionError("an error of the program")

    app = unity.app("li", lock_minutes=1)
    monkeypatch.setattr(type(app.source), "lock_of", lambda *_: stays)

    async def locked() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            app._typed_at = Message().time - 61
            app._lock_if_idle()
            await pilot.pause()
            await pilot.press(*"hunter2", "enter")
            await pilot.pause()

    with pytest.raises(AssertionError):
        await locked()
    told = capsys.readouterr().err
    assert "an error of the program" in told
    assert "hunter2" not in told

"""The key `m` on a recovery: one field in clear for a minute, for a reason."""

from __future__ import annotations

from typing import Any

from tui.screens.reveal import SHOWN_SECONDS, Revealed


async def test_a_field_is_shown_for_a_reason_and_masked_when_the_minute_ends(
    unity: Any, traced: str, wait: Any, look: Any
) -> None:
    app = unity.app("wang", recovery_id=traced)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await wait(pilot, app, "Next step")
        await pilot.press("m")
        await wait(pilot, app, "reveal which data?", "name  victim")
        await pilot.press("enter")
        await wait(pilot, app, "Reveal name of victim")
        await pilot.press(*"desk call", "enter")
        shown = await wait(pilot, app, "Synthetic", "masked again in", "the look is recorded")
        assert "desk call" not in shown
        dialog = app.screen
        assert isinstance(dialog, Revealed)
        for _ in range(SHOWN_SECONDS):  # some have passed by themselves on a busy machine
            if dialog.is_current:
                dialog.pass_second()
        await wait(pilot, app, "Next step")
        assert "Synthetic V" not in look(app)
        await pilot.press("R", "m")
        assert not isinstance(app.screen, Revealed)
    assert SHOWN_SECONDS == 60
    with unity.database.reading() as session:
        query = "SELECT actor_id FROM event WHERE event = 'revealed'"
        assert session.connection().exec_driver_sql(query).scalars().all() == ["wang"]

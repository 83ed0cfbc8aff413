"""The key `x` of a request's page: a third person dispatches, the engine sends over HTTP."""

from __future__ import annotations

from tests.faults.sending.abroad.bodies import CHANNELS, DISPATCHER, POLICE, Asked
from tests.screens.conftest import until
from tui.app import RecoveryApp
from tui.screen_queries import Source


async def test_what_goes_over_a_connection_is_dispatched_by_a_key_and_sent_once(
    asked: Asked,
) -> None:
    name, unit = asked.approved(), asked.unit
    source = Source(unit.database, unit.installation.laws, channels=CHANNELS)
    officer = asked.acting(DISPATCHER).officer
    app = RecoveryApp(
        source, officer, officers=(officer,), unit_name="Test Unit", start_screen="request",
        recovery_id=unit.recovery_id,
    )  # fmt: skip
    app.request_id = name
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "x dispatch", "S sent")
        await pilot.press("n")
        await until(pilot, app, "Dispatch the request?", POLICE)
        await pilot.press("y")
        await until(pilot, app, f"dispatched by {DISPATCHER}")
    commands = [entry.command for entry in app.log_of_acts.entries]
    assert f"recovery xborder dispatch {unit.page().ref} {name}" in commands
    await unit.sweep()
    assert asked.row(name).state == "sent"
    (there,) = asked.there(POLICE)
    assert there["requestRef"] == name

"""A stop that waits for its yes has not left: the screen says so, and a no to it frees nothing."""

from __future__ import annotations

from typing import Any

from models.entities.hold import HoldState
from models.queries.cases.case_files import load_file
from recovery_flows.cases.together.acts import approve_each
from recovery_flows.freezing import actions as hold_actions


async def test_a_stop_of_more_than_is_disputed_is_not_told_as_sent_and_a_no_is_not_held_back(
    unity: Any, wait: Any, look: Any
) -> None:
    recovery = unity.report(100_000)
    desk = unity.case_officer("li")
    desk.advance(recovery, case_number="1")
    with unity.database.reading() as session:
        hold = load_file(session, recovery).holds[0]
    hold_actions.amend(desk, recovery, hold.id, 150_000, "a second victim calls")
    desk.advance(recovery)
    app = unity.app("wang", start_screen="approvals", hold_back_seconds=60)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "1 approval pending", "The order goes to the bank under")
        assert "confirm stop-payment" not in look(app)
        assert "is with the bank" not in look(app)
        await pilot.press("asterisk")
        assert "marked" not in look(app), "its yes sends it: it is looked at alone"
        await pilot.press("space", "a")
        await wait(pilot, app, "None of these is approved together", "is approved by itself")
        await pilot.press("escape", "escape", "a")
        await wait(pilot, app, "Approve: stop-payment?", "The order goes to the bank")
        await pilot.press("escape", "d")
        await wait(pilot, app, "Deny: stop-payment?", "why is it denied?")
        assert "A no takes the stop back" not in look(app)
        await pilot.press(*"no ground", "enter")
        await wait(pilot, app, "approval denied", "No approvals pending")
    with unity.database.reading() as session:
        assert load_file(session, recovery).holds[0].state is HoldState.DENIED


def test_a_stop_that_its_yes_sends_is_refused_among_several(unity: Any) -> None:
    recovery = unity.report(100_000)
    desk = unity.case_officer("li")
    desk.advance(recovery, case_number="1")
    with unity.database.reading() as session:
        hold = load_file(session, recovery).holds[0]
    hold_actions.amend(desk, recovery, hold.id, 150_000, "a second victim calls")
    desk.advance(recovery)
    with unity.database.reading() as session:
        (asked,) = load_file(session, recovery).approvals
    (result,) = approve_each(unity.case_officer("wang"), [asked.id])
    assert (result.done, "leaves by its approval" in result.refused) == ("", True)

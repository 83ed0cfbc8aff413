"""A restricted recovery on the screens: whoever does not see it finds it on none of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.entities.register_change import RegisterAct
from models.facts import AccountRef
from models.queries.cases.case_files import recovery_id_of
from models.queries.installation.officers import in_charge
from recovery_flows.access.registers import ask_dismissal, decide, waiting_changes
from recovery_flows.access.restrictions import ask_restriction
from tests.patience import PATIENCE_SECONDS
from tests.screens.conftest import WEST
from tui.app import RecoveryApp

PLANTED = ("R-2026-0002", "777,777.77", "Quux", "4321", "CASE-QUUX")
KEYS = {
    "1": "now", "2": "recovery", "3": "approvals", "4": "summary", "5": "partners",
    "6": "deadlines", "7": "restitution", "8": "requests", "t": "trace",
    "0": "audit",
}  # fmt: skip


def planted(unity: Any) -> str:
    """A second recovery that `zhao` works on, of values that no other one has."""
    victim = AccountRef(WEST, "9999000077774321", "Zanzibar Quux")
    recovery_id: str = unity.report(77_777_777, victim=victim, name="Zanzibar Quux", ref="QUUX-77")
    unity.case_officer("zhao").advance(recovery_id, case_number="CASE-QUUX")
    unity.case_officer("zhao").advance(recovery_id, knowing=True)
    return recovery_id


def restrict(unity: Any, recovery_id: str, act: RegisterAct = RegisterAct.RESTRICT) -> None:
    """`wang` asks, `zhao` confirms: `li` and no other officer is left out."""
    members = ["zhao"] if act is RegisterAct.RESTRICT else []
    change = ask_restriction(unity.case_officer("wang"), recovery_id, act, members, "an insider")
    decide(unity.case_officer("zhao"), change, is_yes=True)


async def shown(pilot: Any, app: RecoveryApp, wait: Any, look: Any, key: str) -> str:
    """What the screen of a key shows when it has been read."""
    del wait
    await pilot.press(key)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while app.current_mode != KEYS[key] or not app.base_screen.is_ready:
            await pilot.pause(0.05)
    await pilot.pause(0.2)
    return str(look(app))


@pytest.mark.usefixtures("traced")
async def test_no_screen_shows_it_to_an_officer_who_is_no_member_and_each_does_to_one_who_is(
    unity: Any, wait: Any, look: Any
) -> None:
    recovery_id = await asyncio.to_thread(planted, unity)
    await asyncio.to_thread(restrict, unity, recovery_id)
    found: dict[str, dict[str, list[str]]] = {}
    for who in ("li", "zhao"):
        app = unity.app(who)
        async with app.run_test(size=(160, 60)) as pilot:
            await wait(pilot, app, "R-2026-0001")
            found[who] = {}
            for key, name in KEYS.items():
                text = await shown(pilot, app, wait, look, key)
                found[who][name] = [one for one in PLANTED if one in text]
            if who == "li":
                assert "restricted recovery that you do not see: ask wang" in await shown(
                    pilot, app, wait, look, "4"
                )
    assert {name: what for name, what in found["li"].items() if what} == {}
    shown_to_him = ("now", "approvals", "deadlines", "audit")
    assert all("R-2026-0002" in found["zhao"][name] for name in shown_to_him)


@pytest.mark.usefixtures("traced")
async def test_a_page_that_is_open_is_left_when_its_recovery_is_restricted(
    unity: Any, wait: Any, look: Any
) -> None:
    recovery_id = await asyncio.to_thread(planted, unity)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        app.open_recovery(recovery_id)
        await wait(pilot, app, "CASE-QUUX")
        await asyncio.to_thread(restrict, unity, recovery_id)
        app.on_database_changed()
        await wait(pilot, app, "that recovery is not there, or you do not see it any more")
        for key in ("2", "t", "7"):
            text = await shown(pilot, app, wait, look, key)
            assert [one for one in PLANTED if one in text] == []


@pytest.mark.usefixtures("traced")
async def test_a_supervisor_restricts_by_a_key_and_another_person_confirms_it_on_his_screen(
    unity: Any, wait: Any, look: Any
) -> None:
    recovery_id = await asyncio.to_thread(planted, unity)
    app = unity.app("wang")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        app.open_recovery(recovery_id)
        await wait(pilot, app, "CASE-QUUX")
        await pilot.press("A")
        await wait(pilot, app, "Everybody of the unit.", "Restrict it to named officers")
        await pilot.press("enter", *"zhao", "enter")
        await wait(pilot, app, "stored encrypted")
        await pilot.press(*"an insider", "enter")
        await wait(pilot, app, "another person confirms it under Approvals")
    told = [one for one in await approvals_of(unity, "li") if "restrict" in one]
    assert told == []  # who is neither supervisor nor named is not told of it
    (line,) = [one for one in await approvals_of(unity, "zhao") if "restrict" in one]
    assert "R-2026-0002" in line
    del look


async def approvals_of(unity: Any, who: str) -> list[str]:
    acting = unity.case_officer(who)
    lines = await asyncio.to_thread(waiting_changes, acting.database)
    return [f"{line.act} {dict(line.figures)}" for line in lines]


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("is_paused", [False, True])
async def test_the_terminal_of_an_officer_who_is_dismissed_ends(
    unity: Any, wait: Any, *, is_paused: bool
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        if is_paused:
            await pilot.press("p")
        await asyncio.to_thread(dismiss, unity, "li")
        app.on_database_changed()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while app.return_code is None:
                await pilot.pause(0.05)
    assert app.return_code == 3


def dismiss(unity: Any, handle: str) -> None:
    """Two supervisors let an officer go who is in charge of nothing."""
    for ref in hand_over(unity, handle):
        unity.case_officer("wang").assign(ref, "zhao")
    change = ask_dismissal(unity.case_officer("wang"), handle)
    decide(unity.case_officer("zhao"), change, is_yes=True)


def hand_over(unity: Any, handle: str) -> list[str]:
    with unity.database.reading() as session:
        return [recovery_id_of(session, ref) for ref in in_charge(session, handle, "", 99)]

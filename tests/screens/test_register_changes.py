"""A change of the registers is decided on the screen of approvals, by any second person."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from models.entities.officer import Role
from models.queries.audit.verify import verify
from models.sealing.sealed_place import SealedPlace
from recovery_flows.access.registers import ask_officer, waiting_changes

SIZE = (100, 30)


@pytest.fixture
def change_id(unity: Any) -> str:
    """A supervisor asks for a new officer."""
    return ask_officer(unity.case_officer("wang"), "chen", [Role.OFFICER], os_user="chen-of-tests")


def stored(unity: Any, query: str) -> Any:
    with unity.database.reading() as session:
        return session.execute(sa.text(query)).scalar_one()


async def test_an_officer_confirms_an_appointment_on_the_screen(
    unity: Any, wait: Any, change_id: str
) -> None:
    app = unity.app("li", start_screen="approvals")
    async with app.run_test(size=SIZE) as pilot:
        await wait(
            pilot, app, "appoint officer", "chen-of-tests", "asked by wang", "1 approval pending"
        )
        await pilot.press("enter", "a")
        await wait(pilot, app, "Whoever has this identity can act in every recovery", "Confirm")
        await pilot.press("y")
        await wait(pilot, app, "chen may act now; asked for by wang", "No approvals pending")
    assert waiting_changes(unity.database) == ()
    assert stored(unity, f"SELECT state FROM register_change WHERE id = '{change_id}'") == (
        "approved"
    )
    assert stored(unity, "SELECT count(*) FROM officer WHERE id = 'chen'") == 1


async def test_an_appointment_is_denied_on_the_screen_for_a_reason_that_is_kept_sealed(
    unity: Any, wait: Any, change_id: str
) -> None:
    app = unity.app("li", start_screen="approvals")
    async with app.run_test(size=SIZE) as pilot:
        await wait(pilot, app, "appoint officer", "chen-of-tests")
        await pilot.press("d")
        await wait(pilot, app, "Deny: appoint officer?", "why is it denied?")
        await pilot.press(*"nobody", "space", *"knows", "enter")
        await wait(pilot, app, "chen: the change that wang asked for was denied")
    sealed = stored(unity, f"SELECT reason_sealed FROM register_change WHERE id = '{change_id}'")
    place = SealedPlace("register_change", change_id, "reason_sealed")
    assert unity.database.vault.open(sealed, place) == "nobody knows"
    assert "nobody knows" not in sealed
    assert stored(unity, "SELECT count(*) FROM officer WHERE id = 'chen'") == 0
    assert verify(unity.database) == ()


async def test_who_asked_for_a_change_does_not_confirm_it_on_the_screen(
    unity: Any, wait: Any, change_id: str
) -> None:
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=SIZE) as pilot:
        await wait(pilot, app, "appoint officer", "you asked for it: a second person decides")
        for key in ("a", "d"):
            await pilot.press(key)
            text = await wait(pilot, app, "a second person decides ○ engine stopped")
            assert "Confirm" not in text
    assert stored(unity, f"SELECT state FROM register_change WHERE id = '{change_id}'") == (
        "pending"
    )

"""The register on the screen: how partners answer, what is wrong, contacts for a minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len

from models.store import partner_register, partners
from models.store.unit import unit_of_work
from models.trouble import Trouble
from recovery_flows.cases.pages.partner import fact_rows
from recovery_flows.partners import contacts
from recovery_flows.partners.breaker_state import FAILURES_MAX
from tui.panels.page import bars
from tui.screens import partners as screen
from tui.widgets.partners import PartnersTable

EAST = "test-east"


@pytest.fixture
def registered(unity: Any) -> str:
    """East has agreed to 20 minutes and needed 40 for a stop; its desk is known."""
    late = unity.report(700_000, ref="late")
    unity.case_officer("li").advance(late, case_number="2026-79")
    unity.case_officer("li").advance(late)
    unity.answer_calls(late)
    unity.move_clock(minutes=39, seconds=1)
    unity.hold(late)
    li = unity.case_officer("li")
    contacts.agree(li, EAST, 20, "MoU 7/2026")
    given = {"desk": "Synthetic Night Desk", "phone": "+86 10 5555 0123", "email": "n@b.example"}
    contacts.change_contacts(li, EAST, given)
    return late


def west_is_away(unity: Any) -> None:
    with unit_of_work(unity.database) as unit:
        away = "partner test-west is not available: it cannot be reached"
        partners.note_contact(unit, "test-west", error=away, trouble=Trouble.UNREACHABLE)
        until = unity.now + timedelta(days=10_000)
        partners.note_breaker(unit, "test-west", FAILURES_MAX, until)
        sentence = "test-west 2026-03-02 held: ours CNY 5.00, the bank's CNY 4.99"
        partner_register.note_reconciled(unit, unity.now, "test-west", unity.now, sentence)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_each_partner_is_one_line_and_its_page_stands_below(
    unity: Any, wait: Any, size: tuple[int, int]
) -> None:
    west_is_away(unity)
    app = unity.app("li")
    async with app.run_test(size=size) as pilot:
        await pilot.press("5")
        text = await wait(
            pilot,
            app,
            "5 Partn",
            "3 partners",
            "✕ paused" if size[0] < 100 else "✕ suspended",
            "● normal",
            "‼",
        )
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        table = app.screen.query_one(PartnersTable)
        while table.cursor_id != EAST:
            await pilot.press("j")
        await wait(
            pilot, app, "answers within 20 min (MoU 7/2026)", "S··  ···· 23", "connection normal"
        )
        if size == (120, 40):
            await wait(
                pilot, app, "later than agreed: 1 order", "R-2026-0001 stop 40 min",
                "too few (1)", "·······█ –",
            )  # fmt: skip
        await pilot.press("j")
        await wait(
            pilot, app, "differ: test-west 2026-03-02", "suspended: 5 failures in a row", "to do"
        )
        await pilot.press("enter")
        await wait(pilot, app, "to do", "look at the network", "esc Back")


@pytest.mark.usefixtures("registered")
async def test_contacts_are_shown_for_a_reason_and_masked_by_themselves(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("wang")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("5")
        await wait(pilot, app, "3 partners")
        while app.screen.query_one(PartnersTable).cursor_id != EAST:
            await pilot.press("j")
        assert "5555" not in look(app)
        await pilot.press("m")
        await wait(pilot, app, "Contacts of test-east", "kept sealed")
        await pilot.press(*"stop is late", "enter")
        await wait(pilot, app, "+86 10 5555 0123", "Synthetic Night Desk", "it is noted")
        # A minute is a minute: the timer is looked at, and what it does when it ends is done now.
        masking = app.screen._masking
        assert masking._interval == screen.SHOWN_SECONDS == 60
        app.call_later(masking._callback)
        text = await wait(pilot, app, "···· 23", "shown", "once, last to wang")
        assert "5555" not in text
    with unity.database.reading() as session:
        (event,) = session.connection().exec_driver_sql(
            "SELECT actor_id, values_json FROM event WHERE event = 'contacts_shown'"
        )
    assert event[0] == "wang"
    assert "stop is late" not in event[1]


@pytest.mark.usefixtures("registered")
async def test_contacts_are_masked_at_once_when_the_cursor_leaves_or_nothing_may_be_written(
    unity: Any, wait: Any, look: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("5")
        await wait(pilot, app, "3 partners")
        while app.screen.query_one(PartnersTable).cursor_id != EAST:
            await pilot.press("j")
        await pilot.press("m")
        await wait(pilot, app, "Contacts of test-east")
        await pilot.press(*"why not", "enter")
        await wait(pilot, app, "5555 0123")
        await pilot.press("j", "k")
        assert "5555" not in await wait(pilot, app, "S··  ···· 23")
        await pilot.press("R", "m")
        await wait(pilot, app, "⊘ READ-ONLY", "S··  ···· 23")
        assert "5555" not in look(app)


async def test_the_help_and_the_palette_know_the_screen(unity: Any, wait: Any) -> None:
    app = unity.app("li")
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("5")
        await wait(pilot, app, "3 partners")
        await pilot.press("question_mark", *"contacts")
        await wait(pilot, app, "Contacts in clear for a minute")
        await pilot.press("escape", "colon", *"partners")
        await wait(pilot, app, "Partners  (5)")


def test_the_bars_of_eight_weeks_are_eight_cells_whatever_is_in_them() -> None:
    assert bars((None, 1, 50, 100, None, 100, 3, 0)) == "·▁▅█·█▁▁"
    assert bars((0, None)) == "▁·"


@pytest.mark.usefixtures("registered")
async def test_the_last_answer_is_told_by_the_clock_of_the_computer_where_case_time_is_another(
    unity: Any, wait: Any
) -> None:
    """A demo's case time jumps; a real instant beside its dates would mislead."""
    answered = datetime.now(UTC) - timedelta(days=3, minutes=1)
    with unit_of_work(unity.database) as unit:
        partners.note_contact(unit, EAST, answered_at=answered)
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("5", "j")
        await wait(pilot, app, "last answer 3d 00h ago by this computer's clock")
        lines = app.screen.query_one(PartnersTable).lines
    (page,) = (line for line in lines if line.row.id == EAST)
    facts = fact_rows(replace(page, now=page.wall_now))
    (told,) = (told for name, told in facts if name.value == "last answer")
    assert answered in [piece.value for piece in told]

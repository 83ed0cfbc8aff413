"""The board of requests and the page of one on the terminal, driven by keys."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from textual.widgets import Input

from models.entities.officer import Role
from models.store.unit import Actor
from recovery_flows.correspondence.incoming import actions as incoming
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import Abroad
from tests.records.abroad.test_board import ASKED, GROUPS
from tests.screens.conftest import until
from tui.act_log import log_lines
from tui.app import RecoveryApp
from tui.screen_queries import Source

SIZES = ((80, 24), (120, 40))
LI, CHEN = Actor("li", Role.OFFICER), None


def app_of(abroad: Abroad, who: Actor | None = CHEN, **more: Any) -> RecoveryApp:
    unit = abroad.unit
    acting = unit.case_officer(who) if who else unit.case_officer()
    return RecoveryApp(
        Source(unit.database, unit.laws, channels=CHANNELS, groups=GROUPS), acting.officer,
        officers=(acting.officer,), unit_name="Test Unit", recovery_id=abroad.recovery_id,
        **{"start_screen": "requests", **more},
    )  # fmt: skip


def said(app: RecoveryApp) -> str:
    """The log with the commands that do the same."""
    return "\n".join(line.plain for line in log_lines(app.log_of_acts, 400))


@pytest.mark.parametrize("size", SIZES)
async def test_the_board_shows_what_needs_me_first_and_opens_each(
    abroad: Abroad, size: tuple[int, int]
) -> None:
    abroad.out()
    abroad.new("mla", wanted="information", authority="Synthetic [b]Ministry[/b]")
    incoming.register(abroad.unit.case_officer(), ASKED, CHANNELS, GROUPS)
    app = app_of(abroad)
    async with app.run_test(size=size) as pilot:
        text = await until(
            pilot, app, "3 requests", "▸ 2 for an officer", "← 1 from abroad", "→ GB", "← FR",
            "R-2026-0001", "I-2026-0001", "8 Ab", "B New abroad",
        )  # fmt: skip
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        assert text.index("asks us") < text.index("→ sent")
        await pilot.press("slash", *"way:in", "enter")
        await until(pilot, app, "1 request ", "found by the filter", "Invented Tribunal")
        await pilot.press("enter")
        await until(pilot, app, "$ recovery incoming show I-2026-0001", "FR-77/26")
        await pilot.press("escape", "escape", "slash", *"state:dra", "enter")
        await until(pilot, app, "1 request ", "Synthetic [b]Ministry[/b]")
        await pilot.press("enter")
        text = await until(pilot, app, "What can be done", "✕ lacks", "e set", "W withdraw")
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        await pilot.press("escape", "escape")
        await until(pilot, app, "3 requests")


async def test_an_empty_board_a_bad_filter_and_read_only_say_what_to_do(abroad: Abroad) -> None:
    app = app_of(abroad)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "Nothing is asked across a border", "B on the page of a recovery")
        await pilot.press("slash", *"colour:red")
        await until(pilot, app, "there is no such column", "Esc clears it")
        await pilot.press("escape", "R", "B")
        await until(pilot, app, "READ-ONLY")
        assert app.screen.check_action("new_request", ()) is None


@pytest.mark.parametrize("size", SIZES)
async def test_a_channel_is_chosen_with_its_reasons_and_a_request_drafted_and_filled(
    abroad: Abroad, size: tuple[int, int]
) -> None:
    app = app_of(abroad, start_screen="recovery")
    async with app.run_test(size=size) as pilot:
        await until(pilot, app, "Accounts and holds")
        await pilot.press("B")
        await until(pilot, app, "by which channel?", "CN to GB", "YES  swift_recall", "sent by")
        await pilot.press("enter")
        await until(pilot, app, "swift_recall goes from bank to bank")
        await pilot.press("B")
        await until(pilot, app, "YES  igrip")
        await pilot.press("w", "w", "w", "w", "down")
        await until(pilot, app, "gives freeze; wanted: freeze")
        await pilot.press("enter")
        await until(pilot, app, "freeze by igrip", "who is asked")
        await pilot.press(*"NCB ", *"x" * 130, "enter", "enter", "enter", "enter")
        await until(pilot, app, "has at most 120 characters")
        await pilot.press("B")
        await until(pilot, app, "YES  igrip")
        await pilot.press("down", "enter")
        await until(pilot, app, "NCB xxx")
        assert app.screen.query(Input).first().value.startswith("NCB x"), "what was typed is kept"
        app.screen.query(Input).first().value = "Synthetic NCB"
        await pilot.press("enter", "enter", "enter", "enter")
        await until(pilot, app, "drafted by igrip", "✕ lacks beneficiary_bank", "Synthetic NCB in")
        assert "recovery xborder new R-2026-0001 --channel igrip --want freeze" in said(app)
        await pilot.press("n")
        await until(pilot, app, "fields of igrip, 3 fields missing")
        await pilot.press(*"Bank of X", "enter", *"MoJ 1", "enter", *"PIA 1", "enter")
        app.screen.query_one("#field-victim_country", Input).value = "China"
        await pilot.press("ctrl+s")
        await until(pilot, app, "no code of a State such as FR")
        await pilot.press("e")
        await until(pilot, app, "Bank of X")
        app.screen.query_one("#field-victim_country", Input).value = ""
        await pilot.press("ctrl+s")
        await until(pilot, app, "✓ complete", "s submit")
        assert "--field beneficiary_bank=TEXT" in said(app)
        await pilot.press("s")
        await until(pilot, app, "Submit the request?", "Synthetic NCB in GB", "GBP 500.00")
        await pilot.press("y")
        await until(pilot, app, "another person decides it", "waits for approval")
        await pilot.press("e")
        await until(pilot, app, "set is not possible")

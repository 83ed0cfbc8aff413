"""Less of a request by its key, and a part of an account by the line of the form."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from models.entities.request import RequestState
from tests.records.abroad.abroad_case import Abroad
from tests.records.abroad.test_asks_for_less import falls
from tests.records.abroad.test_board_screen import app_of, said
from tests.records.abroad.test_request_keys import fill, page_of
from tests.screens.conftest import until


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_less_is_asked_for_by_its_key_and_the_key_says_why_where_it_is_not(
    abroad: Abroad, size: tuple[int, int]
) -> None:
    name = abroad.out()
    app = page_of(abroad, name)
    async with app.run_test(size=size) as pilot:
        await until(pilot, app, "remind")
        await pilot.press("l")
        await until(pilot, app, "reduce is not possible")
        falls(abroad, 30_000)
        await until(pilot, app, "l reduce", "ask for less")
        await pilot.press("l")
        await until(pilot, app, "asks for as much as may be asked for", "why less is asked for")
        await pilot.press("enter")
        await until(pilot, app, "why less is asked for")
        await fill(pilot, app, "the trace fell")
        await until(pilot, app, "GBP 300.00", "version 2")
        assert abroad.row(name).state is RequestState.SENT
        less = next(
            r for r in abroad.unit.file(abroad.recovery_id).requests if r.replaces_id == name
        )
        assert (app.request_id, less.requested_minor) == (less.id, 30_000)
        assert less.state is RequestState.DRAFT
    assert f"recovery xborder reduce R-2026-0001 {name} --reason TEXT" in said(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_another_part_of_an_account_is_asked_for_by_the_line_of_the_form(
    abroad: Abroad, size: tuple[int, int]
) -> None:
    first = abroad.new(amount="200.00")
    app = app_of(abroad, start_screen="recovery")
    async with app.run_test(size=size) as pilot:
        await until(pilot, app, "Accounts and holds")

        async def form() -> None:
            await pilot.press("B")
            await until(pilot, app, "by which channel?", "YES  igrip")
            choices = app.screen.query_one(OptionList)
            while "eu_freeze" not in str(
                choices.get_option_at_index(choices.highlighted or 0).prompt
            ):
                await pilot.press("down")
            await pilot.press("enter")
            await until(pilot, app, "by eu_freeze", "amount", "part")

        await form()
        await fill(pilot, app, "Synthetic Court", "", "", "new")
        await until(pilot, app, "takes")
        await form()
        assert [line.value for line in app.screen.query(Input)][3] == "new", (
            "what was typed is kept"
        )
        await fill(pilot, app, "Synthetic Court", "", "300.00", "7")
        await until(pilot, app, "parts of the account: 1; new is another")
        await form()
        await fill(pilot, app, "Synthetic Court", "", "300.00", "new")
        await until(pilot, app, "Synthetic Court in GB", "What can be done")
        await pilot.press(*["j"] * (18 if size[1] == 24 else 8))
        await until(pilot, app, "this asks for part 2")
    (second,) = (r for r in abroad.unit.file(abroad.recovery_id).requests if r.id != first)
    assert (abroad.row(first).account_part, second.account_part) == (1, 2)
    assert second.requested_minor == 30_000
    assert "--amount 300.00 --part new" in said(app)

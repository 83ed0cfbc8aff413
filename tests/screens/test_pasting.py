"""A report's paste lands in the report whatever had the focus; no part of it is lost in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from textual.events import Paste
from textual.widgets import Input, TextArea

from recovery_flows.cases import report_and_stop
from tests.patience import PATIENCE_SECONDS
from tests.screens.test_keys import type_fast
from tests.screens.test_report import PASTE, file_of, ids
from tui.app import RecoveryApp
from tui.screens.dialogs import AskLine, Confirm
from tui.screens.questions import SecondReport
from tui.screens.report import ReportScreen

SECOND = PASTE.replace("SYN-7 (invented)", "SYN-8").replace("12,345.60", "777.00")
ACT = Event()


def pasted(app: RecoveryApp) -> tuple[str, str]:
    """What stands in the report, and in its case number."""
    screen = app.screen_stack[0]
    return screen.query_one("#pasted", TextArea).text, screen.query_one("#case", Input).value


async def paste(app: RecoveryApp, text: str) -> None:
    app.post_message(Paste(text))
    await asyncio.sleep(0.03)


@pytest.mark.parametrize("tabs", [0, 1, 2])
async def test_a_paste_lands_in_the_report_whatever_part_of_it_had_the_focus(
    unity: Any, wait: Any, tabs: int
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await type_fast(app, *["tab"] * tabs)
        await paste(app, PASTE)
        await wait(pilot, app, "this stop-payment leaves at once", "SYN-7")
        text, case = pasted(app)
        assert (text.count("\n"), case) == (8, "")
        assert app.focused is app.screen.query_one("#pasted")


async def test_a_second_reports_paste_on_the_case_number_asks_and_loses_nothing(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE)
        await type_fast(app, "tab", *"26-1")
        await wait(pilot, app, "leaves at once", "26-1")
        before = pasted(app)
        await paste(app, SECOND)
        await wait(pilot, app, "Another report is open", "(case number 26-1)", "8 lines")
        await type_fast(app, "escape")
        await wait(pilot, app, "✕ the paste was not taken: the report is as it was")
        assert pasted(app) == before
        await paste(app, SECOND)
        await wait(pilot, app, "Another report is open")
        await type_fast(app, "a")
        await wait(pilot, app, "Report: SYN-8")
        assert pasted(app)[0].count("victim:") == 2


async def test_replacing_the_open_report_takes_its_case_number_away_and_can_be_undone(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE)
        await type_fast(app, "tab", *"26-1")
        await wait(pilot, app, "leaves at once", "26-1")
        await paste(app, SECOND)
        await wait(pilot, app, "r Replace the open report")
        await type_fast(app, "r")
        await wait(pilot, app, "leaves at once", "CNY 777.00", "ctrl+z brings its text back")
        text, case = pasted(app)
        assert ("SYN-8" in text, "SYN-7" in text, case) == (True, False, "")
        await type_fast(app, "ctrl+z")
        await wait(pilot, app, "CNY 12,345.60")


async def test_an_answer_typed_before_the_question_about_two_reports_stood_does_not_count(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE)
        await wait(pilot, app, "leaves at once")
        app.post_message(Paste(SECOND))
        app.simulate_key("r")
        await wait(pilot, app, "Another report is open", "1 key typed before this question stood")
        assert isinstance(app.screen, SecondReport)
        assert "SYN-7" in pasted(app)[0]


@pytest.mark.parametrize("screen", ["now", "recovery", "approvals", "deadlines"])
async def test_a_paste_on_any_other_screen_opens_the_report_with_it(
    unity: Any, wait: Any, screen: str
) -> None:
    recovery = unity.report(100_000)
    app = unity.app("li", start_screen=screen, recovery_id=recovery)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "1 Now")
        if screen == "now":
            await wait(pilot, app, "R-2026-0001")
            await type_fast(app, "slash", *"26")
        await paste(app, PASTE)
        await wait(pilot, app, "this stop-payment leaves at once", "SYN-7 (invented)")
        assert isinstance(app.screen, ReportScreen)
        await type_fast(app, "escape")
        await wait(pilot, app, "1 Now")
        assert app.current_mode == screen


async def test_a_paste_into_a_question_is_refused_aloud_and_one_line_is_taken(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "n")
        await wait(pilot, app, "Accept R-2026-0001")
        await paste(app, PASTE)
        await wait(pilot, app, "✕ 8 lines were pasted and not taken: Esc leaves this question")
        assert isinstance(app.screen, AskLine)
        assert app.screen.query_one(Input).value == ""
        await paste(app, "26-77\n")
        await wait(pilot, app, " 26-77 ")
        assert app.screen.query_one(Input).value == "26-77"


async def test_one_pasted_line_goes_to_the_case_number_or_is_refused_aloud(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await paste(app, "SYN-1")
        await wait(pilot, app, "✕ nothing here takes a paste: i opens the screen for reports")
        await type_fast(app, "i", "tab")
        await wait(pilot, app, "case number; else")
        await paste(app, "26-78\n")
        await wait(pilot, app, "26-78")
        assert pasted(app) == ("", "26-78")


@pytest.fixture
def slow_act(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sending a stop takes until `ACT` is set."""
    real = report_and_stop.stop_at_once

    def stop(*given: Any, **more: Any) -> Any:
        ACT.wait(PATIENCE_SECONDS)
        return real(*given, **more)

    monkeypatch.setattr("tui.screens.report.stop_at_once", stop)
    ACT.clear()
    yield
    ACT.set()


@pytest.mark.usefixtures("slow_act")
async def test_a_report_pasted_while_the_one_before_is_being_sent_stands_in_the_report_after(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE)
        await type_fast(app, "ctrl+s")
        await wait(pilot, app, "Confirm")
        app.simulate_key("y")  # and the paste at once: what is typed is counted when it is told
        app.post_message(Paste(SECOND))
        await wait(pilot, app, "… doing it, 1 key typed")
        ACT.set()
        await wait(pilot, app, "CNY 777.00", "SYN-8")
        assert "SYN-7" not in pasted(app)[0]
        assert app.drafts["report:text"] == pasted(app)[0]
    assert len(ids(unity)) == 1


async def test_y_typed_with_ctrl_s_is_no_letter_of_the_report_and_no_yes(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        app.post_message(Paste(PASTE))
        app.simulate_key("ctrl+s")
        app.simulate_key("y")
        await wait(pilot, app, "Confirm", "1 key typed before this question stood")
        assert isinstance(app.screen, Confirm)
        assert pasted(app)[0].endswith("13:05\n")
        await type_fast(app, "y")
        await wait(pilot, app, "R-2026-0001", "nothing sent yet")
    assert file_of(unity, "R-2026-0001").recovery.case_number == "SYN-7 (invented)"


async def test_a_yes_typed_with_a_ctrl_s_that_is_refused_does_not_become_a_letter_of_the_report(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE.replace("2026-03-02 13:05", "2027-01-01 13:05"))
        await wait(pilot, app, "✕ 1 problem", "time lies in the future")
        before = pasted(app)
        app.simulate_key("ctrl+s")
        app.simulate_key("y")
        await wait(pilot, app, "1 key typed meanwhile: not used")
        assert pasted(app) == before

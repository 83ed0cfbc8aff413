"""The golden-hour screen: what is pasted is read live, shown exactly, and sent by few keys."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from rich.cells import cell_len
from textual.events import Paste
from textual.widgets import TextArea

from models.case_file import CaseFile
from models.entities.hold import HoldState
from models.facts import AccountRef
from models.queries.cases.case_files import load_file, recovery_id_of
from models.queries.cases.history import events_of
from models.queries.cases.views import EventLine
from tui.screens.dialogs import Confirm
from tui.screens.report import ReportScreen

PASTE = """Report: SYN-7 (invented)\r
victim: Synthetic Victim\r
phone: 000-1111\r
from account: 9999 0000 0000 1111 (test-west)\r
to account: 9999 0000 0000 2222 (Test test-east)\r
payee: Synthetic Mule\r
amount: CNY 12,345.60\r
time: 2026-03-02 13:05\r
"""


def ids(unity: Any) -> list[str]:
    """All recoveries, in the order in which they came."""
    with unity.database.reading() as session:
        return list(session.execute(sa.text("SELECT id FROM recovery ORDER BY ref")).scalars())


def file_of(unity: Any, ref: str) -> CaseFile:
    with unity.database.reading() as session:
        return load_file(session, recovery_id_of(session, ref))


def events(unity: Any, ref: str) -> list[EventLine]:
    with unity.database.reading() as session:
        return events_of(session, recovery_id_of(session, ref))


async def paste(app: Any, text: str) -> None:
    """What a terminal with bracketed paste sends: all lines in one event."""
    app.post_message(Paste(text))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_pasted_report_is_read_live_and_sent_after_its_message_was_shown(
    unity: Any, wait: Any, size: tuple[int, int]
) -> None:
    app = unity.app("li", time_zone="Asia/Shanghai")
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "No open recovery", "i Report")
        await pilot.press("i")
        await wait(pilot, app, "Paste a report here", "^s Send the stop")
        await paste(app, PASTE)
        text = await wait(
            pilot, app, "this stop-payment leaves at once", "test-east  Test test-east",
            "account ●", "9999000000002222", "holderName ●", "Synthetic Mule", "CNY 12,345.60",
            "PBC notice Yinfa [2016] No. 86", "✓ confirmed", "2 Mar 16:00 CST by another",
            "SYN-7 (invented)",
        )  # fmt: skip
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        await pilot.press("ctrl+s")
        await wait(pilot, app, "Send this stop-payment?", "hold-", "9999000000002222", "Confirm")
        await pilot.press("y")
        await wait(pilot, app, "R-2026-0001", "reported 2026-03-02 14:00:00 CST, nothing sent yet")
        await wait(pilot, app, "✓ R-2026-0001: stop-payment of CNY 12,345.60 ordered at")
    (hold,) = file_of(unity, "R-2026-0001").holds
    assert hold.state is HoldState.ORDERED
    assert app.drafts == {}


async def test_problems_are_named_by_field_with_what_to_write_and_nothing_can_be_sent(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await paste(app, PASTE.replace("12,345.60", "12.345,60").replace("test-west", "nowhere"))
        await wait(
            pilot, app, "2 problems", "from bank is not a registered partner",
            "amount can be read as two sums", "write `amount: CNY 12345.60`",
            "from bank      nowhere", "Synthetic Victim",
        )  # fmt: skip
        await pilot.press("ctrl+s")
        await wait(pilot, app, "✕ from bank is not a registered partner")
        assert not isinstance(app.screen, Confirm)
        evil = PASTE.replace("Synthetic Victim", "\x1b]0;pwned\x07[red]x[/red]")
        app.screen.query_one(TextArea).text = evil.replace("000-1111", "\u202e1")
        await wait(pilot, app, "victim holds control characters", "[red]x[/red]")
        app.screen.query_one(TextArea).text = PASTE.replace("Test test-east", "test-abroad")
        await wait(pilot, app, "test-abroad is abroad (GB)", "the report is accepted, and next:")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "Accept the report?", "No stop-payment can be sent first.")
        await pilot.press("y")
        await wait(pilot, app, "no stop was sent: test-abroad is abroad")


async def test_typing_works_too_and_half_a_report_is_kept_when_the_screen_is_left(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = unity.app("li", start_screen="approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No approvals pending")
        await pilot.press("i", *"name:q1", "enter", *"sum:CNY 5", "escape")
        await wait(pilot, app, "No approvals pending")
        await pilot.press("q")
        await wait(pilot, app, "1 unsaved text")
        await pilot.press("escape", "2", "i")
        text = await wait(pilot, app, "name:q1", "sum:CNY 5", "5 problems")
        assert "from bank is missing" in text
        await pilot.press("ctrl+l")
        await wait(pilot, app, "Paste a report here")
        assert app.drafts == {}
        await pilot.press("escape")
        assert app.current_mode == "recovery"


async def test_the_case_number_can_be_typed_and_is_asked_for_where_the_text_has_none(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await paste(app, PASTE.replace("Report: SYN-7 (invented)\r\n", ""))
        await wait(pilot, app, "case number is missing: write `case: NUMBER`", "none yet")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "✕ case number is missing")
        await pilot.press("tab", *"26-5", "enter")
        await wait(pilot, app, "Send this stop-payment?", "26-5")
        await pilot.press("y")
        await wait(pilot, app, "case 26-5  case officer: li")


async def test_a_known_report_names_its_recovery_and_a_shared_account_warns_in_every_place(
    unity: Any, wait: Any
) -> None:
    mule = AccountRef("test-east", "9999000000002222", "Synthetic Mule")
    recovery = unity.report(700_000, ref="other", payee=mule)
    unity.case_officer("zhao").advance(recovery, case_number="1")
    warning = "∩ duplicate subject  the account is also in another recovery: ask zhao"
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await paste(app, PASTE)
        await wait(pilot, app, "the account is also in another recovery", "leaves at once")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "Send this stop-payment?", warning)
        await pilot.press("y")
        await wait(pilot, app, "R-2026-0002", warning, "merge? another")
        await pilot.press("i")
        await paste(app, PASTE)
        await wait(pilot, app, "✕ this report was received before: it is in R-2026-0002, yours")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "✕ this report was received before")
        app.screen.query_one(TextArea).text = ""
        await pilot.press("escape")
    left = next(e for e in events(unity, "R-2026-0002") if e.event == "ordered_first")
    assert left.reason == "sent knowing that 1 other recovery (of zhao) had it too"


async def test_a_step_that_sends_warns_with_the_reference_where_the_other_one_is_ones_own(
    unity: Any, wait: Any
) -> None:
    for number in (1, 2):
        recovery = unity.report(100_000 * number)
        unity.case_officer("li").advance(recovery, case_number="1")
    app = unity.app("li", start_screen="recovery", recovery_id=recovery)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "∩ duplicate subject  the account is also in R-2026-0001: yours")
        await pilot.press("n")
        await wait(pilot, app, "Send the stop-payment", "in R-2026-0001: yours", "Confirm")
        await pilot.press("y")
        await wait(pilot, app, "stop-payment sent; another person")
        await pilot.press("o")
        await wait(pilot, app, "wang")
        await pilot.press("down", "enter", "3")
        await wait(pilot, app, "1 approval pending", "R-2026-0001: ask li")


async def test_sending_waits_for_its_own_reading_and_a_later_warning_stops_it(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "Paste a report here")
        await paste(app, PASTE)
        await pilot.press("ctrl+s")  # before anything was read
        await wait(pilot, app, "Send this stop-payment?")
        mule = AccountRef("test-east", "9999000000002222", "Synthetic Mule")
        unity.report(700_000, ref="meanwhile", payee=mule)
        await pilot.press("y")
        await wait(pilot, app, "the account is also in another recovery: unassigned")
        assert isinstance(app.screen, ReportScreen)
        assert app.screen.query_one(TextArea).text
    assert len(ids(unity)) == 1


async def test_read_only_and_a_supervisor_send_nothing(unity: Any, wait: Any) -> None:
    app = unity.app("wang", start_screen="report")
    async with app.run_test(size=(100, 30)) as pilot:
        await paste(app, PASTE)
        text = await wait(
            pilot, app, "✕ this takes an officer; wang is supervisor", "CNY 12,345.60",
            "– this stop-payment is not ready to be sent",
        )  # fmt: skip
        assert "leaves at once" not in text
        await pilot.press("ctrl+s")
        await wait(pilot, app, "✕ this takes an officer; wang is supervisor: o changes who acts")
        await pilot.press("escape", "R", "i", "ctrl+s")
        await pilot.pause(0.3)
        assert len(app.screen_stack) == 1
    assert ids(unity) == []


async def test_red_recoveries_stay_in_their_place_under_any_filter(
    unity: Any, wait: Any, look: Any
) -> None:
    for number in range(3):
        unity.report(100_000 + number, ref=f"old-{number}")
    unity.move_clock(hours=30)
    fresh = unity.report(999_900, ref="fresh")
    unity.case_officer("li").advance(fresh, case_number="1")
    unity.case_officer("zhao").advance(ids(unity)[0], case_number="2")
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "▲ 2 stalled", "▲ unassigned 1 d 06 h")
        await pilot.press("slash", *"9,999")
        text = await wait(pilot, app, "filter: 1 of 4", "▲ 2 stalled are always shown")
        rows = [line for line in text.splitlines() if "R-2026-000" in line and "CNY" in line]
        assert ["unassigned" in row for row in rows] == [True, True, False]
        await pilot.press("enter", "s", "s", "s")
        await wait(pilot, app, "loss▴")
        rows = [line for line in look(app).splitlines() if "R-2026-000" in line and "CNY" in line]
        assert ["unassigned" in row for row in rows][:2] == [True, True]
        await pilot.press("4")
        await wait(pilot, app, "▲ 2 stalled", "Time from report", "nothing was sent yet")

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from models.case_file import CaseFile
from models.entities.catalogue import table_of
from models.entities.event import Event
from models.entities.hold import HoldState
from models.entities.recovery import RecoveryState
from models.queries.cases.case_files import load_file
from recovery_flows.cases.views.pending_approvals import pending_approvals
from tui.screens.dialogs import Confirm, TypeRef


def file_of(unity: Any, recovery_id: str) -> CaseFile:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


def event_count(unity: Any) -> int:
    with unity.database.reading() as session:
        query = sa.select(sa.func.count()).select_from(table_of(Event))
        return int(session.execute(query).scalar_one())


async def test_accepting_asks_for_a_case_number_and_does_it(unity: Any, wait: Any) -> None:
    recovery = unity.report(100_000)
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "accept the report")
        await pilot.press("n")
        await wait(pilot, app, "Accept R-2026-0001", "case number")
        await pilot.press("enter")
        await wait(pilot, app, "it may not be empty")
        await pilot.press(*"26-5", "enter")
        await wait(pilot, app, "accepted under case number 26-5")
    assert file_of(unity, recovery).recovery.case_number == "26-5"


async def test_a_stop_leaves_only_after_its_figures_were_shown_and_y_was_pressed(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(100_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "send the stop-payment")
        await pilot.press("n")
        await wait(pilot, app, "amount", "CNY 1,000.00", "stop under CN_STOP_48H", "···· 2222")
        await pilot.press("escape")
        assert file_of(unity, recovery).holds[0].state is HoldState.DRAFT
        await pilot.press("n")
        await wait(pilot, app, "Confirm")
        await pilot.press("y")
        await wait(pilot, app, "stop-payment sent; another person")
    assert file_of(unity, recovery).holds[0].state is HoldState.ORDERED


async def test_the_screen_says_why_a_step_is_not_this_persons(unity: Any, wait: Any) -> None:
    app = unity.app("wang", recovery_id=unity.report(100_000), start_screen="recovery")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "this takes an officer; wang is supervisor")
        await pilot.press("n")
        await wait(pilot, app, "✕ R-2026-0001: this takes an officer")
        await pilot.press("o")
        await wait(pilot, app, "Act as which officer?", "li", "zhao")
        await pilot.press("enter")
        await wait(pilot, app, "n accept the report", "li officer")


async def test_the_next_step_of_a_supervisor_is_the_approval_itself(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("wang", recovery_id=traced, start_screen="recovery")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n confirm the stop-payment")
        await pilot.press("n")
        await wait(pilot, app, "1 approval pending", "a approve")


async def test_a_decision_on_an_old_picture_is_refused_in_a_sentence(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", recovery_id=traced, start_screen="recovery")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "n send the stop-payment")
        await pilot.press("n")
        await wait(pilot, app, "Confirm")
        await asyncio.to_thread(unity.case_officer("zhao").note, traced, "meanwhile")
        await pilot.press("y")
        await wait(pilot, app, "has changed since you looked", "zhao 2026-03-02 06:40 UTC note")


async def test_nobody_approves_what_he_asked_for_himself(unity: Any, wait: Any) -> None:
    recovery = unity.report(100_000)
    unity.case_officer("zhao").advance(recovery, case_number="1")
    unity.case_officer("zhao").advance(recovery)
    app = unity.app("zhao", start_screen="approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "you asked for it: a second person decides", "stop under CN_STOP")
        for key in ("a", "d"):
            await pilot.press(key)
            text = await wait(pilot, app, "a second person decides ○ engine stopped")
            assert "Confirm" not in text
    assert len(pending_approvals(unity.database, unity.laws)) == 1


async def test_an_approval_is_given_with_its_authority_and_denied_with_a_reason(
    unity: Any, wait: Any
) -> None:
    for minor in (100_000, 200_000):
        recovery = unity.report(minor, ref=f"A{minor}")
        unity.case_officer("li").advance(recovery, case_number="1")
        unity.case_officer("li").advance(recovery, knowing=True)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "2 approvals pending")
        await pilot.press("a")
        await wait(pilot, app, "Authorisation reference")
        await pilot.press("tab", *"a y", "enter", "y")
        await wait(pilot, app, "1 approval pending", "approved")
        await pilot.press("d")
        await wait(pilot, app, "reason")
        await pilot.press(*"no", "enter")
        await wait(pilot, app, "No approvals pending")


async def test_a_return_is_approved_only_by_typing_its_reference(
    unity: Any, returnable: str, wait: Any
) -> None:
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "return to victims", "CNY 50,000.00", "S·· → ···· 1111")
        await pilot.press("a")
        await wait(pilot, app, "Type R-2026-0001 and press Enter")
        assert isinstance(app.screen, TypeRef)
        await pilot.press("y", "enter")
        await wait(pilot, app, "that is not R-2026-0001: nothing was done")
        assert len(pending_approvals(unity.database, unity.laws)) == 1
        await pilot.press("backspace", *"r-2026-0001", "enter")
        await wait(pilot, app, "return to victims approved")
    assert file_of(unity, returnable).recovery.state is RecoveryState.OPEN


async def test_what_is_typed_to_approve_a_return_is_seen_with_every_figure_at_80_by_24(
    unity: Any, returnable: str, wait: Any
) -> None:
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "return to victims")
        await pilot.press("a")
        await wait(pilot, app, "Type R-2026-0001", "S·· → ···· 1111", "digest", "level, number")
        await pilot.press(*"r-20")
        await wait(pilot, app, "r-20", "digest", "esc Back")
    assert file_of(unity, returnable).recovery.state is RecoveryState.OPEN


async def test_half_typed_texts_are_kept_and_quitting_asks(
    unity: Any, traced: str, wait: Any
) -> None:
    app = unity.app("li", recovery_id=traced, start_screen="recovery")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n send the stop-payment")
        await pilot.press("w", *"half", "escape", "q")
        await wait(pilot, app, "1 unsaved text")
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape", "w")
        await wait(pilot, app, "half")
        await pilot.press(*" done", "ctrl+s")
        await wait(pilot, app, "note kept")
        assert app.drafts == {}
        await pilot.press("end")
        await wait(pilot, app, "half done")


async def test_a_request_takes_its_missing_fields_from_a_form(
    unity: Any, traced: str, wait: Any
) -> None:
    zhao = unity.case_officer("zhao")
    zhao.advance(traced)
    zhao.advance(traced)
    app = unity.app("li", recovery_id=traced, start_screen="recovery")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n complete the request: 12 fields missing")
        await pilot.press("n")
        await wait(pilot, app, "12 fields missing", "requesting authority")
        await pilot.press(*"X1", "escape", "n")
        await wait(pilot, app, "X1")
        await pilot.press("ctrl+s")
        await wait(pilot, app, "request amended; still missing")
        await wait(pilot, app, "11 fields missing")


async def test_read_only_lets_no_key_write(unity: Any, traced: str, wait: Any) -> None:
    before = event_count(unity)
    app = unity.app("zhao")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("R")
        await wait(pilot, app, "⊘ READ-ONLY")
        for screen, keys in (("1", "n"), ("2", "nw"), ("3", "ad")):
            await pilot.press(screen, *keys)
            await pilot.pause(0.2)
            assert len(app.screen_stack) == 1
        app.perform(lambda acting: acting.note(traced, "no"))
        await wait(pilot, app, "the screen is read-only: R ends that")
    assert event_count(unity) == before

"""Keys typed as fast as a person types them, while questions are slow to come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input

from models.case_file import CaseFile
from models.entities.hold import HoldState
from models.queries.cases.case_files import load_file
from models.queries.cases.views import RecoveryPage
from models.queries.installation.officers import OfficerView
from tests.patience import PATIENCE_SECONDS
from tui.app import RecoveryApp
from tui.screen_queries import Source
from tui.screens.dialogs import AskLine, Confirm
from tui.widgets.approvals import WaitingTable
from tui.widgets.queue import QueueTable

BETWEEN_KEYS = 0.03  # seconds: a fast typist, or keys that a busy terminal delivers at once
READ = Event()


class SlowSource(Source):
    """A case database whose pages are read only once `READ` is set."""

    def page(self, recovery_id: str, viewer: OfficerView | None = None) -> RecoveryPage:
        READ.wait(PATIENCE_SECONDS)
        return super().page(recovery_id, viewer)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reading waits for `READ`, and a dialog takes long to be mounted."""

    async def on_mount(self: object) -> None:
        del self
        await asyncio.sleep(0.4)

    monkeypatch.setattr(AskLine, "on_mount", on_mount, raising=False)
    monkeypatch.setattr(Confirm, "on_mount", on_mount, raising=False)
    READ.clear()
    yield
    READ.set()


async def type_fast(app: RecoveryApp, *keys: str) -> None:
    """Press keys without waiting for what they do."""
    for key in keys:
        app.simulate_key(key)
        await asyncio.sleep(BETWEEN_KEYS)


def app_of(unity: Any, handle: str, **more: object) -> RecoveryApp:
    app: RecoveryApp = unity.app(handle, **more)
    app.source = SlowSource(app.source.database, app.source.laws)
    return app


def file_of(unity: Any, recovery_id: str) -> CaseFile:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


@pytest.mark.usefixtures("slow")
async def test_what_is_typed_after_n_waits_for_its_question_and_goes_nowhere_else(
    unity: Any, wait: Any, look: Any
) -> None:
    recovery = unity.report(100_000)
    unity.move_clock(minutes=1)
    unity.report(200_000)
    app = app_of(unity, "li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        chosen = app.screen.query_one(QueueTable).cursor_id
        for key in ("n", *"4j26-q5"):  # all of them before it is told how many there are
            app.simulate_key(key)
        await wait(pilot, app, "… reading the recovery, 7 keys typed; Esc: do not wait for it")
        assert (app.current_mode, len(app.screen_stack)) == ("now", 1)
        READ.set()
        await type_fast(app, "x")
        await wait(pilot, app, "Accept R-2026-0001", "4j26-q5x")
        await type_fast(app, "enter")
        await wait(pilot, app, "accepted under case number 4j26-q5x")
        assert app.current_mode == "now"
        assert "Summary" not in look(app).splitlines()[2]
        assert app.screen.query_one(QueueTable).cursor_id == chosen
    assert file_of(unity, recovery).recovery.case_number == "4j26-q5x"


@pytest.mark.usefixtures("slow")
async def test_n_then_4_never_opens_a_question_over_another_screen(unity: Any, wait: Any) -> None:
    unity.report(100_000)
    app = app_of(unity, "li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "n", "4")
        READ.set()
        await wait(pilot, app, "Accept R-2026-0001")
        assert app.screen.query_one(Input).value == "4"
        assert app.current_mode == "now"


@pytest.mark.usefixtures("slow")
async def test_a_yes_typed_before_the_figures_could_be_seen_does_not_count(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(100_000)
    unity.case_officer("li").advance(recovery, case_number="1")
    app = app_of(unity, "li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "send the stop-payment")
        await type_fast(app, "n", "y")
        READ.set()
        await wait(pilot, app, "Confirm", "1 key typed before this question stood: look at it")
        assert isinstance(app.screen, Confirm)
        assert file_of(unity, recovery).holds[0].state is HoldState.DRAFT
        await type_fast(app, "y")
        await wait(pilot, app, "stop-payment sent; another person")
    assert file_of(unity, recovery).holds[0].state is HoldState.ORDERED


@pytest.mark.usefixtures("slow")
async def test_keys_for_a_question_that_does_not_come_are_dropped_and_that_is_said(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = app_of(unity, "wang")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "n", "4", "q")
        READ.set()
        await wait(pilot, app, "wang is supervisor; 2 keys typed meanwhile: not used")
        assert app.current_mode == "now"


@pytest.mark.usefixtures("slow")
async def test_escape_does_not_wait_for_a_question_and_it_opens_nothing_later(
    unity: Any, wait: Any
) -> None:
    unity.report(100_000)
    app = app_of(unity, "li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "n", "4", "escape")
        await wait(pilot, app, "✕ not waited for; 1 key typed meanwhile: not used")
        READ.set()
        await type_fast(app, "4")
        await wait(pilot, app, "Status of reported loss")
        assert len(app.screen_stack) == 1


@pytest.mark.usefixtures("slow")
async def test_n_at_once_after_enter_is_for_the_recovery_that_opens(unity: Any, wait: Any) -> None:
    unity.report(100_000)
    app = app_of(unity, "li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, "enter", "n", *"26-9")
        READ.set()
        await wait(pilot, app, "Accept R-2026-0001", "26-9")
        assert app.current_mode == "recovery"


async def test_rows_that_come_into_an_empty_queue_take_enter_and_down(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery")
        await asyncio.to_thread(unity.report, 100_000)
        unity.move_clock(minutes=1)
        await asyncio.to_thread(unity.report, 200_000)
        await wait(pilot, app, "R-2026-0001", "R-2026-0002")
        assert app.focused is app.screen.query_one(QueueTable)
        await type_fast(app, "down", "enter")
        await wait(pilot, app, "Accounts and holds", "R-2026-0002")


async def test_approvals_that_come_into_an_empty_list_take_the_keys_too(
    unity: Any, wait: Any
) -> None:
    recovery = unity.report(100_000)
    app = unity.app("wang", start_screen="approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No approvals pending")
        await asyncio.to_thread(unity.case_officer("li").advance, recovery, case_number="1")
        await asyncio.to_thread(unity.case_officer("li").advance, recovery)
        await wait(pilot, app, "1 approval pending")
        assert app.focused is app.screen.query_one(WaitingTable)
        await type_fast(app, "enter")
        await wait(pilot, app, "R-2026-0001", "n confirm the stop-payment")


async def test_rows_that_come_do_not_take_the_keys_from_a_filter_that_is_being_typed(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "No open recovery")
        await type_fast(app, "slash", *"1,0")
        await asyncio.to_thread(unity.report, 100_000)
        await wait(pilot, app, "R-2026-0001")
        await type_fast(app, *"00")
        await wait(pilot, app, "1,000", "filter: 1 of 1")


@pytest.mark.parametrize("screen", ["now", "summary", "deadlines"])
async def test_keys_after_a_key_that_opens_a_screen_are_for_that_screen(
    unity: Any, wait: Any, screen: str
) -> None:
    unity.report(100_000)
    app = unity.app("li", start_screen=screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "1 Now")
        await type_fast(app, "question_mark", *"read-only")
        await wait(pilot, app, "Help: type a word or a key", "Read-only on or off")
        await type_fast(app, "escape", "i", *"victim: S")
        await wait(pilot, app, "victim: S", "Synthetic"[:1])
        assert app.current_mode == "report"

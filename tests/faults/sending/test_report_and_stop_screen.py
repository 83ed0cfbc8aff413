"""From the queue to the order at the bank, over HTTP: how many keys, and what the bank reads."""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa
from textual.events import Paste

from models.queries.cases.work import calls_by_id
from recovery_flows.access.log_in import by_system_user
from recovery_flows.cases.views.page import recovery_page
from tests.patience import PATIENCE_SECONDS
from tui.app import RecoveryApp
from tui.panels.report import message_figures
from tui.screen_queries import Source
from tui.screens.report import ReportScreen

PRESSES_MAX = 12
PASTE = """report: SYN-GOLDEN
victim: Synthetic Victim
from account: 9999000000000002 (bank-slow)
to account: 9999000000000001 (Sandbox Test Bank)
payee: Synthetic Mule
amount: CNY 500.00
time: 2026-03-02 09:30
"""


class Sender:
    """An officer at the terminal whose presses are counted; a paste is one."""

    def __init__(self, app: RecoveryApp, pilot: Any) -> None:
        self.app, self.pilot, self.presses = app, pilot, 0

    async def press(self, key: str) -> None:
        self.presses += 1
        await self.pilot.press(key)

    async def paste(self, text: str) -> None:
        self.presses += 1
        self.app.post_message(Paste(text))
        await self.pilot.pause()

    async def until(self, text: str) -> None:
        given_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < given_up_at:
            strips = self.app.screen._compositor.render_strips()
            if any(text in strip.text for strip in strips):
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"{text} never stood on the screen")


async def test_four_presses_take_a_pasted_report_to_an_order_that_the_bank_has(unit: Any) -> None:
    officer = by_system_user(unit.database, "the-officer")
    assert officer is not None
    source = Source(unit.database, unit.installation.laws)
    app = RecoveryApp(source, officer, officers=(officer,), unit_name="Synthetic Unit")
    shown: dict[str, str] = {}
    async with app.run_test(size=(80, 24)) as pilot:
        sender = Sender(app, pilot)
        await sender.until("1 open recovery")
        await sender.press("i")
        await sender.paste(PASTE)
        await sender.until("this stop-payment leaves at once")
        assert isinstance(app.screen, ReportScreen)
        shown = message_of(app.screen)
        await sender.press("ctrl+s")
        await sender.until("Send this stop-payment?")
        await sender.press("y")
        await sender.until("R-2026-0002")
    unit.later(1 / 60)
    await unit.sweep()
    assert sender.presses == 4 <= PRESSES_MAX
    (hold,) = [h for h in unit.sandbox.book()["holds"] if h["orderRef"] == shown["orderRef"]]
    assert hold["account"]["number"] == shown["account ●"]
    assert wire_of(unit, shown["orderRef"]) == {
        "orderRef": shown["orderRef"],
        "kind": shown["kind"],
        "account": {"number": shown["account ●"], "holderName": shown["holderName ●"]},
        "amount": {"currency": "CNY", "amount": shown["amount"].removeprefix("CNY ")},
        "mandate": shown["mandate"],
        "expiresAt": None,
        "supersedes": None,
        "requestRef": None,
    }
    page = recovery_page(unit.database, unit.installation.laws, app.recovery_id, unit.wall_now)
    assert (page.first_sent, page.first_sent_at) == ("stop", unit.sandbox.now)
    assert (page.first_sent_at - page.reported_at).total_seconds() == 60
    unit.assert_books_hold()


def wire_of(unit: Any, hold_id: str) -> Any:
    """The bytes that left for a hold, as JSON."""
    with unit.database.reading() as session:
        text = sa.text("SELECT id FROM call WHERE subject_id = :hold AND kind = 'hold'")
        call_id = session.execute(text, {"hold": hold_id}).scalar_one()
        (call,) = calls_by_id(session, unit.database.vault, [call_id])
    return json.loads(call.body)


def message_of(screen: ReportScreen) -> dict[str, str]:
    """The message as the screen shows it, by the names on the wire."""
    assert screen._shown is not None
    checked = screen._shown[1]
    assert checked is not None
    return dict(message_figures(checked))

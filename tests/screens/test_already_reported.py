"""A payment that is in a recovery already, entered again on the golden-hour screen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.events import Paste

from tests.screens.test_keys import type_fast
from tests.screens.test_report import PASTE, events, file_of, ids
from tui.screens.dialogs import Confirm
from tui.screens.questions import AlreadyReported

AGAIN = PASTE.replace("SYN-7 (invented)", "SYN-9").replace("13:05", "13:06")


async def send(app: Any, pilot: Any, wait: Any, text: str) -> None:
    app.post_message(Paste(text))
    await wait(pilot, app, "leaves at once")
    await type_fast(app, "ctrl+s")
    await wait(pilot, app, "Send this stop-payment?")
    await type_fast(app, "y")
    await wait(pilot, app, "R-2026-0001", "nothing sent yet")


async def test_the_same_payment_again_is_told_with_its_recovery_and_o_opens_that(
    unity: Any, wait: Any
) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await send(app, pilot, wait, PASTE)
        await type_fast(app, "i")
        app.post_message(Paste(AGAIN))
        text = await wait(
            pilot, app, "≠ this payment is already reported as R-2026-0001: yours",
            "ctrl+s asks whether this is another payment",
        )  # fmt: skip
        assert "leaves at once" not in text
        assert "also in another recovery" not in text
        await type_fast(app, "ctrl+s")
        await wait(pilot, app, "Already reported?", "o Open that recovery")
        assert isinstance(app.screen, AlreadyReported)
        await type_fast(app, "o")
        await wait(pilot, app, "R-2026-0001", "case SYN-7 (invented)")
    assert len(ids(unity)) == 1


async def test_another_payment_is_a_decision_that_the_history_keeps(unity: Any, wait: Any) -> None:
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(80, 24)) as pilot:
        await send(app, pilot, wait, PASTE)
        await type_fast(app, "i")
        app.post_message(Paste(AGAIN))
        await wait(pilot, app, "≠ this payment is already reported as R-2026-0001")
        await type_fast(app, "ctrl+s")
        await wait(pilot, app, "a It is another payment")
        await type_fast(app, "a")
        await wait(pilot, app, "You decide that this is another payment", "Confirm")
        assert isinstance(app.screen, Confirm)
        await type_fast(app, "y")
        await wait(pilot, app, "R-2026-0002")
    assert len(file_of(unity, "R-2026-0002").holds) == 1
    accepted = next(e for e in events(unity, "R-2026-0002") if e.event == "accepted")
    assert accepted.reason == "decided to be another payment than that of R-2026-0001"


async def test_keys_typed_before_the_question_about_the_same_payment_stands_decide_nothing(
    unity: Any, wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = asyncio.Event()

    async def on_mount(self: object) -> None:
        del self
        await typed.wait()

    monkeypatch.setattr(AlreadyReported, "on_mount", on_mount, raising=False)
    app = unity.app("li", start_screen="report")
    async with app.run_test(size=(120, 40)) as pilot:
        await send(app, pilot, wait, PASTE)
        await type_fast(app, "i")
        app.post_message(Paste(AGAIN))
        await wait(pilot, app, "≠ this payment is already reported as R-2026-0001")
        await type_fast(app, "ctrl+s", "a", "y")
        typed.set()
        await wait(pilot, app, "Already reported?", "2 keys typed before this question stood")
        assert isinstance(app.screen, AlreadyReported)
    assert len(ids(unity)) == 1

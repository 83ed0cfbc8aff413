"""What stays as it leaves or is typed has Chinese words beside it."""

from __future__ import annotations

from typing import Any

from models.language.catalogue import Language
from tests.screens.conftest import traced_case
from tests.screens.test_languages import speaking
from tests.screens.test_report import PASTE, paste


async def test_the_message_of_a_stop_has_chinese_words_beside_the_fields_of_the_wire(
    unity: Any, wait: Any
) -> None:
    app = speaking(unity, Language.CHINESE)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("i")
        await pilot.pause(0.3)
        await paste(app, PASTE)
        await wait(
            pilot, app, "指令编号 orderRef", "种类 kind", "账号 account ●", "户名 holderName ●",
            "金额 amount", "授权编号 mandate",
        )  # fmt: skip


async def test_a_statement_to_be_asked_for_and_a_booking_are_told_in_chinese(
    unity: Any, wait: Any
) -> None:
    traced_case(unity)
    app = speaking(unity, Language.CHINESE)
    async with app.run_test(size=(120, 46)) as pilot:
        await wait(pilot, app, "R-2026-0001")
        await pilot.press("t")
        text = await wait(pilot, app, "先进先出", "第 1 笔")
        assert "for the statement of" not in text
        assert "no. 1" not in text

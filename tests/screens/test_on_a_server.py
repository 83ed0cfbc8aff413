"""The screens on PostgreSQL: each is shown, a key acts, and others' commits come by themselves.

Skipped where no PostgreSQL server is installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.one_postgres import new_database, server_or_skip
from tests.screens.conftest import SECOND, Unity, traced_case

pytest.importorskip("psycopg", reason="NOT SHOWN: the extra `postgres` is not installed")
SHOWN = {
    "2": "Accounts and holds",
    "3": "confirm stop-payment",
    "4": "Open recoveries by stage",
    "5": "Test test-east",
    "6": "confirmation due",
    "7": "Nothing is distributed yet",
    "8": "test-abroad",
    "0": "request abroad: drafted",
}


@pytest.fixture
def unity(tmp_path: Path) -> Iterator[Unity]:
    with server_or_skip() as url:
        made = Unity(tmp_path, new_database(url, f"recovery_screens_{os.getpid()}"))
        yield made
        made.database.dispose()


async def test_every_screen_is_shown_and_follows_what_others_commit(
    unity: Unity, wait: Any
) -> None:
    traced_case(unity)
    app = unity.app("zhao")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0001", "send the stop-payment of CNY 50")
        for key, text in SHOWN.items():
            await pilot.press(key)
            await wait(pilot, app, text)
        await pilot.press("1", "n")
        await wait(pilot, app, "CNY 50,000.00", "Sent to the bank immediately")
        await pilot.press("y")
        await wait(pilot, app, "ordered, no answer yet")
        unity.report(20_000, payee=SECOND)
        await wait(pilot, app, "2 open recoveries", "R-2026-0002")
        await pilot.press("slash", *"200.00", "enter")
        await wait(pilot, app, "CNY 200.00")

"""Terms of a filter such as `bank:east ends<24h held>10000`, over the whole database."""

from __future__ import annotations

import asyncio
from typing import Any

from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.queue_terms import read_filter
from tests.screens.conftest import HOME, LAWS, START, AccountRef
from tui.screen_queries import Source

OTHER_VICTIM = AccountRef(HOME, "9999000000009988", "Synthetic Other")


async def test_terms_find_by_bank_stage_officer_end_age_and_sums(
    unity: Any, traced: str, wait: Any
) -> None:
    """The traced loss of 120,000 with 36,000 held, and two reports that nobody has accepted."""
    del traced
    unity.report(377_700)
    unity.report(400_000)
    source = Source(unity.database, LAWS)
    for text, expected in (
        ("bank:abroad", {"R-2026-0001"}),
        ("stage:frozen", set()), ("stage:stopped", {"R-2026-0001"}), ("stage:reported", {"2", "3"}),
        ("officer:li", {"R-2026-0001"}), ("officer:-", {"2", "3"}),
        ("case:77", {"R-2026-0001"}), ("currency:gbp", set()),
        ("ends<3h", {"R-2026-0001"}), ("ends<0", set()), ("age>30m", {"R-2026-0001"}),
        ("loss>4000", {"R-2026-0001"}), ("loss:4000", {"3"}), ("loss<4,000.00", {"2"}),
        ("held>35999.99 stage:freezing", {"R-2026-0001"}), ("held>36000", set()),
        ("victims>0 loss<1", set()), ("~r03", {"3"}), ("~jg", set()), ("~26", {"1", "2", "3"}),
    ):  # fmt: skip
        page = source.queue(QueueQuery(text, only_found=True), 9)
        found = {line.ref for line in page.lines}
        wanted = {ref if ref.startswith("R") else f"R-2026-000{ref}" for ref in expected}
        assert (text, found, page.found) == (text, wanted, len(wanted))
    app = unity.app("li")
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0003")
        await pilot.press("slash", *"loss>100000")
        await wait(pilot, app, "filter: 1 of 3")
        await pilot.press("escape", "slash", *"losss>1")
        await wait(pilot, app, "✕ losss>1: there is no such column; there are bank, stage")
        await asyncio.sleep(0)


def test_a_term_that_cannot_be_meant_says_what_to_write_and_one_that_is_not_finished_waits() -> (
    None
):
    wrong = {
        "ends:24h": "asked with < or >", "ends<soon": "such as 90m", "held>much": "a number",
        "held>nan": "a number", "bank<a": "asked with a colon", "stage:qqq": "there are reported",
        "loss>1e9": "a number", "loss>99999999999999999999": "a number",
    }  # fmt: skip
    for text, told in wrong.items():
        asked = read_filter(text, START)
        assert not asked.terms
        assert told in asked.wrong[0]
    for text in ("bank:", "ends<", "ends<2", "held>"):
        assert read_filter(text, START) == read_filter("", START)


def test_letters_in_their_order_find_by_reference_payment_bank_account_and_officer(
    unity: Any, traced: str
) -> None:
    assert traced
    unity.report(200_000, ref="other", victim=OTHER_VICTIM)
    source = Source(unity.database, LAWS)
    for text, expected in (
        ("~etrcd", ["R-2026-0001"]),  # the payment's reference, Etraced
        ("~othr", ["R-2026-0002"]),  # the report's
        ("~bhold", ["R-2026-0001"]),  # the bank's
        ("~33", ["R-2026-0001"]), ("~9988", ["R-2026-0002"]),  # last digits of accounts
        ("~tabrd", ["R-2026-0001"]),  # a bank abroad
        ("~li", ["R-2026-0001"]), ("~20677", ["R-2026-0001"]), ("~xyzzy", []),
    ):  # fmt: skip
        page = source.queue(QueueQuery(text, only_found=True), 9)
        assert (text, sorted(line.ref for line in page.lines)) == (text, expected)

"""Screens as text and in files: the same facts, no name, no whole account, no formula."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from models.money import Money
from recovery_flows.cases.pages.renderings import FORMATS, as_csv, as_markdown, plain_lines
from recovery_flows.cases.pages.value import Column, Page, Section, line, table
from recovery_flows.cases.views.saved_views import SavedView
from recovery_flows.cli.page_text import page_lines
from recovery_flows.errors import MisuseError
from tests.screens.conftest import LAWS
from tui.screen_queries import Source
from tui.whole_pages import OF_ONE, SCREENS, whole_page

ZONE = "Asia/Shanghai"


def test_every_screen_as_text_has_its_facts_and_no_personal_data(
    unity: Any, returnable: str
) -> None:
    source = Source(unity.database, LAWS)
    texts = {
        screen: "\n".join(plain_lines(whole_page(
            source, screen, view=SavedView(), recovery_id=returnable,
            officer=unity.officer("wang"), zone=ZONE,
        )))
        for screen in SCREENS
    }  # fmt: skip
    expected = {
        "now": ["Queue: ", ": loss: CNY 50,000.00", ": stage: "],
        "recovery": [
            "R-2026-0001",
            "Next steps: ▹ supervisor: approve",
            "Accounts and holds: ",
            "CNY 50,000.00",
        ],
        "approvals": ["1 approval pending", "return to victims: ", "digest: "],
        "summary": ["CNY", "interception"],
        "partners": ["test-east: contacts: ", "connection: "],
        "deadlines": ["Deadlines: "],
        "restitution": ["lost CNY 50,000.00", ": victim: S··", "net loss: CNY 50,000.00"],
        "trace": ["R-2026-0001"],
        "audit": ["Audit trail: ", "R-2026-0001", "who acted: li", "distribution"],
    }
    for screen, facts in expected.items():
        assert [fact for fact in facts if fact not in texts[screen]] == [], texts[screen]
        assert all(ord(c) >= 32 or c == "\n" for c in texts[screen])
        assert "9999000000001111" not in texts[screen]
        assert "Synthetic Person" not in texts[screen]
    with pytest.raises(MisuseError, match="name it with --recovery"):
        whole_page(source, "trace", view=SavedView(), recovery_id="", officer=None, zone=ZONE)


async def test_x_writes_what_the_filter_leaves_into_a_new_file(
    unity: Any, wait: Any, tmp_path: Path
) -> None:
    for minor in (100_000, 200_000):
        unity.report(minor)
    app = unity.app("li", time_zone=ZONE)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait(pilot, app, "R-2026-0002")
        await pilot.press("slash", *"loss>1500", "enter")
        await wait(pilot, app, "filter: 1 of 2")
        for name, told in (("q.csv", "written to"), ("q.csv", "is there already"),
                           ("q.exe", "must end in .csv"), ("q.json", "written to")):  # fmt: skip
            await pilot.press("x")
            await wait(pilot, app, "Export this screen")
            app.screen.query_one(Input).value = str(tmp_path / name)
            await pilot.press("enter")
            await wait(pilot, app, told)
    rows = list(csv.DictReader((tmp_path / "q.csv").open(encoding="utf-8")))
    assert [row["recovery"] for row in rows] == ["R-2026-0002"]
    assert rows[0]["loss"] == "CNY 2,000.00"
    assert json.loads((tmp_path / "q.json").read_text())[0] == rows[0]
    assert (tmp_path / "q.csv").stat().st_mode & 0o077 == 0


def test_no_cell_is_calculated_steers_a_terminal_or_becomes_markup() -> None:
    bad = "=HYPERLINK(1)", "+1", "-1", "@x", "＝1", "\x1b[31m<b>`|", "a\nb"
    cells = table((Column("a"), Column("b")), [(one, Money(100, "CNY")) for one in bad])
    page = Page((line("head"),), (Section("s", "S", cells),), ZONE)
    for row in list(csv.reader(as_csv(page).splitlines()))[1:]:
        assert row[0][0] not in "=+-@＝"
        assert row[1] == "CNY 1.00"
    for write in FORMATS.values():
        assert "\x1b" not in write(page)
    assert "| \ufffd\\[31m\\<b\\>\\`\\| |" in as_markdown(page)


@pytest.mark.parametrize("screen", [name for name in SCREENS if name not in (*OF_ONE, "summary")])
def test_an_empty_screen_as_text_has_no_sign_of_a_character_that_was_taken_out(
    unity: Any, screen: str
) -> None:
    """An empty board of requests says two paragraphs: each is a line, in a shell and as a file."""
    source = unity.app("li").source
    page = whole_page(source, screen, view=SavedView(), recovery_id="", officer=None, zone="UTC")
    for told in (list(page_lines(page)), list(plain_lines(page)), as_markdown(page).splitlines()):
        assert not [line for line in told if "\ufffd" in line or "\n" in line]

"""The key `n` on letters: read before printed, entered when sent, answered by form, looked at."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from models.queries.files import load_file
from models.states import CallState, HoldState, PartnerChannel
from models.store.partners import register
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.desk.letter_orders import Post
from recovery_flows.documents.letters import Sender
from recovery_flows.flows.bodies import path_and_body
from tui.source import Source

POST = Post(Sender("Test Unit", "", "Answer Desk", is_synthetic=True), path_and_body)
NUMBER = "9999000000002222"


@pytest.fixture
def ordered(unity: Any) -> str:
    """A stop at a bank without an interface was ordered and confirmed; nothing is printed."""
    with unit_of_work(unity.database) as unit:
        register(
            unit, ENGINE, unity.now, "test-east", name="Test Paper Bank", regime="CN",
            currency="CNY", home=True, base_url="", channel=PartnerChannel.LETTER,
        )  # fmt: skip
    recovery = str(unity.report(100_000, ref="paper"))
    unity.desk("li").advance(recovery, case_number="SYN-1")
    unity.desk("li").advance(recovery)
    (approval,) = file_of(unity, recovery).approvals
    unity.desk("wang").approve(approval.id)
    return recovery


def file_of(unity: Any, recovery_id: str) -> Any:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


def app_of(unity: Any, handle: str, recovery: str, screen: str = "recovery") -> Any:
    app = unity.app(handle, recovery_id=recovery, start_screen=screen)
    app.source = Source(unity.database, unity.desk(handle).laws, POST)
    return app


async def typed(pilot: Any, **fields: str) -> None:
    """Each field of the form on the screen, in its order; `-` leaves one empty."""
    for text in fields.values():
        await pilot.press(*("" if text == "-" else text), "enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_look(unity: Any, ordered: str, wait: Any, tmp_path: Path, size: Any) -> None:
    import sys

    sys.path.insert(0, "docs")
    from make_pictures import write_png

    app = app_of(unity, "li", ordered)

    def shot(name):
        write_png(app.export_screenshot(simplify=True), Path(f"/tmp/letters-{name}-{size[0]}.png"))

    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "n print the letter to test-east: stop-payment of CNY 1,000.00")
        shot("1page")
        await pilot.press("n")
        await wait(pilot, app, "R-2026-0001, call-")
        shot("2letter")
        for _ in range(12):
            await pilot.press("down")
        await pilot.pause(0.2)
        shot("2letterb")
        import os

        await pilot.press(*["backspace"] * 60, *str(tmp_path / "a.txt"), "enter")
        await wait(pilot, app, "letter written")
        await wait(pilot, app, "n enter how")
        await pilot.press("n")
        await pilot.pause(0.3)
        shot("3sent")
        await pilot.press(*"fax", "enter", "enter")
        await wait(pilot, app, "its clock runs")
        await pilot.pause(0.5)
        shot("4next")
        await pilot.press("n")
        await wait(pilot, app, "R-2026-0001, call-")
        await pilot.press(*["backspace"] * 60, *str(tmp_path / "b.html"), "enter")
        await wait(pilot, app, "letter written")
        await pilot.pause(0.6)
        await pilot.press("n")
        await pilot.pause(0.3)
        await pilot.press(*"fax", "enter", "enter")
        await pilot.pause(0.8)
        shot("5next")
        await pilot.press("n")
        await pilot.pause(0.3)
        shot("6pick")
        await pilot.press("enter")
        await pilot.pause(0.3)
        shot("7answer")
        (tmp_path / "scan.pdf").write_bytes(b"x")
        await pilot.press(
            *str(tmp_path / "scan.pdf"),
            "enter",
            *"held",
            "enter",
            *"900.00",
            "enter",
            *"2026-03-02T14:00",
            "enter",
            "enter",
            *"REF 7",
            "enter",
            "enter",
        )
        await pilot.pause(0.8)
        shot("8done")
        app.officer = unity.officer("wang")
        await pilot.press("3")
        await pilot.pause(0.8)
        shot("9look")
        await pilot.press("a")
        await pilot.pause(0.5)
        shot("9look2")

"""The key `n` on letters: read before printed, entered when sent, answered by form, looked at."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from models.entities.call import CallState
from models.entities.hold import HoldState
from models.entities.partner import PartnerChannel
from models.queries.cases.case_files import load_file
from models.store.partners import register
from models.store.unit import unit_of_work
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import (
    actions as letter_actions,
    answer_actions,
)
from recovery_flows.correspondence.letters.orders import Post
from recovery_flows.engine.outbox.bodies import path_and_body
from tui.screen_queries import Source

POST = Post(Sender("Test Unit", "", "Answer Desk", is_synthetic=True), path_and_body)
NUMBER = "9999000000002222"


@pytest.fixture
def ordered(unity: Any) -> str:
    """A stop at a bank without an interface was ordered and confirmed; nothing is printed."""
    with unit_of_work(unity.database) as unit:
        register(
            unit, unity.now, "test-east", name="Test Paper Bank", regime="CN",
            currency="CNY", home=True, base_url="", channel=PartnerChannel.LETTER,
        )  # fmt: skip
    recovery = str(unity.report(100_000, ref="paper"))
    unity.case_officer("li").advance(recovery, case_number="SYN-1")
    unity.case_officer("li").advance(recovery)
    (approval,) = file_of(unity, recovery).approvals
    unity.case_officer("wang").approve(approval.id)
    return recovery


def file_of(unity: Any, recovery_id: str) -> Any:
    with unity.database.reading() as session:
        return load_file(session, recovery_id)


def app_of(unity: Any, handle: str, recovery: str, screen: str = "recovery") -> Any:
    app = unity.app(handle, recovery_id=recovery, start_screen=screen)
    app.source = Source(unity.database, unity.case_officer(handle).laws, POST)
    return app


async def write(pilot: Any, *fields: str) -> None:
    """Each field of the form on the screen, in its order; a long text is pasted."""
    for text in fields:
        if len(text) > 4:
            pilot.app.focused.value = text
        await pilot.press(*(text if len(text) <= 4 else ""), "enter")


async def name_file(pilot: Any, app: Any, path: Path) -> None:
    """Another file than the one that is proposed."""
    app.screen.query_one("#path").value = str(path)
    await pilot.press("enter")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_letter_is_read_masked_before_it_is_written_to_a_file(
    unity: Any, ordered: str, wait: Any, tmp_path: Path, size: tuple[int, int]
) -> None:
    app, target = app_of(unity, "li", ordered), tmp_path / "stop.txt"
    async with app.run_test(size=size) as pilot:
        await wait(pilot, app, "n print the letter to test-east: stop-payment of CNY 1,000.00")
        await pilot.press("n")
        await wait(pilot, app, "R-2026-0001: letter to test-east", "◌ is masked here",
                   "~/letter-", "^s Print to this file")  # fmt: skip
        await pilot.press("pagedown")
        await pilot.press(*["down"] * 4)
        text = await wait(pilot, app, "◌ Account number:       ···· 2222", "◌ Account holder:")
        assert NUMBER not in text
        assert all(cell_len(line) <= size[0] for line in text.splitlines())
        await pilot.press("escape")
        assert file_of(unity, ordered).calls[0].letter_digest == ""
        await pilot.press("n")
        await wait(pilot, app, "R-2026-0001, call-")
        await name_file(pilot, app, tmp_path)
        await wait(pilot, app, "is there already")
        await name_file(pilot, app, target)
        await wait(pilot, app, "letter written to")
        await wait(pilot, app, "n enter how the letter to test-east was sent")
    assert NUMBER in target.read_text("utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.fixture
def sent(unity: Any, ordered: str) -> str:
    """Both letters, the stop and the question for bookings, went by fax."""
    li = unity.case_officer("li")
    for call in file_of(unity, ordered).calls:
        letter_actions.print_letter(li, POST, call.id)
        letter_actions.record_sent(li, call.id, "fax")
    return ordered


async def test_how_a_letter_went_is_entered_and_its_clock_runs(
    unity: Any, ordered: str, wait: Any
) -> None:
    for call in file_of(unity, ordered).calls:
        letter_actions.print_letter(unity.case_officer("li"), POST, call.id)
    unity.move_clock(hours=1)
    app = app_of(unity, "li", ordered)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n enter how the letter to test-east was sent")
        await pilot.press("n")
        await wait(pilot, app, "how did the letter go?", "fax, courier, post")
        await write(pilot, "courier 7", "2026-03-03T10:00")
        await wait(pilot, app, "✕ a letter cannot have been sent in the future")
        await pilot.press("n")
        await wait(pilot, app, "courier 7")
        await pilot.press("tab", *["backspace"] * 7, *"2T14:30", "ctrl+s")
        await wait(pilot, app, "its clock runs", "… waits", "1d 23h")
    assert app.drafts == {}
    holds = file_of(unity, ordered).holds
    assert [h.ordered_at.isoformat() for h in holds] == ["2026-03-02T06:30:00+00:00"]


async def test_an_answer_is_typed_and_another_person_looks_at_it(
    unity: Any, sent: str, wait: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_bytes(b"%PDF synthetic")
    unity.move_clock(hours=2)
    app = app_of(unity, "li", sent)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n enter the answer of test-east: stop-payment")
        await pilot.press("n")
        await wait(pilot, app, "whose answer came?", "the account's bookings")
        await pilot.press("enter")
        await wait(pilot, app, "what does test-east answer?", "held | queued", "bank ref")
        await write(pilot, "a", "held", "0", "2026-03-02T14:30", "", "R7", "")
        await wait(pilot, app, "✕ a bank that holds nothing has refused or released: say so")
        await pilot.press("n", "enter")
        await wait(pilot, app, "2026-03-02T14:30")
        await pilot.press("tab", "tab", "backspace", *"900", "ctrl+s")
        await wait(pilot, app, "answer of test-east kept", "? 2nd look")
    assert file_of(unity, sent).holds[0].state is HoldState.ORDERED
    app = app_of(unity, "wang", sent, "approvals")
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "typed letter", "CNY 900.00", "the bank says")
        await pilot.press("a")
        await wait(pilot, app, "Hold it to the document", "2026-03-02 14:30 CST", "R7",
                   "recovery letter document call-", "typed by")  # fmt: skip
        await pilot.press("y")
        await wait(pilot, app, "typed letter approved")
    (hold,) = file_of(unity, sent).holds
    assert (hold.state, hold.held_minor) == (HoldState.STOPPED, 90_000)


async def test_an_answer_denied_comes_back_to_be_typed_again(
    unity: Any, sent: str, wait: Any, tmp_path: Path
) -> None:
    scan = tmp_path / "a.pdf"
    scan.write_bytes(b"%PDF synthetic")
    call = next(c for c in file_of(unity, sent).calls if c.kind == "hold")
    answer_actions.enter_answer(unity.case_officer("li"), call.id, {"state": "queued"}, scan)
    app = app_of(unity, "wang", sent, "approvals")
    async with app.run_test(size=(100, 30)) as pilot:
        await wait(pilot, app, "typed letter", "queued")
        await pilot.press("d")
        await wait(pilot, app, "reason")
        await pilot.press(*"it says held", "enter")
        await wait(pilot, app, "approval denied")
        app.officer = unity.officer("li")
        app.open_recovery(sent)
        await wait(pilot, app, "again: it was returned", "answer returned")
    assert file_of(unity, sent).holds[0].state is HoldState.ORDERED
    assert {c.state for c in file_of(unity, sent).calls} == {CallState.SENT}


async def test_read_only_prints_no_letter(unity: Any, ordered: str, wait: Any) -> None:
    app = app_of(unity, "li", ordered)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait(pilot, app, "n print the letter")
        await pilot.press("R", "n")
        await pilot.pause(0.2)
        assert len(app.screen_stack) == 1

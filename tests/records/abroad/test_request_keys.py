"""Every act on a request abroad by its key, from the draft to what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from models.entities.officer import Role
from models.entities.request import RequestState
from models.store.unit import Actor
from recovery_flows.cross_border.doable import RequestAct
from tests.records.abroad.abroad_case import LI, Abroad
from tests.records.abroad.test_board_screen import app_of, said
from tests.screens.conftest import until
from tui.app import RecoveryApp

CHEN = Actor("chen", Role.OFFICER)


@pytest.fixture
def paper(tmp_path: Path) -> str:
    """A paper of the other side; its name is what is typed."""
    (tmp_path / "p.pdf").write_bytes(b"synthetic paper")
    return str(tmp_path / "p.pdf")


def page_of(abroad: Abroad, name: str, who: Actor | None = None, **more: Any) -> RecoveryApp:
    app = app_of(abroad, who, **{"start_screen": "request", **more})
    app.request_id = name
    return app


async def fill(pilot: Pilot[int], app: RecoveryApp, *texts: str) -> None:
    """Put these into the lines of the form that stands there, and enter the last."""
    await pilot.pause()
    lines = list(app.screen.query(Input))
    assert len(lines) == len(texts), [line.placeholder for line in lines]
    for line, text in zip(lines, texts, strict=True):
        line.value = text
    lines[-1].focus()
    await pilot.press("enter")


async def pick(pilot: Pilot[int], number: int) -> None:
    """Choose a line of the list that stands there."""
    await pilot.press(*["down"] * number, "enter")


async def test_an_approved_request_is_written_sent_by_a_third_person_and_answered_for_more(
    abroad: Abroad, paper: str, tmp_path: Path
) -> None:
    name = abroad.new()
    abroad.submit(name)
    app = page_of(abroad, name)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "another person decides it", "given (personal)")
        await pilot.press("m")
        await until(pilot, app, "masked again in", "▌ | account |")
        await pilot.press("escape", "D")
        await until(pilot, app, "The approved letter, pdf and md")
        await fill(pilot, app, str(tmp_path))
        await until(pilot, app, "its letter is written once it is approved")
        abroad.unit.approve(abroad.recovery_id)
        await until(pilot, app, "approved, to be sent")
        await pilot.press("D")
        await until(pilot, app, "The approved letter")
        await pilot.press("enter")
        await until(pilot, app, "igrip-v1-en.pdf", "igrip-v1-zh.md")
        await pilot.press("S")
        await until(pilot, app, "Who has submitted or approved it does not send it")
        await fill(pilot, app, "over I-24/7", paper)
        await until(pilot, app, "a third person sends it")
    assert abroad.row(name).state is RequestState.APPROVED
    app = page_of(abroad, name, LI)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "S sent")
        await pilot.press("n")
        await until(pilot, app, "how, and to whom")
        await fill(pilot, app, "over I-24/7", "nowhere.pdf")
        await until(pilot, app, "nowhere.pdf cannot be read")
        await pilot.press("S")
        await until(pilot, app, "over I-24/7")
        await fill(pilot, app, "over I-24/7", paper)
        await until(pilot, app, "sent", "T", "a answer")
        assert abroad.row(name).state is RequestState.SENT
        await pilot.press("r")
        await until(pilot, app, "The other side was asked")
        await fill(pilot, app, "by telephone")
        await until(pilot, app, "reminded")
        await pilot.press("a")
        await until(pilot, app, "what does the other side say?", "closed list of igrip")
        await pick(pilot, 2)
        await until(pilot, app, "needs info")
        await fill(pilot, app, paper)
        await until(pilot, app, "more information asked")
        await pilot.press("e")
        await until(pilot, app, "none missing")
        app.screen.query_one("#field-reference", Input).value = "E1 and E2"
        await pilot.press("ctrl+s")
        await until(pilot, app, "replaced by its next version")
    told = said(app)
    for words in (
        f"recovery xborder sent R-2026-0001 {name} --how TEXT --proof",
        f"recovery xborder remind R-2026-0001 {name} --how TEXT",
        f"recovery xborder answer R-2026-0001 {name} --says needs_info --document",
        f"recovery xborder set R-2026-0001 {name} --field reference=TEXT",
    ):
        assert words in told, told


async def test_a_condition_is_assured_and_a_refusal_cured_by_a_chosen_way(
    abroad: Abroad, paper: str
) -> None:
    name = abroad.out("mla", wanted="information")
    abroad.says(name, "conditional", ground="CONDITIONAL")
    app = page_of(abroad, name)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "executed only on conditions", "leaves give assurance, close")
        await pilot.press("A")
        await until(pilot, app, "exactly these words")
        await fill(pilot, app, "Used for this case only.")
        await until(pilot, app, "another person decides it")
        await pilot.press("n")
        await until(pilot, app, "1 approval pending")
        abroad.unit.approve(abroad.recovery_id)
        app.open_request(abroad.recovery_id, name)
        await until(pilot, app, "acknowledged abroad")
        await pilot.press("a")
        await until(pilot, app, "refused", "DUAL_CRIM", "leaves cure and resend")
        place = _place_of(app, "refused", "DUAL_CRIM")
        await pick(pilot, place)
        await until(pilot, app, "The act is no offence in the requested State.")
        await fill(pilot, app, paper)
        await until(pilot, app, "its ground leaves: cure_and_resend, other_channel, close")
        await pilot.press("c")
        await until(pilot, app, "DUAL_CRIM leaves these and no other")
        await pick(pilot, 0)
        await until(pilot, app, "why this way")
        await fill(pilot, app, "the provision is added")
        await until(pilot, app, "chosen for", "drafted: request-", "chosen cure and resend")
        await pilot.press("b")
        await until(pilot, app, "resubmit is not possible")
    assert "recovery xborder choose R-2026-0001" in said(app)
    assert "cure_and_resend --reason TEXT" in said(app)
    assert "--says refused --ground DUAL_CRIM" in said(app)


def _place_of(app: RecoveryApp, says: str, code: str) -> int:
    answers: Any = app.screen
    return next(
        n for n, (what, ground) in enumerate(answers._answers)
        if what == says and ground is not None and ground.code == code
    )  # fmt: skip


async def test_receipts_a_freeze_that_ends_its_notice_and_its_withdrawal(
    abroad: Abroad, paper: str
) -> None:
    name = abroad.out("eu_freeze")
    app = page_of(abroad, name)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, app, "d receipt", "50 %: half of its time is over")
        await pilot.press("d")
        await until(pilot, app, "The strongest counts")
        await pick(pilot, 0)
        await until(pilot, app, "when it was made")
        await fill(pilot, app, "2026-03-02T10:58", paper)
        await until(pilot, app, "submission_acceptance of", "counts")
        await pilot.press("a")
        await until(pilot, app, "what does the other side say?")
        await pick(pilot, _place(app, "partially_executed"))
        await until(pilot, app, "what was reached of GBP 500.00")
        await fill(pilot, app, paper, "three hundred", "2026-04-01T00:00")
        await until(pilot, app, "is no sum in GBP")
        await pilot.press("a")
        await until(pilot, app, "what does the other side say?")
        await pick(pilot, _place(app, "partially_executed"))
        await until(pilot, app, "three hundred")
        await fill(pilot, app, paper, "300.00", "2026-04-01T00:00")
        await until(pilot, app, "executed in part", "reached GBP 300.00", "is to be told: executed")
        await pilot.press("T")
        await until(pilot, app, "D writes it")
        await fill(pilot, app, "by mail")
        await until(pilot, app, "was told (executed)")
        await pilot.press("E")
        await until(pilot, app, "freezes for longer")
        await fill(pilot, app, "2026-03-20T00:00", paper)
        await until(pilot, app, "is not after")
        await pilot.press("E")
        await until(pilot, app, "freezes for longer")
        await fill(pilot, app, "2026-06-01T00:00", paper)
        await until(pilot, app, "holds until 2026-05-31 16:00 UTC")
        await pilot.press("b")
        await until(pilot, app, "what is cured by it")
        await fill(pilot, app, "before it lapses")
        await until(pilot, app, "drafted in the place of")
    told = said(app)
    for act in (RequestAct.RECEIPT, RequestAct.TOLD, RequestAct.EXTEND, RequestAct.RESUBMIT):
        assert f"recovery xborder {act} R-2026-0001 {name}" in told, act


def _place(app: RecoveryApp, says: str) -> int:
    answers: Any = app.screen
    return next(n for n, (what, _) in enumerate(answers._answers) if what == says)


async def test_what_is_held_back_is_undone_and_read_only_lets_no_act_through(
    abroad: Abroad,
) -> None:
    name = abroad.new()
    app = page_of(abroad, name, hold_back_seconds=30)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "W withdraw")
        await pilot.press("s")
        await until(pilot, app, "Submit the request?")
        await pilot.press("y")
        await until(pilot, app, "held back for 30 s")
        await pilot.press("u")
        await until(pilot, app, "taken back: nothing was recorded or sent")
        assert abroad.row(name).state is RequestState.DRAFT
        await pilot.press("W")
        await until(pilot, app, "why it is taken back")
        await pilot.press(*"no money", "escape", "W")
        await until(pilot, app, "no money")
        await pilot.press("escape", "R")
        await until(pilot, app, "READ-ONLY")
        assert app.screen.check_action("act", ("withdraw",)) is None
        await pilot.press("W", "R")
        await until(pilot, app, "read-only ended")
        await pilot.press("W")
        await until(pilot, app, "draft kept")
        await pilot.press("enter")
        await until(pilot, app, "held back for 30 s")
        await pilot.press("u")
        await until(pilot, app, "taken back: nothing was recorded or sent")
        assert abroad.row(name).state is RequestState.DRAFT
        await pilot.press("a")
        await until(pilot, app, "answer is not possible")


async def test_the_same_text_again_submits_nothing_and_personal_data_needs_a_word(
    abroad: Abroad,
) -> None:
    name = abroad.new()
    app = page_of(abroad, name)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, app, "W withdraw")
        await pilot.press("e")
        await until(pilot, app, "none missing")
        app.screen.query_one("#field-beneficiary_bank", Input).value = "Synthetic Bank Abroad"
        await pilot.press("ctrl+s")
        await until(pilot, app, "request complete")
        assert abroad.row(name).state is RequestState.DRAFT
        await pilot.press("e")
        await until(pilot, app, "none missing")
        app.screen.query_one("#field-beneficiary_bank", Input).value = "ask x.y@bank.example"
        await pilot.press("ctrl+s")
        await until(pilot, app, "the field beneficiary_bank holds a")
        await pilot.press("e")
        await until(pilot, app, "ask x.y@")
        app.screen.query_one("#field-strike", Input).value = "beneficiary_bank"
        await pilot.press("ctrl+s")
        await until(pilot, app, "request complete")
    assert (
        f"recovery xborder set R-2026-0001 {name} --field beneficiary_bank=TEXT --strike"
        in said(app)
    )

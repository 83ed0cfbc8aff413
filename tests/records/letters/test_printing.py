"""A letter is fixed when it is printed, and leaves only under an approval that is in force."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.entities.call import CallState
from models.entities.hold import HoldState
from models.entities.officer import Role
from models.entities.register_change import RegisterAct
from models.ids import digest_bytes
from models.queries.audit.verify import verify
from models.queries.cases.work import calls_by_id
from models.store.unit import Actor, unit_of_work
from recovery_flows.access.log_in import by_system_user
from recovery_flows.access.registers import decide
from recovery_flows.access.restrictions import ask_restriction
from recovery_flows.correspondence.documents.text import Sender
from recovery_flows.correspondence.letters import actions as letter_actions
from recovery_flows.correspondence.letters.files import default_name
from recovery_flows.engine.outbox.bodies import path_and_body
from recovery_flows.errors import MisuseError, StepRefusedError

SUPERVISOR = Actor("wu", Role.SUPERVISOR)


def deny_stop(paper: Any) -> None:
    (asked,) = (a for a in paper.file().approvals if a.action == "order_stop")
    paper.unit.case_officer(SUPERVISOR).deny(asked.id, "not enough to go on")


def test_a_letter_printed_again_is_the_same_byte_by_byte(paper: Any) -> None:
    paper.unit.accept(paper.recovery_id)
    paper.unit.order(paper.recovery_id)
    first = paper.print()
    assert "Sent before its approval" in first.text.decode()
    paper.unit.approve(paper.recovery_id)
    paper.unit.later(30)
    again = paper.print()
    line = paper.line("hold")
    letter_actions.record_sent(paper.unit.case_officer(), line.call_id, "courier")
    assert {first.text, again.text, paper.print().text} == {first.text}
    assert again.as_page() == first.as_page()
    assert paper.unit.one("SELECT letter_digest FROM call WHERE sent_how = 'courier'") == (
        digest_bytes(first.text)
    )
    assert paper.events(line.call_id) == ["planned", "printed", "sent"]
    assert verify(paper.unit.database) == ()


def test_a_letter_carries_the_order_that_an_interface_would_get(paper: Any) -> None:
    hold_id = paper.stop()
    printed = paper.print()
    text = printed.text.decode()
    mule = paper.unit.accounts[1]
    for told in (mule.number, mule.holder, "CNY 1,000.00", "48 hours", hold_id, "2 March 2026",
                 "PBC notice Yinfa [2016] No. 86, art 2(1)(2)", "confirmed", "R-2026-0001",
                 "Approved by a supervisor", "SYN-CASE-1", "Answer Desk", "Nowhere",
                 "NO_BALANCE"):  # fmt: skip
        assert told in text, told
    with unit_of_work(paper.unit.database) as unit:
        (call,) = calls_by_id(unit.session, unit.vault, [printed.call_id])
        assert (call.path, call.body) == path_and_body(unit, paper.file(), call, paper.unit.laws)
    assert f"Digest of the order:  {digest_bytes(call.body)[:32]}" in text


def test_a_letter_becomes_a_new_file_for_its_owner_alone(paper: Any, tmp_path: Path) -> None:
    paper.stop()
    call_id = paper.line("hold").call_id
    name = default_name(call_id)
    assert paper.unit.accounts[1].number not in name
    target = tmp_path / name
    acting = paper.unit.case_officer()
    assert "written to" in letter_actions.print_to(acting, paper.post, call_id, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with pytest.raises(MisuseError, match="not overwritten"):
        letter_actions.print_to(acting, paper.post, call_id, target)
    page = target.with_suffix(".html")
    letter_actions.print_to(acting, paper.post, call_id, page)
    assert page.read_bytes() == paper.print().as_page()
    assert paper.print().digest in page.read_text("utf-8")
    copies = "SELECT count(*) FROM disclosure WHERE kind = 'documents' AND what LIKE '%again'"
    assert paper.unit.one(copies) == 3  # what came after the first, each on record


def test_nothing_is_fixed_where_the_file_could_not_be_written(paper: Any, tmp_path: Path) -> None:
    paper.stop()
    call_id = paper.line("hold").call_id
    with pytest.raises(MisuseError, match="is no folder"):
        letter_actions.print_to(
            paper.unit.case_officer(), paper.post, call_id, tmp_path / "no" / "x.txt"
        )
    assert paper.events(call_id) == ["planned"]


def test_a_preview_is_masked_and_fixes_nothing(paper: Any) -> None:
    paper.stop()
    unit, call_id = paper.unit, paper.line("hold").call_id
    lines = letter_actions.preview(unit.database, unit.laws, paper.post, call_id, unit.now)
    personal = [line.text for line in lines if line.is_personal]
    assert [text.split(":")[0] for text in personal] == ["Account number", "Account holder"]
    assert all("·" in text for text in personal)
    shown = "\n".join(line.text for line in lines)
    assert unit.accounts[1].number not in shown
    assert unit.accounts[1].holder not in shown
    assert paper.events(call_id) == ["planned"]


def test_a_letter_of_a_restricted_recovery_is_previewed_by_nobody_who_does_not_see_it(
    paper: Any,
) -> None:
    paper.stop()
    unit, call_id = paper.unit, paper.line("hold").call_id
    members = (by_system_user(unit.database, name) for name in ("chen", "wu"))
    officer, supervisor = (one.handle for one in members if one is not None)
    asked = ask_restriction(
        unit.case_officer(SUPERVISOR), paper.recovery_id, RegisterAct.RESTRICT, [officer], "insider"
    )
    decide(unit.case_officer(Actor(officer, Role.SUPERVISOR)), asked, is_yes=True)
    for seen_by, sees in ((supervisor, True), ("somebody", False)):
        view = unit.database.seen_by(seen_by)
        if sees:
            assert letter_actions.preview(view, unit.laws, paper.post, call_id, unit.now)
        else:
            with pytest.raises(MisuseError, match="there is no letter"):
                letter_actions.preview(view, unit.laws, paper.post, call_id, unit.now)


def test_a_letter_without_a_sender_is_not_printed(paper: Any) -> None:
    paper.stop()
    post = replace(paper.post, sender=Sender("Synthetic Unit"))
    with pytest.raises(MisuseError, match=r"letters\.answer_to"):
        letter_actions.print_letter(paper.unit.case_officer(), post, paper.line("hold").call_id)


@pytest.mark.parametrize("how", ["print", "send"])
def test_no_letter_goes_out_under_a_void_approval(paper: Any, how: str) -> None:
    paper.unit.accept(paper.recovery_id)
    hold_id = paper.unit.order(paper.recovery_id)
    call_id = paper.print().call_id
    deny_stop(paper)
    acting = paper.unit.case_officer()
    try_it = {
        "print": lambda: letter_actions.print_letter(acting, paper.post, call_id),
        "send": lambda: letter_actions.record_sent(acting, call_id, "fax"),
    }[how]
    with pytest.raises(StepRefusedError, match="must not go out: its approval is not in force"):
        try_it()
    assert paper.events(call_id)[-1] == "cancelled"
    assert paper.hold().state is HoldState.CANCELLED
    assert paper.events(hold_id)[-1] == "order_withdrawn"
    with pytest.raises(StepRefusedError, match="was cancelled: it must not go out"):
        letter_actions.print_letter(acting, paper.post, call_id)
    paper.decide()
    states = {h.state for h in paper.file().holds}
    assert states == {HoldState.CANCELLED, HoldState.DRAFT}
    assert verify(paper.unit.database) == ()


def test_the_engine_cancels_a_letter_whose_approval_was_refused(paper: Any) -> None:
    paper.unit.accept(paper.recovery_id)
    paper.unit.order(paper.recovery_id)
    call_id = paper.print().call_id
    deny_stop(paper)
    paper.decide()
    assert call_id not in {c.id for c in paper.file().calls if c.state is not CallState.CANCELLED}
    assert [x.kind for x in paper.lines()] == ["statement"]


@pytest.mark.parametrize(
    ("how", "at", "told"),
    [
        (" ", "", "is one of fax, courier, post"),
        ("x" * 121, "", "is one of fax, courier, post"),
        ("handed to Synthetic Person", "", "is one of fax, courier, post"),
        ("hand Synthetic", "", "is one of fax, courier, post"),
        ("courier 4111111111111111", "", "is one of fax, courier, post"),
        ("fax", "2026-03-02T12:00", "in the future"),
        ("fax", "2026-03-02T10:59+08:00", "before it was ordered"),
        ("fax", "yesterday", "is not a date and time"),
    ],
)
def test_how_and_when_a_letter_went_has_to_be_possible(
    paper: Any, how: str, at: str, told: str
) -> None:
    paper.stop()
    call_id = paper.print().call_id
    with pytest.raises((StepRefusedError, MisuseError), match=told):
        letter_actions.record_sent(paper.unit.case_officer(), call_id, how, at)
    assert paper.events(call_id) == ["planned", "printed"]


def test_a_letter_is_printed_before_it_is_sent_and_sent_once(paper: Any) -> None:
    paper.stop()
    acting, call_id = paper.unit.case_officer(), paper.line("hold").call_id
    with pytest.raises(StepRefusedError, match="never printed"):
        letter_actions.record_sent(acting, call_id, "fax")
    paper.send()
    with pytest.raises(StepRefusedError, match="entered as sent before"):
        letter_actions.record_sent(acting, call_id, "fax")
    with pytest.raises(MisuseError, match="there is no letter call-x"):
        letter_actions.record_sent(acting, "call-x", "fax")


def test_what_is_personal_in_a_letter_lies_sealed_everywhere(paper: Any) -> None:
    paper.frozen()
    raw = b"".join(path.read_bytes() for path in paper.unit.path.parent.glob("cases.sqlite3*"))
    for secret in (paper.unit.accounts[1].number, paper.unit.accounts[1].holder, "synthetic 1"):
        assert secret.encode() not in raw

"""The board of requests over all recoveries, and the page of one: the same facts everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.entities.officer import Role
from models.queries.abroad.request_lines import Turn, Way
from recovery_flows.cases.pages.request_board import written as board_text
from recovery_flows.cases.pages.request_page import ACTS, KEYS, written
from recovery_flows.cases.views.queue import QueueQuery
from recovery_flows.cases.views.request_board import read_board_filter, request_board
from recovery_flows.cases.views.request_view import RequestView, request_view
from recovery_flows.cli.case.channels import state_groups
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.correspondence.incoming import actions as incoming
from recovery_flows.correspondence.incoming.lifecycle import Given
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.doable import RequestAct
from recovery_flows.cross_border.next_steps import steps
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad
from tui.panels.page import page_lines as panel_page_lines

GROUPS = state_groups()
ASKED = Given(
    from_state="FR", asked_by="Invented Tribunal", their_ref="FR-77/26", channel="mla",
    wanted="evidence", basis="UNCAC, art 46", purpose="bookings for an invented trial", law="CN",
    bank="bank-home", account="9999000000000001",
)  # fmt: skip
PLAIN = ("0000000000000077", "Synthetic Holder")
"""What of the account abroad may stand nowhere in clear."""


def board(abroad: Abroad, text: str = "", limit: int = 50, **more: Any) -> Any:
    viewer = abroad.unit.case_officer().officer
    look = QueueQuery(text=text, **more)
    with abroad.unit.database.reading() as session:
        return request_board(session, abroad.unit.now, look, limit, viewer)


def view_of(abroad: Abroad, name: str) -> RequestView:
    return request_view(
        abroad.unit.database, abroad.unit.laws, CHANNELS, abroad.recovery_id, name, SENDER,
        abroad.unit.now,
    )  # fmt: skip


def told(abroad: Abroad, name: str) -> str:
    text = "\n".join(page_lines(written(view_of(abroad, name))))
    assert [word for word in PLAIN if word in text] == []
    return text


def agrees(abroad: Abroad) -> list[tuple[str, str]]:
    """What the board says of each request, after its turn was held against the next steps."""
    file = abroad.unit.file(abroad.recovery_id)
    ours = {s.subject_id for s in steps(file) if s.role is Role.OFFICER}
    lines = board(abroad, with_closed=True).lines
    assert {x.line_id for x in lines if x.turn is Turn.OURS} == ours
    for line in lines:
        is_seen = file.pending(line.line_id) is not None and line.line_id not in ours
        assert (line.turn is Turn.SECOND) == is_seen, line
    return [(line.state, line.turn) for line in lines]


def test_whose_turn_a_request_is_on_the_board_is_whose_next_step_it_is(abroad: Abroad) -> None:
    name = abroad.new()
    assert agrees(abroad) == [("draft", "ours")]
    abroad.submit(name)
    assert agrees(abroad) == [("pending_approval", "second")]
    abroad.unit.approve(abroad.recovery_id)
    assert agrees(abroad) == [("approved", "ours")]
    abroad.sent(name)
    assert agrees(abroad) == [("sent", "theirs")]
    abroad.says(name, "needs_info")
    assert agrees(abroad) == [("needs_info", "ours")]
    other = abroad.out("mla", wanted="information")
    abroad.says(other, "conditional", ground="CONDITIONAL")
    assert ("conditional", "ours") in agrees(abroad)
    message_actions.assure(
        abroad.unit.case_officer(),
        abroad.recovery_id,
        other,
        "used for this case only",
        SENDER,
        CHANNELS,
    )
    assert ("conditional", "second") in agrees(abroad)
    abroad.unit.approve(abroad.recovery_id)
    abroad.says(other, "executed", amount="500.00")
    assert ("executed", "ours") in agrees(abroad), "its execution is to be told"


def test_a_condition_a_refusal_a_withdrawal_and_silence_are_ours_until_they_are_done(
    abroad: Abroad,
) -> None:
    name = abroad.out("eu_freeze")
    abroad.says(name, "refused", ground="DUAL_CRIM")
    assert agrees(abroad) == [("refused", "ours")]
    acting = abroad.unit.case_officer()
    actions.choose(
        acting, abroad.recovery_id, name, "cure_and_resend", "as written", CHANNELS, None
    )
    assert sorted(agrees(abroad)) == [("draft", "ours"), ("refused", "theirs")]
    again = next(x.line_id for x in board(abroad).lines)
    abroad.fill(again, facts="the deceit is an offence there as well")
    abroad.submit(again)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(again)
    abroad.later(days=3)
    agrees(abroad)
    message_actions.withdraw(
        acting, abroad.recovery_id, again, "no more money there", SENDER, CHANNELS
    )
    assert ("withdrawn", "ours") in agrees(abroad)
    message_actions.notify(acting, abroad.recovery_id, again, "by mail", SENDER, CHANNELS)
    assert board(abroad).lines == ()


def test_the_board_puts_what_needs_its_reader_first_filters_and_finds_a_line_again(
    abroad: Abroad,
) -> None:
    sent = abroad.out()
    draft = abroad.new("mla", wanted="information")
    incoming.register(abroad.unit.case_officer(), ASKED, CHANNELS, GROUPS)
    page = board(abroad)
    assert [x.way for x in page.lines].count(Way.IN) == 1
    assert {page.lines[0].turn, page.lines[1].turn} == {Turn.OURS}
    assert page.lines[-1].line_id == sent
    assert (page.total, page.ours_count, page.incoming_count) == (3, 2, 1)
    for text, wanted in (
        ("channel:igrip", {sent}), ("turn:ours way:out", {draft}), ("country:gb", {sent, draft}),
        ("state:draft", {draft}), ("synthetic ncb", {sent, draft}), ("officer:-", set()),
        ("channel:", {sent, draft, page.lines[0].line_id, page.lines[1].line_id}),
    ):  # fmt: skip
        assert {x.line_id for x in board(abroad, text).lines} == wanted, text
    seen = board(abroad, limit=1, at_id=sent)
    assert (seen.at_row, [x.line_id for x in seen.lines]) == (2, [sent])
    by_country = [x.country for x in board(abroad, order_by="country").lines]
    assert by_country == sorted(by_country)
    assert "FR" in by_country


def test_a_term_that_cannot_be_meant_says_what_to_write(abroad: Abroad) -> None:
    wrong = read_board_filter("colour:red due:3 state<x due<4y", abroad.unit.now).wrong
    assert [w.split(":")[0] for w in wrong] == ["colour", "due", "state<x", "due<4y"]
    assert "country, channel" in wrong[0]
    page = board(abroad, "colour:red")
    assert "there is no such column" in "\n".join(
        page_lines(board_text(page, "UTC", text="colour:red"))
    )


def test_a_page_shows_what_lacks_the_gate_the_versions_and_the_letter_masked(
    abroad: Abroad,
) -> None:
    draft = abroad.new(fields={})
    text = told(abroad, draft)
    for fact in (
        "✕ lacks beneficiary_bank", "✕ approval CN_CONSENT_ABROAD missing",
        "✓ nothing personal where it is not asked for", "left CNY 500.00", "◌ given (personal)",
        "Stop-payment request between police", "this is the first version",
        f"$ recovery xborder set R-2026-0001 {draft}", "e  set", "W  withdraw",
    ):  # fmt: skip
        assert fact in text, fact
    sent = abroad.out("mla", wanted="information")
    abroad.says(sent, "needs_info", ground="INCOMPLETE")
    assert "INCOMPLETE: More material is needed." in told(abroad, sent)
    abroad.unit.case_officer().advance(
        abroad.recovery_id, to=sent, fields={"basis": "a treaty", "persons": "Synthetic Holder"}
    )
    (after,) = [x.line_id for x in board(abroad, "channel:mla").lines]
    assert after != sent
    rows = {one.field: (one.before, one.now) for one in view_of(abroad, after).changed or ()}
    assert rows == {
        "basis": ("as attached", "a treaty"), "persons": ("given (personal)", "given (personal)")
    }  # fmt: skip
    text = told(abroad, after)
    assert "version 1" in text
    assert "a treaty" in text


def test_the_ladder_stands_on_the_page_with_what_is_due_and_done(abroad: Abroad) -> None:
    name = abroad.out("eu_freeze")
    due = abroad.row(name).due_at
    assert due is not None
    abroad.unit.later((due - abroad.unit.now) / timedelta(hours=1) * 0.6)
    abroad.decide()
    assert "! due  50 %" in told(abroad, name)


def test_every_act_has_a_key_of_its_own_and_words() -> None:
    assert set(KEYS) == set(ACTS) == set(RequestAct)
    assert len(set(KEYS.values())) == len(KEYS)


def test_a_hostile_name_is_shown_harmless(abroad: Abroad) -> None:
    name = abroad.new(authority="=1+1 [bold]NCB[/] | x")
    view = view_of(abroad, name)
    hostile = replace(view.row, reason="\x1b[31m\u202eevil")
    lines = panel_page_lines(written(replace(view, row=hostile)), 80)
    text = "\n".join(line.plain for line in lines)
    assert "[bold]NCB[/]" in text
    assert "evil" in text
    assert "\x1b" not in text

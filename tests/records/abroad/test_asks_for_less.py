"""What asks for more than the trace supports, or the loss has room for, is owned: less is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.entities.request import RequestRoute, RequestRow, RequestState
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import actions, ceiling, doable, guard, over_connection, parts
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import FOREIGN, SENDER, Abroad
from tests.records.abroad.test_board import agrees
from tests.records.abroad.test_exact_ceiling import OURS
from tests.records.abroad.test_lost_ground import came_back, first_act, own
from tests.records.conftest import SUPERVISOR

_LESS = "the request to {} asks for GBP 500.00, GBP 300.00 of it may be asked for: ask for less"


def falls(abroad: Abroad, to: int) -> None:
    """The bank abroad took the payment back, and less of the money went there after that."""
    came_back(abroad)
    unit = abroad.unit
    again = unit.line(4, -to, counter=FOREIGN, at_hours=2.7)
    unit.trace(abroad.recovery_id, unit.statement([again], to_hours=96))
    abroad.decide()


def rises(abroad: Abroad, by: int) -> None:
    """Some more of it went there."""
    unit = abroad.unit
    unit.later(1)
    more = unit.line(5, -by, counter=FOREIGN, at_hours=2.9)
    unit.trace(abroad.recovery_id, unit.statement([more], to_hours=120))
    abroad.decide()


def shown(abroad: Abroad, name: str) -> list[str]:
    unit = abroad.unit
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    return [text.strip() for text in page_lines(written(view))]


def reduced(abroad: Abroad, name: str) -> RequestRow:
    actions.reduce_request(abroad.unit.case_officer(), abroad.recovery_id, name, "the trace fell")
    return next(r for r in abroad.unit.file(abroad.recovery_id).requests if r.replaces_id == name)


def test_a_trace_that_falls_is_owned_and_its_draft_asks_for_less(abroad: Abroad) -> None:
    name = abroad.new()
    falls(abroad, 30_000)
    assert abroad.unit.file(abroad.recovery_id).asset(abroad.row(name).asset_id).traced_minor == (
        30_000
    )
    assert abroad.steps(name) == [_LESS.format("Synthetic NCB")]
    assert first_act(abroad, name) == "reduce"
    assert abroad.row(name).most_minor == 30_000
    assert agrees(abroad) == [("draft", "ours")]
    assert "✕ the trace supports GBP 300.00 of it by now: ask for less" in shown(abroad, name)
    with pytest.raises(StepRefusedError, match=r"asks for GBP 500\.00, GBP 300\.00 of it may"):
        abroad.submit(name)
    after = reduced(abroad, name)
    assert (after.requested_minor, after.version, after.state) == (30_000, 2, RequestState.DRAFT)
    assert abroad.row(name).state is RequestState.REPLACED
    assert "GBP 300.00" in "\n".join(shown(abroad, after.id))
    abroad.submit(after.id)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(after.id)
    abroad.decide()
    abroad.sound()


def test_what_a_body_has_stands_until_the_version_of_less_leaves(abroad: Abroad) -> None:
    name = abroad.out()
    falls(abroad, 30_000)
    assert any("ask for less" in step for step in abroad.steps(name))
    assert agrees(abroad) == [("sent", "ours")]
    after = reduced(abroad, name)
    assert abroad.row(name).state is RequestState.SENT
    assert not any("ask for less" in step for step in abroad.steps(name))
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 50_000
    abroad.submit(after.id)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(after.id)
    assert abroad.row(name).state is RequestState.REPLACED
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 30_000
    abroad.decide()
    abroad.sound()


def test_a_freeze_of_more_than_is_traced_stands_until_less_is_carried_out(abroad: Abroad) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    falls(abroad, 30_000)
    assert ceiling.over_frozen(unit.file(rid), abroad.row(name)) == Money(20_000, "GBP")
    after = reduced(abroad, name)
    abroad.submit(after.id)
    unit.approve(rid)
    abroad.sent(after.id)
    assert abroad.row(name).state is RequestState.EXECUTED
    abroad.says(after.id, "executed", until=abroad.at(days=90))
    assert abroad.row(name).state is RequestState.REPLACED
    assert ceiling.over_frozen(unit.file(rid), abroad.row(after.id)).minor == 0
    abroad.decide()
    abroad.sound()


def test_a_body_that_keeps_less_after_a_trace_fell_contradicts_nothing(abroad: Abroad) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    falls(abroad, 30_000)
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=90))
    abroad.decide()
    assert not any("ask for less" in step for step in abroad.steps(name))
    assert abroad.row(name).most_minor is None
    file = abroad.unit.file(abroad.recovery_id)
    assert [d.kind for d in file.discrepancies if d.subject_id == name] == []


def test_a_trace_that_rises_again_asks_for_nothing(abroad: Abroad) -> None:
    name = abroad.new()
    falls(abroad, 30_000)
    rises(abroad, 20_000)
    assert abroad.row(name).most_minor is None
    assert abroad.steps(name) == ["submit request"]
    abroad.sound()


def test_what_an_officer_named_beyond_the_trace_stands_until_it_falls(abroad: Abroad) -> None:
    name = abroad.new(amount="600.00")
    assert "GBP 100.00 of it are beyond the trace" in shown(abroad, name)
    abroad.submit(name)
    falls(abroad, 40_000)
    assert reduced(abroad, name).requested_minor == 40_000


def test_requests_for_two_parts_share_what_the_trace_supports(abroad: Abroad) -> None:
    """Each alone is within it: together they ask for 500.00 of 400.00."""
    first = abroad.new(amount="200.00")
    second = abroad.new("mla", wanted="return", amount="300.00", part="new")
    falls(abroad, 40_000)
    file = abroad.unit.file(abroad.recovery_id)
    assert [parts.fell_to(file, abroad.row(n)) for n in (first, second)] == [10_000, 20_000]
    after = reduced(abroad, second)
    assert (after.requested_minor, after.account_part) == (20_000, 2)
    abroad.decide()
    assert abroad.row(first).most_minor is None


def test_the_program_s_own_draft_asks_for_less(abroad: Abroad) -> None:
    name = own(abroad)
    falls(abroad, 30_000)
    assert abroad.steps(name) == [_LESS.format("bank-abroad")]
    after = reduced(abroad, name)
    assert (after.route, after.requested_minor) == (RequestRoute.PARTNER, 30_000)
    assert after.missing == ""
    abroad.submit(after.id)
    abroad.unit.approve(abroad.recovery_id)
    (hold,) = (h for h in abroad.unit.file(abroad.recovery_id).holds if h.request_id)
    assert hold.requested_minor == 30_000


# One guard for every way


def received(abroad: Abroad, minor: int) -> None:
    unit = abroad.unit
    came = money_actions.Incoming(OURS, "B-1", Money(minor, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), abroad.recovery_id, came)
    unit.approve(abroad.recovery_id)
    abroad.decide()


def test_the_program_drafts_no_more_than_the_loss_has_room_for(
    treasury: None, abroad: Abroad
) -> None:
    del treasury
    received(abroad, 70_000)
    (row,) = abroad.unit.file(abroad.recovery_id).requests
    assert (row.route, row.requested_minor) == (RequestRoute.PARTNER, 30_000)


def test_the_program_drafts_nothing_where_the_whole_loss_came_in(
    treasury: None, abroad: Abroad
) -> None:
    del treasury
    received(abroad, 100_000)
    assert abroad.unit.file(abroad.recovery_id).requests == ()
    assert abroad.all_steps(), "the recovery goes on all the same"
    abroad.sound()


def approved(abroad: Abroad, _name: str) -> None:
    abroad.unit.approve(abroad.recovery_id)


STAGES: dict[str, Callable[[Abroad, str], object]] = {
    "submitted": Abroad.submit, "approved": approved, "sent": Abroad.sent,
}  # fmt: skip


@pytest.mark.parametrize(
    ("drafted", "stage"),
    [
        (own, "submitted"), (own, "approved"),
        (Abroad.new, "submitted"), (Abroad.new, "approved"), (Abroad.new, "sent"),
    ],
)  # fmt: skip
def test_what_would_pass_the_loss_goes_no_further_whoever_drafted_it(
    treasury: None, abroad: Abroad, drafted: Callable[[Abroad], str], stage: str
) -> None:
    """What the program drafts is sent by its approval: that orders the hold."""
    del treasury
    name = drafted(abroad)
    for done in list(STAGES)[: list(STAGES).index(stage)]:
        STAGES[done](abroad, name)
    received_meanwhile(abroad, 70_000)
    with pytest.raises(StepRefusedError, match=r"700\.00 came in and CNY 500\.00 would be asked"):
        STAGES[stage](abroad, name)


def received_meanwhile(abroad: Abroad, minor: int) -> None:
    """Money comes in while a request is on its way through the hands of people."""
    unit = abroad.unit
    known = {a.id for a in unit.file(abroad.recovery_id).approvals}
    came = money_actions.Incoming(OURS, "B-2", Money(minor, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), abroad.recovery_id, came)
    (asked,) = (a for a in unit.file(abroad.recovery_id).approvals if a.id not in known)
    unit.case_officer(SUPERVISOR).approve(asked.id)


def test_what_is_over_the_loss_asks_for_what_is_left(treasury: None, abroad: Abroad) -> None:
    del treasury
    name = abroad.new()
    received(abroad, 70_000)
    assert abroad.steps(name) == [_LESS.format("Synthetic NCB")]
    assert agrees(abroad) == [("draft", "ours")]
    after = reduced(abroad, name)
    assert after.requested_minor == 30_000
    guard.check(abroad.unit.file(abroad.recovery_id), after)


def test_what_nothing_is_left_of_is_withdrawn(treasury: None, abroad: Abroad) -> None:
    del treasury
    name = abroad.new()
    received(abroad, 100_000)
    assert abroad.steps(name) == [
        "withdraw the request to Synthetic NCB: nothing of GBP 500.00 is left to ask for"
    ]
    assert first_act(abroad, name) == "withdraw"
    with pytest.raises(StepRefusedError, match="nothing is left to ask for"):
        reduced(abroad, name)


def test_what_was_dispatched_is_not_sent_by_the_engine_beyond_the_loss(
    treasury: None, abroad: Abroad
) -> None:
    del treasury
    name = abroad.new()
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    received(abroad, 70_000)
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    out = replace(file, requests=(replace(row, sent_by="li", carrier_id="body"),))
    assert not over_connection.may_leave(out, name)


def test_knowledge_is_asked_for_whatever_came_in(treasury: None, abroad: Abroad) -> None:
    """It asks for no money: it was refused all the same once the loss had come in."""
    del treasury
    received(abroad, 100_000)
    abroad.out("police_liaison", wanted="information", amount="1.00")


# What no trace and no payment shows


def test_a_sum_of_an_account_nobody_paid_and_nothing_is_traced_to_has_no_part_of_the_loss(
    abroad: Abroad,
) -> None:
    name = abroad.new(amount="100.00")
    file, row = abroad.unit.file(abroad.recovery_id), abroad.row(name)
    asset = replace(file.asset(row.asset_id), traced_minor=0, traced_claim_minor=0)
    bare = replace(row, claim_minor=0, supported_minor=0)
    there = replace(
        file, requests=(bare,),
        assets=tuple(asset if a.id == asset.id else a for a in file.assets),
    )  # fmt: skip
    with pytest.raises(StepRefusedError) as refused:
        guard.check(there, bare, is_new=True)
    assert str(refused.value) == (
        "no money is traced to the account and no victim paid to it: which part of the loss "
        "GBP 100.00 would be is not known; trace it there first, or ask for information"
    )
    assert doable.acts_of(there, bare)[0] == "withdraw"
    knowledge = replace(bare, wanted="information")
    guard.check(replace(there, requests=(knowledge,)), knowledge)
    own_currency = replace(bare, currency="CNY")
    guard.check(replace(there, requests=(own_currency,)), own_currency)
    paid = tuple(replace(claim, payee_account_id=asset.account_id) for claim in file.claims)
    guard.check(replace(there, claims=paid), bare)

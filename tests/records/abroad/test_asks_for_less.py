"""What asks for more than the trace supports, or the loss has room for, is owned: less is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.entities.request import RequestRoute, RequestRow, RequestState
from models.money import Money
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import actions, ceiling, parts
from recovery_flows.cross_border.doable import RequestAct, acts_of
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import FOREIGN, SENDER, Abroad
from tests.records.abroad.test_board import agrees
from tests.records.abroad.test_lost_ground import came_back, first_act, own

LESS = "the request to {} asks for GBP 500.00, GBP 300.00 of it may be asked for: ask for less"


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
    assert abroad.steps(name) == [LESS.format("Synthetic NCB")]
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


def test_of_a_bank_that_has_its_order_nobody_is_told_to_ask_for_less(abroad: Abroad) -> None:
    """Its hold is reduced: no key asks for less, and the page says what the trace supports."""
    unit, name = abroad.unit, abroad.out()
    falls(abroad, 30_000)
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    ordered = replace(view, row=replace(view.row, route=RequestRoute.PARTNER))
    assert RequestAct.REDUCE in acts_of(view.file, view.row)
    assert RequestAct.REDUCE not in acts_of(view.file, ordered.row)
    for page, told in ((view, "✕ {}: ask for less"), (ordered, "  {}")):
        texts = list(page_lines(written(page)))
        assert any(told.format("the trace supports GBP 300.00 of it by now") in x for x in texts)
        assert any("by now: ask for less" in x for x in texts) == (page is view)


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
    assert [parts.fell_to(file, abroad.row(n)) for n in (first, second)] == [None, 20_000]
    after = reduced(abroad, second)
    assert (after.requested_minor, after.account_part) == (20_000, 2)
    abroad.decide()
    assert abroad.row(first).most_minor is None


def test_the_program_s_own_draft_asks_for_less(abroad: Abroad) -> None:
    name = own(abroad)
    falls(abroad, 30_000)
    assert abroad.steps(name) == [LESS.format("bank-abroad")]
    after = reduced(abroad, name)
    assert (after.route, after.requested_minor) == (RequestRoute.PARTNER, 30_000)
    assert after.missing == ""
    abroad.submit(after.id)
    abroad.unit.approve(abroad.recovery_id)
    (hold,) = (h for h in abroad.unit.file(abroad.recovery_id).holds if h.request_id)
    assert hold.requested_minor == 30_000

"""What a body has frozen beyond what is still wanted is shown, told, and given back by its word."""

from __future__ import annotations

from models.money import Money
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import ceiling
from tests.recall_messages import CHANNELS, answered, drafted, returned, sent, take
from tests.records.abroad.abroad_case import SENDER, Abroad


def shown(abroad: Abroad, name: str) -> list[str]:
    unit = abroad.unit
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    return [text.strip() for text in page_lines(written(view)) if "over-frozen" in text]


def owned(abroad: Abroad) -> list[str]:
    file = abroad.unit.file(abroad.recovery_id)
    return [d.kind for d in file.discrepancies if d.subject_noun == "request"]


def test_a_whole_freeze_after_the_victims_got_a_part_is_told_and_then_is_less(
    abroad: Abroad,
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert shown(abroad, name) == []
    drafted(unit, rid)
    unit.approve(rid)
    sent(unit, rid)
    take(unit, answered("ACCR"))
    take(unit, returned("700.00"))
    unit.approve(rid)
    assert ceiling.over_frozen(unit.file(rid), abroad.row(name)) == Money(20_000, "GBP")
    assert shown(abroad, name) == ["! over-frozen GBP 200.00  it does not know yet what came in"]
    (step,) = abroad.steps(name)
    assert step == (
        "tell Synthetic NCB that GBP 200.00 of its freeze is wanted no more: money came in "
        "elsewhere, how much is still wanted"
    )
    message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert shown(abroad, name) == [
        "! over-frozen GBP 200.00  `answer` records what it keeps by now"
    ]
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=30))
    assert shown(abroad, name) == []
    assert owned(abroad) == [], "that it keeps less by now contradicts nothing"
    abroad.decide()
    abroad.sound()


def test_a_body_that_lets_go_of_what_is_still_wanted_contradicts_what_was_recorded(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=30))
    abroad.says(name, "partially_executed", amount="300.00", until=abroad.at(days=30))
    assert owned(abroad) == ["contradicts_outcome"]


def test_a_body_that_freezes_more_than_it_was_asked_for_has_an_owner(abroad: Abroad) -> None:
    name = abroad.out()
    abroad.says(name, "executed", amount="900.00", until=abroad.at(days=30))
    assert shown(abroad, name) == [
        "! over-frozen GBP 400.00  `answer` records what it keeps by now"
    ]
    assert owned(abroad) == ["reached_more"]
    assert any(
        "a request asked for GBP 500.00, and the other side has reached GBP 900.00" in step.sentence
        for step in abroad.all_steps()
    )

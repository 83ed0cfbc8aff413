"""Money that a body says it has paid is told and owned; counted is what came in."""

from __future__ import annotations

from typing import Any

import pytest

from models.entities.discrepancy import DiscrepancyKind
from models.facts import AccountRef
from models.ids import PartnerId, canonical
from models.money import AnnouncedMoney, Money
from models.store.unit import ENGINE, unit_of_work
from recovery_flows.cases import discrepancy_actions, money_actions
from recovery_flows.cases.commit import commit_changes
from recovery_flows.cases.pages.request_page import written
from recovery_flows.cases.views.request_view import request_view
from recovery_flows.cli.page_text import page_lines
from recovery_flows.cross_border import announcements, ceiling
from recovery_flows.errors import AnswerUnreadableError
from recovery_flows.ledger.changeset import Changeset
from recovery_flows.partners.rbp1.request_wire import parse_request
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad

OURS = AccountRef("treasury", "9999000000000088", "Synthetic Unit")


def announce(abroad: Abroad, name: str, booking: str, minor: int) -> None:
    """As the engine takes it from the feed."""
    unit = abroad.unit
    told = [AnnouncedMoney(booking, unit.now, Money(minor, "GBP"))]
    changes = Changeset(unit.file(abroad.recovery_id))
    announcements.take(changes, abroad.row(name), told, unit.now)
    if changes.moves:
        with unit_of_work(unit.database) as work:
            commit_changes(work, ENGINE, unit.now, unit.laws, changes)


def said(abroad: Abroad, name: str) -> list[str]:
    unit = abroad.unit
    view = request_view(
        unit.database, unit.laws, CHANNELS, abroad.recovery_id, name, SENDER, unit.now
    )
    return [text for text in page_lines(written(view)) if "says it has paid" in text]


def open_ones(abroad: Abroad) -> list[Any]:
    file = abroad.unit.file(abroad.recovery_id)
    return [
        d for d in file.discrepancies
        if d.kind is DiscrepancyKind.MONEY_ANNOUNCED and d.state.value == "open"
    ]  # fmt: skip


def test_announced_money_is_owned_until_its_credit_is_confirmed_and_never_counted(
    treasury: None, abroad: Abroad
) -> None:
    del treasury
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out("eu_confiscate", wanted="return")
    announce(abroad, name, "RET-1", 50_000)
    announce(abroad, name, "RET-1", 50_000)
    assert len(open_ones(abroad)) == 1
    assert said(abroad, name) == [
        "  says it has paid GBP 500.00 as RET-1: not there yet, does not count"
    ]
    assert ceiling.ceiling(unit.file(rid)).received == Money(0, "CNY")
    came = money_actions.Incoming(OURS, "RET-1", Money(48_500, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), rid, came)
    abroad.decide()
    assert len(open_ones(abroad)) == 1, "entered by one person, it is not there yet"
    unit.approve(rid)
    abroad.decide()
    assert open_ones(abroad) == []
    assert said(abroad, name) == ["  says it has paid GBP 500.00 as RET-1: came in"]
    assert ceiling.ceiling(unit.file(rid)).received == Money(48_500, "CNY")
    announce(abroad, name, "RET-1", 50_000)
    assert open_ones(abroad) == [], "told once more, it is known"
    abroad.sound()


def test_what_did_not_come_is_said_by_a_person_and_another_sum_is_told_anew(
    abroad: Abroad,
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out("eu_confiscate", wanted="return")
    announce(abroad, name, "RET-1", 50_000)
    (one,) = open_ones(abroad)
    discrepancy_actions.resolve(unit.case_officer(), rid, one.id, "the bank has no such credit")
    assert "settled by" in said(abroad, name)[0]
    announce(abroad, name, "RET-1", 50_000)
    assert open_ones(abroad) == []
    announce(abroad, name, "RET-1", 40_000)
    assert [d.stated_minor for d in open_ones(abroad)] == [40_000]
    abroad.sound()


@pytest.mark.parametrize(
    "booking", ["RET\u202e1", "RET\x1b[2J", "\x1b]52;c;AAAA\x07", "a b", "", "R" * 51, "款"]
)
def test_a_booking_that_steers_a_screen_is_not_read(booking: str) -> None:
    told = {
        "type": "request", "id": "r-1", "revision": 1, "requestRef": "request-1",
        "status": "RECEIVED", "answers": [], "receipts": [],
        "lastModified": "2026-03-02T00:00:00Z",
        "announced": [
            {"booking": booking, "at": "2026-03-02T00:00:00Z",
             "amount": {"currency": "GBP", "amount": "1.00"}},
        ],
    }  # fmt: skip
    with pytest.raises(AnswerUnreadableError, match="booking"):
        parse_request(canonical(told), PartnerId("body"))


def test_what_came_in_before_it_was_announced_came_by_its_request(
    treasury: None, abroad: Abroad
) -> None:
    """It was taken for money from nowhere: the request went on asking for all of its sum."""
    del treasury
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out("eu_confiscate", wanted="return")
    came = money_actions.Incoming(OURS, "RET-1", Money(48_500, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), rid, came)
    unit.approve(rid)
    abroad.decide()
    asked = ceiling.ceiling(unit.file(rid)).asked
    announce(abroad, name, "RET-1", 50_000)
    assert open_ones(abroad) == [], "nobody has to look: it is there"
    assert said(abroad, name) == ["  says it has paid GBP 500.00 as RET-1: came in"]
    assert ceiling.ceiling(unit.file(rid)).asked == asked - Money(48_500, "CNY")
    abroad.sound()

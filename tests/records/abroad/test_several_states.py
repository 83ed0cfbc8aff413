"""One recovery asks several States at once, and tells each what it has noted."""

from __future__ import annotations

from typing import Any

import pytest

from models.facts import AccountRef
from models.ids import digest_bytes
from models.money import Money
from models.store.partners import register
from models.store.people import appoint
from models.store.unit import unit_of_work
from recovery_flows.correspondence.abroad import drafting, message_actions
from recovery_flows.cross_border import actions
from recovery_flows.cross_border.answers import Answer
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import APPROVALS, FOREIGN, LI, SENDER, Abroad

ELSEWHERE = AccountRef("bank-elsewhere", "9999000000000088", "Synthetic Holder Elsewhere")


@pytest.fixture
def two_states(unit: Any) -> Abroad:
    """Half of the money went to one State, a third of it to another."""
    with unit_of_work(unit.database) as work:
        appoint(work, unit.now, LI.id, [LI.role], os_user=LI.id)
        register(
            work, unit.now, ELSEWHERE.bank, name="Synthetic Bank Elsewhere", regime="US",
            currency="USD", home=False, base_url="", token="synthetic-token", client_id="",
        )  # fmt: skip
    (recovery_id,) = unit.report(*unit.reports(1))
    unit.accept(recovery_id)
    hold_id = unit.order(recovery_id)
    unit.approve(recovery_id)
    unit.bank_says(recovery_id, hold_id, 20_000)
    lines = [
        unit.line(1, 100_000, at_hours=1, ref="E1"),
        unit.line(2, -50_000, counter=FOREIGN, at_hours=2),
        unit.line(3, -30_000, counter=ELSEWHERE, at_hours=2),
    ]
    unit.trace(recovery_id, unit.statement(lines))
    return Abroad(unit, recovery_id)


def test_one_command_drafts_a_request_for_each_account_abroad_within_the_loss(
    two_states: Abroad,
) -> None:
    fields = {**dict.fromkeys(APPROVALS, "SYN-1"), "beneficiary_bank": "Synthetic Bank"}
    given = drafting.Given(channel="igrip", fields=fields)
    made = drafting.draft(two_states.unit.case_officer(), two_states.recovery_id, given, CHANNELS)
    asked = {two_states.row(n).authority: two_states.row(n) for n in made}
    assert set(asked) == {"the police of GB", "the police of US"}
    assert {(r.requested_minor, r.currency) for r in asked.values()} == {
        (50_000, "GBP"), (30_000, "USD"),
    }  # fmt: skip
    for name in made:
        two_states.submit(name)
        two_states.unit.approve(two_states.recovery_id)
        two_states.sent(name)
    first, second = made
    row = two_states.row(first)
    paper = f"{first} executed".encode()
    actions.answer(
        two_states.unit.case_officer(), two_states.recovery_id, first,
        Answer(says="executed", document=digest_bytes(paper),
               amount=Money(row.requested_minor, row.currency)), paper, CHANNELS,
    )  # fmt: skip
    told = f"tell {row.authority}: that its execution was noted"
    assert two_states.steps(first) == [told]
    message_actions.notify(
        two_states.unit.case_officer(),
        two_states.recovery_id,
        first,
        "over I-24/7",
        SENDER,
        CHANNELS,
    )
    assert two_states.steps(first) == []
    assert two_states.row(second).state == "sent"
    two_states.sound()

"""One guard for all that is asked for abroad: drafted, submitted, approved, sent, once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from models.entities.asset import Stage
from models.entities.request import RequestRoute
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.cross_border import actions, doable, guard, over_connection
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import Abroad
from tests.records.abroad.test_asks_for_less import LESS, reduced
from tests.records.abroad.test_board import agrees
from tests.records.abroad.test_exact_ceiling import OURS
from tests.records.abroad.test_lost_ground import first_act, own
from tests.records.conftest import SUPERVISOR


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
    file = abroad.unit.file(abroad.recovery_id)
    assert file.requests == ()
    assert [a.stage for a in file.assets if not a.home and not a.left_alone] == [Stage.CLOSED]
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
    assert abroad.steps(name) == [LESS.format("Synthetic NCB")]
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


def test_what_may_only_be_cured_is_closed_once_nothing_is_left_to_ask_for(
    treasury: None, abroad: Abroad
) -> None:
    """Curing it was refused, and its ground left nothing else: nobody could go on (91003124)."""
    del treasury
    acting, rid = abroad.unit.case_officer(), abroad.recovery_id
    name = abroad.out("eu_freeze")
    told = abroad.says(name, "refused", ground="INCOMPLETE")
    assert told.endswith("; its ground leaves: cure_and_resend")
    with pytest.raises(StepRefusedError, match=r"its ground leaves: cure_and_resend$"):
        actions.choose(acting, rid, name, "close", "enough", CHANNELS, None)
    received(abroad, 100_000)
    with pytest.raises(StepRefusedError, match="nothing is left to ask for"):
        actions.choose(acting, rid, name, "cure_and_resend", "cured", CHANNELS, None)
    actions.choose(acting, rid, name, "close", "all came in", CHANNELS, None)
    assert abroad.steps(name) == []
    abroad.sound()


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

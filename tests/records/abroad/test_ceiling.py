"""Never more than the loss over all States, told to each of them; money back by two channels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from models.entities.ledger import LedgerAccount
from models.entities.request import RequestState
from models.facts import AccountRef
from models.money import Money
from recovery_flows.cases import money_actions
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.correspondence.abroad.actions import facts_of, notice_of
from recovery_flows.cross_border import actions, ceiling, guard
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS, answered, drafted, returned, sent, take
from tests.records.abroad.abroad_case import SENDER, Abroad
from tests.records.conftest import SUPERVISOR


def test_money_on_the_unit_s_own_account_is_asked_for_nowhere_else(
    treasury: None, abroad: Abroad
) -> None:
    """Seed 90000011: the whole loss had come in there, and all of it was asked for abroad."""
    del treasury
    unit, rid = abroad.unit, abroad.recovery_id
    ours = AccountRef("treasury", "9999000000000088", "Synthetic Unit")
    came = money_actions.Incoming(ours, "B-1", Money(100_000, "CNY"), unit.now, b"invented slip")
    money_actions.receive(unit.case_officer(), rid, came)
    unit.approve(rid)
    with pytest.raises(StepRefusedError, match=r"CNY 1,000\.00 came in and CNY 500\.00 would"):
        abroad.new()


def test_who_is_to_approve_what_nothing_is_left_of_is_told_to_deny_it(
    treasury: None, abroad: Abroad
) -> None:
    """Seed 98000062: its approver was told to ask for less, which was refused to everybody."""
    del treasury
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.new()
    abroad.submit(name)
    asked = next(a for a in unit.file(rid).approvals if a.subject_id == name)
    ours = AccountRef("treasury", "9999000000000088", "Synthetic Unit")
    came = money_actions.Incoming(ours, "B-1", Money(100_000, "CNY"), unit.now, b"invented slip")
    confirm = money_actions.receive(unit.case_officer(), rid, came)
    other = next(a for a in unit.file(rid).approvals if a.id in confirm)
    unit.case_officer(SUPERVISOR).approve(other.id)
    with pytest.raises(StepRefusedError, match="nothing of it is left to ask for: deny it"):
        unit.case_officer(SUPERVISOR).approve(asked.id)
    unit.case_officer(SUPERVISOR).deny(asked.id, "all is back")
    assert abroad.row(name).state is RequestState.DENIED
    abroad.sound()


def notice(abroad: Abroad, name: str) -> str:
    unit = abroad.unit
    facts = facts_of(unit.database, unit.laws, abroad.recovery_id, name, SENDER, unit.now, CHANNELS)
    (section,) = notice_of(facts, "en").sections
    return section.paragraphs[0]


def test_abroad_by_two_channels_refused_as_incomplete_cured_executed_in_part_and_paid_back(
    abroad: Abroad,
) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    police, court = abroad.out(), abroad.out("eu_freeze")
    told = abroad.says(court, "refused", ground="INCOMPLETE")
    assert told.endswith("is refused; its ground leaves: cure_and_resend")
    done = actions.choose(unit.case_officer(), rid, court, "cure_and_resend", "C", CHANNELS, None)
    second = done.rpartition(" ")[2]
    assert abroad.row(second).version == 2
    with pytest.raises(StepRefusedError, match=r"says exactly what .* said, refused as INCOMPLETE"):
        abroad.submit(second)
    abroad.fill(second, facts="the payment was reported within the hour")
    abroad.submit(second)
    unit.approve(rid)
    abroad.sent(second)
    abroad.says(police, "partially_executed", amount="300.00", until=abroad.at(days=30))
    abroad.says(second, "acknowledged")
    drafted(unit, rid)
    unit.approve(rid)
    sent(unit, rid)
    take(unit, answered("ACCR"))
    take(unit, returned("280.00", costs="20.00"))
    unit.approve(rid)
    file = unit.file(rid)
    sums = {b.account: b.claim_minor for b in file.balances}
    costs = sum(b.asset_minor for b in file.balances if b.account is LedgerAccount.MEMO_COST)
    assert (sums[LedgerAccount.RETURNED_RECALL], costs) == (28_000, 2_000)
    assert "tell Synthetic NCB: money came in elsewhere, how much is still wanted" in (
        abroad.steps(second)
    )
    assert notice(abroad, second) == (
        "CNY 280.00 of the loss of CNY 1,000.00 came back to the victims elsewhere. Of our request "
        "for GBP 500.00, no more than GBP 500.00 is still asked for. Please reach no more than "
        "this sum."
    )
    for name in (police, second):
        message_actions.notify(unit.case_officer(), rid, name, "by mail", SENDER, CHANNELS)
    assert not any("money came in" in step for step in abroad.steps(second))
    abroad.decide()
    abroad.sound()


def test_what_would_pass_the_ceiling_with_what_came_in_is_not_drafted(abroad: Abroad) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    drafted(unit, rid)
    unit.approve(rid)
    sent(unit, rid)
    take(unit, returned("700.00"))
    unit.approve(rid)
    with pytest.raises(StepRefusedError, match=r"700\.00 came in and CNY 500\.00 would be asked"):
        abroad.new()
    abroad.new(amount="300.00")
    found = ceiling.ceiling(unit.file(rid))
    assert (found.received.minor, found.asked.minor, found.left.minor) == (70_000, 30_000, 0)


def test_received_and_open_never_pass_what_is_checked(abroad: Abroad) -> None:
    abroad.new()
    file = abroad.unit.file(abroad.recovery_id)

    @settings(max_examples=40)
    @given(parts=st.lists(st.tuples(st.integers(1, 200_000), st.sampled_from(RequestState))))
    def holds(parts: list[tuple[int, RequestState]]) -> None:
        (row,) = file.requests
        rows = tuple(
            replace(row, id=f"r{n}", requested_minor=minor, state=state)
            for n, (minor, state) in enumerate(parts)
        )
        many = replace(file, requests=rows)
        found = ceiling.ceiling(many)
        is_within = found.received.minor + found.asked.minor <= found.order.minor
        for one in rows:
            if is_within:
                guard.check(many, one)
            else:
                with pytest.raises(StepRefusedError):
                    guard.check(many, one)
        assert found.left.minor == max(
            0, found.order.minor - found.received.minor - found.asked.minor
        )

    holds()


def test_what_came_from_an_executed_request_counts_once(abroad: Abroad) -> None:
    """It is received, and no more asked for: another account may still be asked for the rest."""
    name = abroad.new()
    file = abroad.unit.file(abroad.recovery_id)
    row = next(r for r in file.requests if r.id == name)
    came = next(b for b in file.balances if b.asset_id == row.asset_id)
    returned_there = replace(came, account=LedgerAccount.RETURNED_HOLD, claim_minor=30_000)
    done = replace(row, state=RequestState.EXECUTED)
    after = replace(file, requests=(done,), balances=(*file.balances, returned_there))
    before, found = ceiling.ceiling(file), ceiling.ceiling(after)
    assert (found.received.minor, found.asked.minor) == (30_000, before.asked.minor - 30_000)
    assert found.left == before.left

"""A version of less and the one before it: no way between them ends nowhere or loses money."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.entities.request import RequestRow, RequestState
from recovery_flows.cli.demo.abroad import ask_for_what_is_left
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.cross_border import actions, ceiling, doable, parts
from recovery_flows.errors import StepRefusedError
from tests.recall_messages import CHANNELS
from tests.records.abroad.abroad_case import SENDER, Abroad
from tests.records.abroad.test_asks_for_less import falls, reduced, rises
from tests.records.abroad.test_board import agrees
from tests.records.abroad.test_dated_ahead import told
from tests.records.abroad.test_lost_ground import first_act
from tests.records.abroad.test_one_guard import received


def leaves(abroad: Abroad, name: str) -> None:
    abroad.submit(name)
    abroad.unit.approve(abroad.recovery_id)
    abroad.sent(name)


def next_of(abroad: Abroad, name: str) -> RequestRow:
    return next(r for r in abroad.unit.file(abroad.recovery_id).requests if r.replaces_id == name)


def acts(abroad: Abroad, name: str) -> tuple[str, ...]:
    return doable.acts_of(abroad.unit.file(abroad.recovery_id), abroad.row(name))


def test_a_freeze_ends_with_the_version_of_less_after_the_one_that_lacked_something(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    leaves(abroad, less)
    abroad.says(less, "needs_info", ground="INCOMPLETE")
    abroad.fill(less, beneficiary_bank="Synthetic Other Bank")
    last = next_of(abroad, less).id
    abroad.decide()
    assert not any("ask for less" in step for step in abroad.steps(name))
    agrees(abroad)
    with pytest.raises(StepRefusedError, match="asks for no more than it may"):
        reduced(abroad, name)
    leaves(abroad, last)
    abroad.says(last, "executed", until=abroad.at(days=90))
    assert abroad.row(name).state is RequestState.REPLACED
    abroad.decide()
    agrees(abroad)
    abroad.sound()


def test_a_version_of_less_leaves_though_the_one_that_it_replaces_passes_the_loss(
    treasury: None, abroad: Abroad
) -> None:
    """600.00 of 1,000.00 came in, 500.00 are out; the 300.00 still traced may be asked for."""
    del treasury
    name = abroad.out()
    received(abroad, 60_000)
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    abroad.decide()
    assert abroad.steps(less) == ["submit request"]
    leaves(abroad, less)
    found = ceiling.ceiling(abroad.unit.file(abroad.recovery_id))
    assert (found.received.minor, found.asked.minor) == (60_000, 30_000)
    abroad.sound()


def test_a_trace_that_rises_before_the_version_of_less_left_withdraws_that_one(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    rises(abroad, 20_000)
    assert abroad.steps(less) == [
        "withdraw the request to Synthetic NCB for GBP 300.00: GBP 500.00 may be asked for again"
    ]
    assert first_act(abroad, less) == "withdraw"
    assert "submit" not in acts(abroad, less)
    agrees(abroad)
    message_actions.withdraw(
        abroad.unit.case_officer(), abroad.recovery_id, less, "it is there", SENDER, CHANNELS
    )
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 50_000
    assert not any("ask for less" in step for step in abroad.steps(name))
    abroad.decide()
    abroad.sound()


def test_two_parts_that_are_out_give_up_together_what_the_trace_lost(abroad: Abroad) -> None:
    """Of 500.00 in two parts 400.00 are traced: each was told to give up 100.00."""
    first = abroad.out(amount="200.00")
    second = abroad.out("mla", wanted="return", amount="300.00", part="new")
    falls(abroad, 40_000)
    assert [abroad.row(n).most_minor for n in (first, second)] == [None, 20_000]
    less = reduced(abroad, second)
    assert (less.requested_minor, less.supported_minor) == (20_000, 20_000)
    leaves(abroad, less.id)
    abroad.decide()
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 40_000
    assert abroad.row(first).most_minor is None


def test_what_is_frozen_is_given_up_after_what_nobody_has_frozen(abroad: Abroad) -> None:
    first = abroad.out("mla", wanted="return", amount="200.00")
    second = abroad.out(amount="300.00", part="new")
    abroad.says(second, "executed", until=abroad.at(days=90))
    falls(abroad, 30_000)
    file = abroad.unit.file(abroad.recovery_id)
    assert [parts.fell_to(file, abroad.row(n)) for n in (first, second)] == [0, None]
    assert not ceiling.stands_needless(file, abroad.row(second))


def test_what_a_body_asks_of_a_request_is_answered_by_its_version_of_less(abroad: Abroad) -> None:
    name = abroad.out()
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    abroad.says(name, "needs_info", ground="INCOMPLETE")
    abroad.decide()
    assert abroad.steps(name)[0] == (
        "Synthetic NCB asks for more on its request: the version that asks for less answers it"
    )
    assert "set" not in acts(abroad, name)
    agrees(abroad)
    with pytest.raises(StepRefusedError):
        abroad.fill(name, beneficiary_bank="Synthetic Other Bank")
    abroad.fill(less, beneficiary_bank="Synthetic Other Bank")
    leaves(abroad, less)
    assert abroad.row(name).state is RequestState.REPLACED


def test_an_assurance_is_decided_no_more_once_less_was_asked_for(abroad: Abroad) -> None:
    unit, rid = abroad.unit, abroad.recovery_id
    name = abroad.out("mla", wanted="return")
    abroad.says(name, "conditional", ground="CONDITIONAL")
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    abroad.submit(less)
    unit.approve(rid)
    message_actions.assure(
        unit.case_officer(), rid, name, "used for this case only", SENDER, CHANNELS
    )
    abroad.sent(less)
    assert abroad.row(name).state is RequestState.REPLACED
    assert unit.file(rid).pending(name) is None


def test_what_was_refused_is_asked_for_again_as_far_as_it_is_traced_by_now(abroad: Abroad) -> None:
    """The step was there, and was refused: less was to be asked for of a request that had ended."""
    name = abroad.out()
    abroad.says(name, "refused", ground="INCOMPLETE")
    falls(abroad, 30_000)
    assert "resubmit" in acts(abroad, name)
    actions.resubmit(abroad.unit.case_officer(), abroad.recovery_id, name, "again", CHANNELS)
    after = next_of(abroad, name)
    assert (after.requested_minor, after.supported_minor) == (30_000, 30_000)
    leaves(abroad, after.id)


def test_a_freeze_that_ends_is_asked_for_again_as_far_as_the_loss_has_room(
    treasury: None, abroad: Abroad
) -> None:
    del treasury
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    received(abroad, 60_000)
    assert "resubmit" in acts(abroad, name)
    actions.resubmit(abroad.unit.case_officer(), abroad.recovery_id, name, "again", CHANNELS)
    after = next_of(abroad, name)
    assert after.requested_minor == 40_000
    leaves(abroad, after.id)
    abroad.says(after.id, "executed", until=abroad.at(days=180))
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 40_000
    abroad.decide()
    abroad.sound()


def test_a_freeze_whose_renewal_was_given_up_is_asked_for_again_before_it_ends(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    actions.resubmit(abroad.unit.case_officer(), abroad.recovery_id, name, "again", CHANNELS)
    message_actions.withdraw(
        abroad.unit.case_officer(), abroad.recovery_id, next_of(abroad, name).id, "no", SENDER,
        CHANNELS,
    )  # fmt: skip
    abroad.later(days=85)
    assert any("ask for it again before it lapses" in step for step in abroad.steps(name))
    assert "resubmit" in acts(abroad, name)
    agrees(abroad)


@pytest.mark.parametrize(
    ("came", "step"),
    [
        (80_000, "asks for GBP 500.00, GBP 200.00 of it may be asked for: ask for less"),
        (100_000, "withdraw the request to Synthetic NCB: nothing of GBP 500.00 is left to ask"),
    ],
)
def test_what_fell_asks_for_no_more_than_the_loss_has_room_for(
    treasury: None, abroad: Abroad, came: int, step: str
) -> None:
    """The version of what is traced was to be withdrawn at once, and then drafted again."""
    del treasury
    name = abroad.out()
    received(abroad, came)
    falls(abroad, 30_000)
    assert any(step in told for told in abroad.steps(name))
    agrees(abroad)
    if came < 100_000:
        less = reduced(abroad, name)
        assert abroad.steps(less.id) == ["submit request"]
        leaves(abroad, less.id)
    else:
        with pytest.raises(StepRefusedError, match="nothing is left to ask for"):
            reduced(abroad, name)
    abroad.sound()


def test_two_parts_that_fell_do_not_give_up_what_the_other_one_asks_too_much(
    treasury: None, abroad: Abroad
) -> None:
    """100.00 are left to ask for and traced: each was to be withdrawn for the other's sake."""
    del treasury
    first = abroad.out("mla", wanted="return", amount="200.00")
    second = abroad.out(amount="300.00", part="new")
    received(abroad, 90_000)
    falls(abroad, 10_000)
    assert [abroad.row(name).most_minor for name in (first, second)] == [10_000, 0]
    less = reduced(abroad, first)
    abroad.decide()
    assert abroad.steps(less.id) == ["submit request"]
    leaves(abroad, less.id)
    message_actions.withdraw(
        abroad.unit.case_officer(), abroad.recovery_id, second, "not traced", SENDER, CHANNELS
    )
    assert ceiling.ceiling(abroad.unit.file(abroad.recovery_id)).asked.minor == 10_000
    abroad.decide()
    abroad.sound()


def test_the_demos_officer_asks_for_less_where_the_program_says_so_and_does_nothing_else(
    abroad: Abroad,
) -> None:
    name = abroad.out()
    lin = abroad.unit.case_officer()
    assert ask_for_what_is_left(lin, abroad.recovery_id, name) == 0
    falls(abroad, 30_000)
    assert ask_for_what_is_left(lin, abroad.recovery_id, name) == 1
    assert next_of(abroad, name).requested_minor == 30_000
    assert ask_for_what_is_left(lin, abroad.recovery_id, name) == 0
    agrees(abroad)


def test_a_freeze_ends_where_its_version_of_less_is_carried_out_over_a_connection(
    abroad: Abroad,
) -> None:
    """Seed 98000235: only an officer might end it, and the engine could not take the answer."""
    name = abroad.out()
    abroad.says(name, "executed", until=abroad.at(days=90))
    falls(abroad, 30_000)
    less = reduced(abroad, name).id
    leaves(abroad, less)
    told(abroad, less, timedelta(0))
    assert abroad.row(less).state is RequestState.EXECUTED
    assert abroad.row(name).state is RequestState.REPLACED
    abroad.decide()
    abroad.sound()

"""A request that a third person dispatches goes out once, and its answers are polled."""

from __future__ import annotations

import json

import pytest

from models.entities.call import CallKind
from recovery_flows.correspondence.abroad import message_actions
from recovery_flows.errors import StepRefusedError
from recovery_flows.sandbox.faults import catalogue as fault_catalogue
from tests.faults.sending.abroad.bodies import (
    AUTHORITY,
    BODY_OF,
    CHANNELS,
    DISPATCHER,
    FIU,
    POLICE,
    SENDER,
    Asked,
)


@pytest.mark.parametrize(
    ("channel", "wanted"),
    [("igrip", "freeze"), ("egmont", "information"), ("eu_freeze", "freeze"), ("mla", "return")],
)
async def test_a_dispatched_request_is_sent_once_and_its_answers_are_polled(
    asked: Asked, channel: str, wanted: str
) -> None:
    name = await asked.out(channel, wanted=wanted)
    row = asked.row(name)
    assert (row.state, row.sent_by, row.carrier_id) == ("sent", DISPATCHER, BODY_OF[channel])
    (there,) = asked.there(BODY_OF[channel])
    assert (there["requestRef"], row.carrier_ref) == (name, there["id"])
    await asked.answered()
    row = asked.row(name)
    assert (row.state, row.executed_minor, row.answers_read) == ("executed", row.requested_minor, 2)
    assert len(asked.got(BODY_OF[channel])) == 1
    assert [kind for kind, _ in asked.owned()] == ["money_announced"] * (wanted == "return")
    asked.unit.assert_books_hold()


async def test_drafter_approver_and_sender_are_three_people_and_the_engine_is_none(
    asked: Asked,
) -> None:
    name = asked.approved()
    assert asked.steps(name)[0].startswith("dispatch the request for")
    for who, why in (("the-officer", "submitted"), ("the-supervisor", "")):
        with pytest.raises(Exception, match=why or "the-supervisor"):
            asked.dispatch(name, who)
    await asked.unit.sweep()
    assert asked.got(POLICE) == []
    assert asked.dispatch(name).endswith(f"the engine sends it to {POLICE}")
    assert asked.steps(name) == []
    assert f"waiting for {POLICE}: request_abroad" in {s.sentence for s in asked.unit.page().steps}
    with pytest.raises(StepRefusedError, match=f"{DISPATCHER} has dispatched"):
        asked.dispatch(name)
    await asked.unit.sweep()
    (headers, body) = asked.got(POLICE)[0]
    assert (headers["requesterid"], json.loads(body)["requestRef"]) == (DISPATCHER, name)


async def test_an_answer_that_is_lost_is_asked_for_by_key_and_nothing_is_sent_twice(
    asked: Asked,
) -> None:
    name = asked.approved()
    asked.unit.sandbox.plant(
        {"call": fault_catalogue.REQUEST, "kind": "timeout_after_acting"}, bank=POLICE
    )
    asked.dispatch(name)
    await asked.unit.sweep()
    with pytest.raises(StepRefusedError, match="is on its way"):
        message_actions.withdraw(
            asked.acting(), asked.unit.recovery_id, name, "not needed", SENDER, CHANNELS
        )
    await asked.answered()
    assert asked.row(name).state == "executed"
    assert (len(asked.there(POLICE)), len(asked.got(POLICE))) == (1, 1)
    assert asked.unit.call_events(CallKind.ABROAD)[:3] == ["planned", "sent", "unknown"]
    asked.unit.assert_books_hold()


async def test_what_the_connection_refuses_is_dispatched_again_or_goes_by_hand(
    asked: Asked,
) -> None:
    name = asked.approved()
    asked.unit.sandbox.plant({"call": fault_catalogue.REQUEST, "kind": "not_allowed"}, bank=POLICE)
    asked.dispatch(name)
    await asked.unit.sweep()
    row = asked.row(name)
    assert (row.state, row.sent_by, row.reason) == ("approved", "", "Forbidden")
    assert asked.steps(name)[0].startswith("dispatch the request")
    asked.dispatch(name)
    await asked.answered()
    assert (asked.row(name).state, len(asked.there(POLICE))) == ("executed", 1)
    asked.unit.assert_books_hold()


async def test_what_was_withdrawn_before_it_left_does_not_leave(asked: Asked) -> None:
    name = asked.approved()
    asked.dispatch(name)
    message_actions.withdraw(
        asked.acting(), asked.unit.recovery_id, name, "not needed any more", SENDER, CHANNELS
    )
    await asked.answered()
    assert (asked.row(name).state, asked.got(POLICE)) == ("withdrawn", [])
    asked.unit.assert_books_hold()


async def test_a_body_without_a_connection_and_one_that_is_named_otherwise_go_by_hand(
    asked: Asked,
) -> None:
    name = asked.approved(authority="NCB Elsewhere")
    assert asked.row(name).carrier_id == ""
    with pytest.raises(StepRefusedError, match="goes by hand"):
        asked.dispatch(name)
    by_id = asked.new("eu_freeze", authority=AUTHORITY)
    assert (asked.row(by_id).carrier_id, asked.row(by_id).authority) == (
        AUTHORITY, f"Synthetic {AUTHORITY}",
    )  # fmt: skip
    assert asked.row(asked.new("egmont", wanted="information")).carrier_id == FIU
